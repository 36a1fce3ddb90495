"""Moments and spans in words, in the patient's own zone. Nothing here reads the clock."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def local(at: datetime, zone: ZoneInfo) -> str:
    """`Fri 20 Nov 2026, 14:05 (Europe/Berlin)`: never a time without saying whose."""
    return f"{clock(at, zone)} ({zone.key})"


def clock(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{day(there.date())}, {there:%H:%M}"


def to_the_second(at: datetime, zone: ZoneInfo) -> str:
    """As `local`, for what lies seconds apart."""
    return f"{clock(at, zone)}:{at.astimezone(zone):%S} ({zone.key})"


def short(at: datetime, zone: ZoneInfo) -> str:
    """`20 Nov, 14:05`, where year and zone stand beside it."""
    there = at.astimezone(zone)
    return f"{there.day} {month(there.date())}, {there:%H:%M}"


def month(on: date) -> str:
    """`Nov`; `nov`, as Spanish writes it."""
    return _months(translation.get_language())[on.month - 1]


def day(on: date) -> str:
    """`Fri 20 Nov 2026`; `vie 20 nov 2026`, as Spanish writes it."""
    language = translation.get_language()
    return f"{_weekdays(language)[on.weekday()]} {on.day} {_months(language)[on.month - 1]} {on.year}"


@cache
def _weekdays(language: str | None) -> tuple[str, ...]:
    return tuple(_name(language, str(WEEKDAYS_ABBR[at])) for at in range(7))


@cache
def _months(language: str | None) -> tuple[str, ...]:
    return tuple(_name(language, str(MONTHS_3[at]).title()) for at in range(1, 13))


def _name(language: str | None, name: str) -> str:
    """Most languages write days and months small; Django's lists begin some of them with a capital."""
    return name if (language or "en").startswith("en") else name.lower()


def decimal(number: str) -> str:
    """A number as Python writes it, with the decimal sign of the language."""
    return number.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def span(length: timedelta) -> str:
    """A span of time in its one or two largest units that matter: `40 min`, `3 h`, `2 days`."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def due(due_at: datetime, as_of: datetime) -> str:
    """`overdue by 3 h` or `4 h left`."""
    if due_at <= as_of:
        return _("overdue by %(span)s") % {"span": span(as_of - due_at)}
    return _("%(span)s left") % {"span": span(due_at - as_of)}


def age(born: date | None, today: date) -> str:
    if born is None:
        return _("age not stated")
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}

"""The rhythm of an exercise or a medicine, as people choose and read it instead of RFC 5545."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.content import rhythm

WEEKDAYS = {
    "MO": gettext_lazy("Monday"),
    "TU": gettext_lazy("Tuesday"),
    "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"),
    "FR": gettext_lazy("Friday"),
    "SA": gettext_lazy("Saturday"),
    "SU": gettext_lazy("Sunday"),
}
DAILY, WEEKLY, MONTHLY, KEPT = "daily", "weekly", "monthly", "kept"
NAMES = {number: name.lower() for name, number in rhythm.FREQUENCIES.items()}


def fields(kind: str, stored: str = "", starts: date | None = None) -> dict[str, forms.Field]:
    """Three questions that make a rhythm: how, on which days of the week, each or every n-th. The day of the
    month is that on which the item starts.
    """
    unset = {
        "exercise": _("No fixed days: asked every day"),
        "medicine": _("No reminder"),
    }
    choices = [
        ("", unset[kind]),
        (DAILY, _("By days")),
        (WEEKLY, _("On days of the week")),
        (MONTHLY, _("By months, on the first day’s date")),
    ]
    if stored and not _may_be_chosen(stored, starts):
        choices.append((KEPT, _("As it is: %(rhythm)s") % {"rhythm": words(stored)}))
    return {
        "rhythm": forms.ChoiceField(label=_("Rhythm"), choices=choices, required=False),
        "every": forms.IntegerField(
            label=_("Every how many days, weeks or months"), min_value=1, max_value=52, required=False
        ),
        "weekdays": forms.MultipleChoiceField(
            label=_("Days of the week"),
            choices=list(WEEKDAYS.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
    }


def initial(stored: str, starts: date) -> dict[str, Any]:
    """The answers that make a stored rhythm of what starts on this day."""
    if not stored:
        return {}
    if not _may_be_chosen(stored, starts):
        return {"rhythm": KEPT}
    rule = rhythm.parse(stored)
    every = rule.interval if rule.interval > 1 else None
    return {"rhythm": NAMES[rule.frequency], "every": every, "weekdays": rule.weekdays}


def made(said: Mapping[str, Any], stored: str, starts: date) -> str:
    """The rhythm of these answers for what starts on this day; empty when none was chosen.

    Raises:
        forms.ValidationError: days of the week without a day, or days where none are asked; too many months.
    """
    how, days, every = said.get("rhythm"), said.get("weekdays") or [], said.get("every") or 1
    if how == KEPT:
        return stored
    if how == WEEKLY and not days:
        raise forms.ValidationError({"weekdays": _("Choose at least one day of the week.")})
    if how != WEEKLY and days:
        wrong = _("Days of the week are chosen: choose that rhythm, or take them out.")
        raise forms.ValidationError({"weekdays": wrong})
    if not how:
        return ""
    most = rhythm.MOST[rhythm.FREQUENCIES[how.upper()]]
    if every > most:
        raise forms.ValidationError({"every": _("At most every %(n)s months.") % {"n": most}})
    parts = [f"FREQ={how.upper()}"]
    parts += [f"INTERVAL={every}"] if every > 1 else []
    parts += [f"BYDAY={','.join(day for day in WEEKDAYS if day in days)}"] if days else []
    parts += [rhythm.of_month(starts.day)] if how == MONTHLY else []
    return ";".join(parts)


def words(stored: str) -> str:
    """`every 2 weeks on Monday, Thursday`, `every month on day 31 or the last one`; a text that can't be read
    is shown as it is.
    """
    try:
        rule = rhythm.parse(stored)
    except rhythm.ScheduleError:
        return stored
    each = _each(rule)
    days = ", ".join(str(WEEKDAYS[day]) for day in WEEKDAYS if day in rule.weekdays)
    found = _("%(each)s on %(days)s") % {"each": each, "days": days} if days else each
    if rule.count:
        return ngettext("%(found)s, once", "%(found)s, %(n)s times", rule.count) % {
            "found": found,
            "n": rule.count,
        }
    return found


def _each(rule: rhythm.Rule) -> str:
    n, day = rule.interval, rule.monthday
    if day is None:
        weekly = NAMES[rule.frequency] == WEEKLY
        weeks, days = (
            ngettext("every week", "every %(n)s weeks", n),
            ngettext("every day", "every %(n)s days", n),
        )
        return (weeks if weekly else days) % {"n": n}
    months = ngettext("every month", "every %(n)s months", n) % {"n": n}
    on = (
        _("%(each)s on day %(day)s")
        if day <= rhythm.EVERY_MONTH_HAS
        else _("%(each)s on day %(day)s or the last one")
    )
    return on % {"each": months, "day": day}


def _may_be_chosen(stored: str, starts: date | None) -> bool:
    """Whether the questions can say it of what starts on this day."""
    try:
        rule = rhythm.parse(stored)
    except rhythm.ScheduleError:
        return False
    weekly = NAMES[rule.frequency] == WEEKLY
    of_its_day = rule.monthday is None or (starts is not None and rule.monthday == starts.day)
    return rule.until is None and rule.count is None and weekly is bool(rule.weekdays) and of_its_day

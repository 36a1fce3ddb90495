"""On which local days something falls: daily, weekly and monthly rules, read from RRULE text. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal

from dateutil import rrule

WEEKDAYS = {
    "MO": rrule.MO,
    "TU": rrule.TU,
    "WE": rrule.WE,
    "TH": rrule.TH,
    "FR": rrule.FR,
    "SA": rrule.SA,
    "SU": rrule.SU,
}
Frequency = Literal[1, 2, 3]  # dateutil's numbers
FREQUENCIES: dict[str, Frequency] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
}
# How many units of each; the longest rule, every 12th month, has its next day within 366 days.
MOST: dict[Frequency, int] = {rrule.DAILY: 52, rrule.WEEKLY: 52, rrule.MONTHLY: 12}
EVERY_MONTH_HAS = 28
HORIZON = timedelta(days=400)
# More than a stride of four needs; who wants more has the rule expanded again.
FEW = 8


class ScheduleError(ValueError):
    """Only daily, weekly and monthly rules: FREQ, INTERVAL, BYDAY or BYMONTHDAY, and UNTIL or COUNT."""


@dataclass(frozen=True)
class Rule:
    """A parsed RRULE. `until` is a local day, included; a month that has no `monthday` has its last day."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    monthday: int | None = None
    until: date | None = None
    count: int | None = None


# Texts repeat: most are one of a dozen.
@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """A rule from RRULE text, such as `FREQ=WEEKLY;BYDAY=MO,TH`.

    The text is untrusted: an interval of 0 makes the library that expands it loop for ever, so nothing
    passes that is not on the list.
    """
    parts = _parts(text)
    frequency = _frequency(parts.pop("FREQ", ""))
    monthly = frequency == rrule.MONTHLY
    rule = Rule(
        frequency=frequency,
        interval=_number(parts.pop("INTERVAL", "1"), most=MOST[frequency]),
        weekdays=() if monthly else _weekdays(parts.pop("BYDAY", None)),
        monthday=_monthday(parts.pop("BYMONTHDAY", ""), parts.pop("BYSETPOS", "")) if monthly else None,
        until=_until(parts.pop("UNTIL", None)),
        count=_count(parts.pop("COUNT", None)),
    )
    if parts:
        raise ScheduleError(f"{sorted(parts)[0][:20]} is not supported. {ScheduleError.__doc__}")
    if rule.until and rule.count:
        raise ScheduleError("A rule ends by UNTIL or by COUNT, not by both.")
    return rule


def _parts(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.removeprefix("RRULE:").split(";")]
    parts = {key: value for key, _, value in pairs}
    if len(parts) != len(pairs):
        raise ScheduleError("A part of the rule is given twice.")
    return parts


def _frequency(name: str) -> Frequency:
    if name not in FREQUENCIES:
        raise ScheduleError("FREQ must be DAILY, WEEKLY or MONTHLY.")
    return FREQUENCIES[name]


def _number(text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise ScheduleError(
            f"INTERVAL goes from 1 to 52, of months to 12, COUNT from 1 to 1000; not {text[:20]!r}."
        )
    return int(text)


def _count(text: str | None) -> int | None:
    return None if text is None else _number(text, most=1000)


def _weekdays(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    days = tuple(text.split(","))
    if not set(days) <= WEEKDAYS.keys() or len(set(days)) != len(days):
        raise ScheduleError("BYDAY lists days as MO,TU,WE,TH,FR,SA,SU, each once.")
    return days


def of_month(day: int) -> str:
    """The parts of a rule that mean this day of each month, and the last day of a month that is shorter.

    RFC 5545 leaves out a month without the day that is named: such a day is the last of those it may be.
    """
    if day <= EVERY_MONTH_HAS:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(map(str, range(EVERY_MONTH_HAS, day + 1)))};BYSETPOS=-1"


_OF_MONTH = {of_month(day): day for day in range(1, 32)}


def _monthday(days: str, place: str) -> int:
    """As `of_month` writes it, and in no other way: none may skip a month."""
    found = _OF_MONTH.get(f"BYMONTHDAY={days}{';BYSETPOS=' if place else ''}{place}")
    if found is None:
        raise ScheduleError(
            "A monthly rule has BYMONTHDAY from 1 to 28, or a later day as the last of those that a month "
            "has: BYMONTHDAY=28,29,30,31;BYSETPOS=-1."
        )
    return found


def _until(text: str | None) -> date | None:
    """A local day. A time after it, as RFC 5545 allows, is left out: one slot a day has no use for it."""
    if text is None:
        return None
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007  (a day, no instant)
    except ValueError as error:
        raise ScheduleError("UNTIL is a day such as 20270131.") from error


def days(rule: Rule, starts_on: date, *, after: date) -> Iterator[date]:
    """The local days of a rule later than `after`, ascending, no further than the horizon."""
    first = max(after + timedelta(days=1), starts_on)
    last = first + HORIZON
    start = anchor(rule, starts_on, after=after)
    few = _first_few(rule, start, first, last)
    yield from few
    if len(few) == FEW:
        yield from (day for day in _expanded(rule, start, last) if day > few[-1])


# With their starts brought closer, what falls due on one day shares a few, one for each phase of a rhythm.
@lru_cache(maxsize=1024)
def _first_few(rule: Rule, start: date, first: date, last: date) -> tuple[date, ...]:
    return tuple(islice((day for day in _expanded(rule, start, last) if day >= first), FEW))


def _expanded(rule: Rule, start: date, last: date) -> Iterator[date]:
    found = rrule.rrule(
        rule.frequency,
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        byweekday=[WEEKDAYS[day] for day in rule.weekdays] or None,
        bymonthday=_may_be(rule.monthday) if rule.monthday else None,
        bysetpos=-1 if rule.monthday else None,
        count=rule.count,
        until=None if rule.count else datetime.combine(min(rule.until or last, last), time()),
        wkst=rrule.MO,
    )
    return (moment.date() for moment in found)


def _may_be(monthday: int) -> range:
    """The days of which the last that a month has is meant."""
    return range(min(monthday, EVERY_MONTH_HAS), monthday + 1)


def anchor(rule: Rule, starts_on: date, *, after: date) -> date:
    """A start from which the days later than `after` are the same: near them, for expanding walks day by day
    from the start, and shared by all that have the same phase of a rhythm. What is counted keeps its own.
    """
    if rule.count:
        return starts_on
    first = max(after + timedelta(days=1), starts_on)
    if rule.frequency == rrule.MONTHLY:
        return _month_of(rule.interval, starts_on, first)
    step = rule.interval * (7 if rule.frequency == rrule.WEEKLY else 1)
    return starts_on + timedelta(days=(first - starts_on).days // step * step)


def _month_of(interval: int, starts_on: date, first: date) -> date:
    """Where the rhythm's latest month up to that of `first` begins, but never before the start."""
    months = (first.year - starts_on.year) * 12 + first.month - starts_on.month
    ahead = starts_on.month - 1 + months // interval * interval
    begins = date(starts_on.year + ahead // 12, ahead % 12 + 1, 1)
    return max(begins, starts_on)


# So far apart are the days of a rule that has one alone.
ONLY_ONE = HORIZON
_ANY_MONDAY = date(2024, 1, 1)


def closest(rule: Rule) -> timedelta:
    """How far apart the closest two days of a rule are as long as it goes on; `ONLY_ONE` of a single day."""
    # Ends are of one patient each; the rhythms are few.
    return _closest(replace(rule, until=None, count=1 if rule.count == 1 else None))


@lru_cache(maxsize=1024)
def _closest(rule: Rule) -> timedelta:
    found = _first_few(rule, _ANY_MONDAY, _ANY_MONDAY, _ANY_MONDAY + HORIZON)
    return min((later - day for day, later in pairwise(found)), default=ONLY_ONE)


def falls_on(rule: Rule, starts_on: date, day: date) -> bool:
    """Whether a local day is one of the rule's."""
    return next(days(rule, starts_on, after=day - timedelta(days=1)), None) == day

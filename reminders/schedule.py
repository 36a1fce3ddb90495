"""Wall-clock rules: which local days a reminder falls on, and at which instant. Pure.

A slot is a local day, never an instant: that is what makes a doubled hour and a change of zone harmless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

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
Frequency = Literal[2, 3]  # dateutil's numbers
FREQUENCIES: dict[str, Frequency] = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY}
# The longest rule allowed, every 52nd week, has its next day within 364 days.
HORIZON = timedelta(days=400)


class ScheduleError(ValueError):
    """Only daily and weekly rules: FREQ, INTERVAL 1 to 52, BYDAY, and UNTIL or COUNT."""


@dataclass(frozen=True)
class Rule:
    """A parsed RRULE. `until` is a local day, included."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    until: date | None = None
    count: int | None = None


@dataclass(frozen=True)
class Quiet:
    """Local times between which nothing is sent: `start` included, `end` not; may cross midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def end_after(self, wall: datetime) -> datetime:
        """The first end of the quiet hours after a naive local time that lies within them."""
        end = datetime.combine(wall.date(), self.end)
        return end if end > wall else end + timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """All that decides when a reminder falls due; `starts_on` anchors INTERVAL and COUNT."""

    rule: Rule
    starts_on: date
    local_time: time
    zone: ZoneInfo
    quiet: Quiet | None = None


@dataclass(frozen=True)
class Slot:
    """One local day's turn, and the instant (UTC) at which it is due."""

    day: date
    due_at: datetime


def parse(text: str) -> Rule:
    """A rule from RRULE text, such as `FREQ=WEEKLY;BYDAY=MO,TH`.

    The text is untrusted: an interval of 0 makes the library that expands it loop for ever, so nothing
    passes that is not on the list.
    """
    parts = _parts(text)
    rule = Rule(
        frequency=_frequency(parts.pop("FREQ", "")),
        interval=_number(parts.pop("INTERVAL", "1"), most=52),
        weekdays=_weekdays(parts.pop("BYDAY", None)),
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
        raise ScheduleError("FREQ must be DAILY or WEEKLY.")
    return FREQUENCIES[name]


def _number(text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise ScheduleError(f"INTERVAL goes from 1 to 52, COUNT from 1 to 1000; not {text[:20]!r}.")
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


def _until(text: str | None) -> date | None:
    """A local day. A time after it, as RFC 5545 allows, is left out: one slot a day has no use for it."""
    if text is None:
        return None
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007  (a day, no instant)
    except ValueError as error:
        raise ScheduleError("UNTIL is a day such as 20270131.") from error


def days(plan: Plan, *, after: date) -> Iterator[date]:
    """The local days of a plan later than `after`, ascending, no further than the horizon."""
    first = max(after + timedelta(days=1), plan.starts_on)
    last = first + HORIZON
    rule = plan.rule
    start = plan.starts_on if rule.count else _closer_start(plan, first)
    found = rrule.rrule(
        rule.frequency,
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        byweekday=[WEEKDAYS[day] for day in rule.weekdays] or None,
        count=rule.count,
        until=None if rule.count else datetime.combine(min(rule.until or last, last), time()),
        wkst=rrule.MO,
    )
    return (moment.date() for moment in found if moment.date() >= first)


def _closer_start(plan: Plan, first: date) -> date:
    """A start near `first` that keeps the rhythm, for expanding walks day by day from the start."""
    step = plan.rule.interval * (7 if plan.rule.frequency == rrule.WEEKLY else 1)
    return plan.starts_on + timedelta(days=(first - plan.starts_on).days // step * step)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """A naive local time as an instant in UTC.

    A time that a spring change skips becomes the first instant after the gap; of a doubled one the first.
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _first_after_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _first_after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Halves the stretch in which the offset changes until one second is left."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def out_of_quiet(moment: datetime, plan: Plan) -> datetime:
    """The same instant, or the end of the quiet hours in which it lies."""
    wall = moment.astimezone(plan.zone).replace(tzinfo=None)
    if plan.quiet is None or not plan.quiet.covers(wall.time()):
        return moment
    return instant(plan.quiet.end_after(wall), plan.zone)


def due_at(plan: Plan, day: date) -> datetime:
    """The instant at which a local day's slot is due, quiet hours left out."""
    return out_of_quiet(instant(datetime.combine(day, plan.local_time), plan.zone), plan)


def slots(plan: Plan, *, after: date) -> Iterator[Slot]:
    """The slots of the local days later than `after`, ascending."""
    return (Slot(day, due_at(plan, day)) for day in days(plan, after=after))


def next_slot(plan: Plan, *, after: date) -> Slot | None:
    """The first slot on a local day later than `after`; None when the rule has ended."""
    return next(slots(plan, after=after), None)


def first_slot(plan: Plan, *, after: date, at: datetime) -> Slot | None:
    """The first slot on a local day later than `after` that is due later than `at`."""
    return next((slot for slot in slots(plan, after=after) if slot.due_at > at), None)


def missed(plan: Plan, *, first: date, at: datetime) -> list[Slot]:
    """The slots from local day `first` on that are due by now, ascending."""
    return list(takewhile(lambda slot: slot.due_at <= at, slots(plan, after=first - timedelta(days=1))))


def moved(plan: Plan, *, day: date, at: datetime) -> Slot:
    """A planned slot after a change of zone: the same local day, in the new zone.

    When the hour has passed there already but the day has not, the slot is due at once, so that travel
    drops no day; when the day is over, it keeps its past instant and will be recorded as expired.
    """
    due = due_at(plan, day)
    if due < at and at.astimezone(plan.zone).date() == day:
        due = out_of_quiet(at, plan)
    return Slot(day, due)

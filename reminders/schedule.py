"""Wall-clock rules: which local days a reminder falls on, and at which instant. Pure.

A slot is a local day, never an instant: that is what makes a doubled hour and a change of zone harmless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from journal.content import rhythm
from journal.content.rhythm import Rule, ScheduleError, parse

__all__ = ["Plan", "Quiet", "Rule", "ScheduleError", "Slot", "parse"]


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


class Slot(NamedTuple):
    """One local day's turn, and the instant (UTC) at which it is due."""

    day: date
    due_at: datetime


def plan(
    *,
    rrule: str,
    starts_on: date,
    local_time: time,
    zone: ZoneInfo,
    quiet: tuple[time | None, time | None] = (None, None),
) -> Plan:
    """A plan from what is stored of it. Raises ScheduleError: a rule that can't be kept."""
    start, end = quiet
    between = Quiet(start, end) if start is not None and end is not None else None
    return Plan(parse(rrule), starts_on, local_time, zone, between)


def days(plan: Plan, *, after: date) -> Iterator[date]:
    """The local days of a plan later than `after`, ascending, no further than the horizon."""
    return rhythm.days(plan.rule, plan.starts_on, after=after)


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
    return _out_of_quiet(moment, plan.zone, plan.quiet)


def _out_of_quiet(moment: datetime, zone: ZoneInfo, quiet: Quiet | None) -> datetime:
    if quiet is None:
        return moment
    wall = moment.astimezone(zone).replace(tzinfo=None)
    if not quiet.covers(wall.time()):
        return moment
    end = quiet.end_after(wall)
    first = instant(end, zone)
    # In the second pass of a doubled hour the first such end is over: the second one counts.
    return first if first > moment else end.replace(tzinfo=zone, fold=1).astimezone(UTC)


def due_at(plan: Plan, day: date) -> datetime:
    """The instant at which a local day's slot is due, quiet hours left out."""
    return _due_at(day, plan.local_time, plan.zone, plan.quiet)


@lru_cache(maxsize=1024)
def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day is over."""
    return instant(datetime.combine(day + timedelta(days=1), time()), zone)


# What is due in one minute has much the same hour in a handful of zones.
@lru_cache(maxsize=4096)
def _due_at(day: date, local_time: time, zone: ZoneInfo, quiet: Quiet | None) -> datetime:
    return _out_of_quiet(instant(datetime.combine(day, local_time), zone), zone, quiet)


def slots(plan: Plan, *, after: date) -> Iterator[Slot]:
    """The slots of the local days later than `after`, ascending."""
    return (Slot(day, due_at(plan, day)) for day in days(plan, after=after))


class Stored(NamedTuple):
    """What `plan` is made of; quicker to compare than a plan."""

    rrule: str
    starts_on: date
    local_time: time
    zone: ZoneInfo
    quiet: tuple[time | None, time | None]


def ahead(stored: Stored, *, after: date, count: int) -> tuple[Slot, ...]:
    """The first `count` slots on local days later than `after`.

    Raises:
        ScheduleError: a rule that can't be kept.
    """
    start = rhythm.anchor(parse(stored.rrule), stored.starts_on, after=after)
    return _ahead(stored._replace(starts_on=start), after, count)


# What is due in one minute has few rules, hours and zones, and its starts are brought to one for each phase.
@lru_cache(maxsize=4096)
def _ahead(stored: Stored, after: date, count: int) -> tuple[Slot, ...]:
    return tuple(islice(slots(plan(**stored._asdict()), after=after), count))


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

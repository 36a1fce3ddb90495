"""What the installed zone rules say of a stretch of time: when clocks change, and a digest of it. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Transition:
    """The first instant (UTC) of a new offset."""

    at: datetime
    before: timedelta
    after: timedelta


def transitions(zone: ZoneInfo, *, first: datetime, last: datetime) -> Iterator[Transition]:
    """Changes of the offset from `first` to `last` (UTC), ascending, to the second.

    Looks once a day: two changes within 24 hours that cancel each other out would be missed; no zone
    has had such.
    """
    day, before = first, offset(zone, first)
    while day < last:
        following = min(day + DAY, last)
        after = offset(zone, following)
        if after != before:
            yield Transition(_moment(zone, day, following), before, after)
        day, before = following, after


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    """How far the zone's clocks are ahead of UTC at an instant."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def _moment(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Halves the stretch in which the offset changes until one second is left."""
    new = offset(zone, after)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (before, middle) if offset(zone, middle) == new else (middle, after)
    return after


def digest(zone: ZoneInfo, *, first: datetime, last: datetime) -> str:
    """SHA-256 (hex) of all that the zone's clocks do from `first` to `last`; equal when they do the same."""
    changes = [(one.at.isoformat(), str(one.after)) for one in transitions(zone, first=first, last=last)]
    said = f"{offset(zone, first)} {changes}"
    return hashlib.sha256(said.encode()).hexdigest()

"""Every zone that there is, and every change of its clocks in the next two years. No database.

What is expected is worked out from the offsets alone, piece by piece, and not by asking for local times.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from reminders import schedule, zone_rules
from reminders.schedule import Plan, Quiet

FIRST = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
LAST = FIRST + timedelta(days=731)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MINUTE = timedelta(minutes=1)
EVERY_DAY = schedule.parse("FREQ=DAILY")


@dataclass(frozen=True)
class Pieces:
    """One zone as stretches of UTC with a fixed offset."""

    zone: ZoneInfo
    changes: tuple[zone_rules.Transition, ...]

    @classmethod
    def of(cls, name: str) -> "Pieces":
        zone = ZoneInfo(name)
        margin = timedelta(days=30)
        found = zone_rules.transitions(zone, first=FIRST - margin, last=LAST + margin)
        return cls(zone, tuple(found))

    def offset(self, moment: datetime) -> timedelta:
        place = bisect_right([change.at for change in self.changes], moment)
        if place:
            return self.changes[place - 1].after
        return self.changes[0].before if self.changes else zone_rules.offset(self.zone, FIRST)

    def wall(self, moment: datetime) -> datetime:
        return (moment + self.offset(moment)).replace(tzinfo=None)

    def expected(self, wall: datetime) -> datetime:
        """The first instant whose wall clock shows `wall`, or the end of the gap that swallows it."""
        aware = wall.replace(tzinfo=UTC)
        offsets = {self.offset(aware + timedelta(hours=hours)) for hours in (-36, -12, 0, 12, 36)}
        shown = [aware - offset for offset in offsets if self.wall(aware - offset) == wall]
        if shown:
            return min(shown)
        near = bisect_left([change.at for change in self.changes], aware - timedelta(hours=27))
        return next(change.at for change in self.changes[near:] if self.wall(change.at) > wall)

    def walls(self) -> Iterator[datetime]:
        """Wall-clock minutes around each change: its edges, its inside, and some hours about it."""
        for change in self.within():
            low, high = sorted(
                (
                    (change.at + change.before).replace(tzinfo=None),
                    (change.at + change.after).replace(tzinfo=None),
                )
            )
            middle = (low + (high - low) / 2).replace(second=0)
            for edge in (low, middle, high):
                yield from (edge - MINUTE, edge, edge + MINUTE)
            yield from (low + timedelta(minutes=20 * step) for step in range(-9, 18))

    def within(self) -> Iterator[zone_rules.Transition]:
        return (change for change in self.changes if FIRST <= change.at <= LAST)


@pytest.fixture(scope="module")
def pieces() -> list[Pieces]:
    return [Pieces.of(name) for name in ZONES]


def test_there_is_something_to_test(pieces: list[Pieces]) -> None:
    assert len(pieces) > 400
    changing = [one for one in pieces if any(one.within())]
    assert len(changing) > 100
    assert sum(len(list(one.within())) for one in changing) > 4 * 100
    gaps = [change for one in pieces for change in one.within() if change.after > change.before]
    assert {change.after - change.before for change in gaps} >= {timedelta(hours=1), timedelta(minutes=30)}


def test_a_stated_time_is_its_first_instant_or_the_first_after_the_gap(pieces: list[Pieces]) -> None:
    wrong = [
        (one.zone.key, wall)
        for one in pieces
        for wall in one.walls()
        if schedule.instant(wall, one.zone) != one.expected(wall)
    ]
    assert wrong == []


def test_a_day_of_change_has_each_local_day_once_and_in_order(pieces: list[Pieces]) -> None:
    for one in pieces:
        for change in one.within():
            day = one.wall(change.at).date()
            for at in ((change.at + change.before).time(), time(0), time(2, 30), time(23, 59)):
                plan = Plan(EVERY_DAY, day - timedelta(days=9), at, one.zone)
                slots = list(islice(schedule.slots(plan, after=day - timedelta(days=4)), 7))
                assert [slot.day for slot in slots] == [day + timedelta(days=n) for n in range(-3, 4)]
                assert all(early.due_at < late.due_at for early, late in pairwise(slots)), (one.zone.key, day)


def test_quiet_hours_across_a_change_never_let_a_reminder_ring_within(pieces: list[Pieces]) -> None:
    for one in pieces:
        for change in one.within():
            before, after = one.wall(change.at - MINUTE), one.wall(change.at)
            windows = {
                Quiet((before - timedelta(hours=2)).time(), (after + timedelta(hours=2)).time()),
                Quiet((before - timedelta(hours=1)).time(), (before - timedelta(minutes=20)).time()),
                Quiet(before.time(), (before + timedelta(minutes=40)).time()),
                Quiet(time(21), time(8)),
            }
            for quiet in windows:
                _check_quiet(one, change, quiet)


def _check_quiet(one: Pieces, change: zone_rules.Transition, quiet: Quiet) -> None:
    """Also for a snooze or an arrival: an instant anywhere, in either pass of a doubled hour."""
    plan = Plan(EVERY_DAY, date(2026, 1, 1), time(10), one.zone, quiet)
    for step in range(-12, 13):
        moment = change.at + step * timedelta(minutes=15)
        rings = schedule.out_of_quiet(moment, plan)
        where = (one.zone.key, moment, quiet)
        assert rings >= moment, where
        assert not quiet.covers(one.wall(rings).time()), where
        if not quiet.covers(one.wall(moment).time()):
            assert rings == moment, where
        assert rings - moment <= timedelta(hours=25), where


def test_travel_across_the_date_line_between_any_two_zones_keeps_each_local_day(pieces: list[Pieces]) -> None:
    """Each zone is left for the ones farthest from it, in the hours around a change of its clocks."""
    far = [ZoneInfo(name) for name in ("Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Apia", "America/Adak")]
    for one in pieces:
        moments = [change.at for change in one.within()][:2] or [FIRST]
        for away in far:
            for moved_at in moments:
                _check_travel(one.zone, away, moved_at)
                _check_travel(away, one.zone, moved_at)


def _check_travel(home: ZoneInfo, away: ZoneInfo, moved_at: datetime) -> None:
    before, after = (Plan(EVERY_DAY, date(2026, 1, 1), time(10), zone) for zone in (home, away))
    start = moved_at.date() - timedelta(days=4)
    fired = [slot for slot in islice(schedule.slots(before, after=start), 8) if slot.due_at <= moved_at]
    first = schedule.moved(after, day=fired[-1].day + timedelta(days=1), at=moved_at)
    later = list(islice(schedule.slots(after, after=first.day), 2))
    days = [slot.day for slot in (*fired, first, *later)]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))], (home.key, away.key, moved_at)
    over = first.day < moved_at.astimezone(away).date()
    assert over or first.due_at >= moved_at, (home.key, away.key, moved_at)


def test_the_changes_of_a_zone_are_found_to_the_second() -> None:
    found = zone_rules.transitions(
        ZoneInfo("Europe/Berlin"),
        first=datetime(2026, 1, 1, tzinfo=UTC),
        last=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert [(one.at.isoformat(), one.after) for one in found] == [
        ("2026-03-29T01:00:00+00:00", timedelta(hours=2)),
        ("2026-10-25T01:00:00+00:00", timedelta(hours=1)),
    ]


def test_a_zone_digest_tells_zones_apart_and_the_same_rules_not() -> None:
    def of(name: str) -> str:
        return zone_rules.digest(ZoneInfo(name), first=FIRST, last=LAST)

    assert of("Europe/Berlin") == of("Europe/Paris") != of("Europe/London")
    assert of("Asia/Tokyo") != of("Europe/Berlin")

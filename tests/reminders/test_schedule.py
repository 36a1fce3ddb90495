"""Local days and instants; no database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from journal.content import rhythm
from reminders import schedule
from reminders.schedule import Plan, Quiet, Rule, ScheduleError

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "Pacific/Kiritimati",  # UTC+14
    "America/St_Johns",
    "Africa/Casablanca",  # turns back for Ramadan
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "UTC",
]


def plan(rrule: str = "FREQ=DAILY", at: time = time(10), zone: str = "Europe/Berlin", **more: object) -> Plan:
    starts_on = more.pop("starts_on", date(2026, 1, 1))
    return Plan(schedule.parse(rrule), starts_on, at, ZoneInfo(zone), **more)  # type: ignore[arg-type]


def some_days(rrule: str, count: int = 4, *, after: date = date(2025, 12, 31), **more: object) -> list[str]:
    return [day.isoformat() for day in islice(schedule.days(plan(rrule, **more), after=after), count)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=DAILY", ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]),
        ("RRULE:FREQ=DAILY;INTERVAL=3", ["2026-01-01", "2026-01-04", "2026-01-07", "2026-01-10"]),
        ("FREQ=WEEKLY", ["2026-01-01", "2026-01-08", "2026-01-15", "2026-01-22"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", ["2026-01-01", "2026-01-05", "2026-01-08", "2026-01-12"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ["2026-01-12", "2026-01-26", "2026-02-09", "2026-02-23"]),
        ("FREQ=DAILY;BYDAY=SA,SU", ["2026-01-03", "2026-01-04", "2026-01-10", "2026-01-11"]),
        ("FREQ=DAILY;COUNT=2", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260103", ["2026-01-01", "2026-01-02", "2026-01-03"]),
        ("FREQ=DAILY;UNTIL=20260102T235959Z", ["2026-01-01", "2026-01-02"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15", ["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"]),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=1", ["2026-01-01", "2027-01-01"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2", ["2026-01-15", "2026-02-15"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20260301", ["2026-01-15", "2026-02-15"]),
    ],
)
def test_a_rule_falls_on_its_local_days(rrule: str, expected: list[str]) -> None:
    assert some_days(rrule) == expected


@pytest.mark.parametrize(
    ("starts_on", "expected"),
    [
        ("2026-01-31", "01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31"),
        ("2026-01-30", "01-30 02-28 03-30 04-30 05-30 06-30 07-30 08-30 09-30 10-30 11-30 12-30"),
        ("2026-01-29", "01-29 02-28 03-29 04-29 05-29 06-29 07-29 08-29 09-29 10-29 11-29 12-29"),
        ("2027-12-31", "12-31 01-31 02-29 03-31 04-30 05-31"),
        ("2026-04-30", "04-30 05-30 06-30 07-30"),
    ],
)
def test_a_month_without_the_day_has_its_last_day_and_none_is_skipped(starts_on: str, expected: str) -> None:
    start = date.fromisoformat(starts_on)
    rrule = f"FREQ=MONTHLY;{rhythm.of_month(start.day)}"
    found = some_days(rrule, len(expected.split()), starts_on=start, after=start - timedelta(days=1))
    assert [day[5:] for day in found] == expected.split()


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 31), st.integers(1, 12), st.integers(0, 900)
)
def test_by_months_the_same_days_come_as_the_whole_expansion_has(
    start: date, day: int, interval: int, later: int
) -> None:
    """The expansion begins near the day that is asked for, a library that reads the RFC at the start."""
    text = f"FREQ=MONTHLY;INTERVAL={interval};{rhythm.of_month(day)}"
    after = start + timedelta(days=later)
    whole = rrulestr(text, dtstart=datetime.combine(start, time()))
    expected = whole.after(datetime.combine(after, time()))
    assert expected
    assert next(rhythm.days(rhythm.parse(text), start, after=after)) == expected.date()


def test_a_rule_by_months_that_would_skip_one_is_refused() -> None:
    for days in (
        "31",
        "30",
        "29",
        "28,29,30,31",
        "1,15",
        "28,30,31;BYSETPOS=-1",
        "28,29;BYSETPOS=1",
        "0",
        "-1",
    ):
        with pytest.raises(ScheduleError, match="BYMONTHDAY"):
            schedule.parse(f"FREQ=MONTHLY;BYMONTHDAY={days}")


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=WEEKLY;INTERVAL=52;BYDAY=FR",
        "FREQ=DAILY;INTERVAL=51",
        "FREQ=WEEKLY;INTERVAL=5",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=9",
    ],
)
def test_the_rhythm_is_the_same_wherever_the_expansion_begins(rrule: str) -> None:
    whole = some_days(rrule, 8)
    for earlier, later in pairwise(whole):
        assert some_days(rrule, 1, after=date.fromisoformat(earlier)) == [later]


RULES = [
    *("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"),
    *("FREQ=WEEKLY;INTERVAL=5", "FREQ=DAILY;COUNT=40", "FREQ=DAILY;UNTIL=20260301", "FREQ=WEEKLY;COUNT=9"),
]


@given(
    rrule=st.sampled_from(RULES),
    starts_on=st.dates(date(2025, 10, 1), date(2026, 4, 1)),
    after=st.dates(date(2026, 1, 1), date(2026, 3, 28)),
    count=st.sampled_from([1, 2, 4]),
    quiet=st.sampled_from([(None, None), (time(9), time(11))]),
)
def test_what_many_share_is_what_each_would_work_out_alone(
    rrule: str, starts_on: date, after: date, count: int, quiet: tuple[time | None, time | None]
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    stored = schedule.Stored(rrule, starts_on, time(10), zone, quiet)
    alone = islice(schedule.slots(schedule.plan(**stored._asdict()), after=after), count)
    assert list(schedule.ahead(stored, after=after, count=count)) == list(alone)


def test_a_count_is_counted_from_the_first_day_and_not_from_today() -> None:
    assert some_days("FREQ=DAILY;COUNT=5", after=date(2026, 1, 4)) == ["2026-01-05"]
    assert some_days("FREQ=DAILY;COUNT=5", after=date(2026, 1, 5)) == []


def test_a_rule_that_never_matches_ends_the_search() -> None:
    assert schedule.next_slot(plan("FREQ=DAILY;INTERVAL=49;BYDAY=FR"), after=date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    "rrule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=3;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=3;INTERVAL=13",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=YEARLY;BYMONTHDAY=3",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=53",
        "FREQ=DAILY;INTERVAL=١",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=2;UNTIL=20260103",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO,MO",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY\nEXDATE:20260101",
        "freq=daily",
    ],
)
def test_what_is_not_on_the_list_is_refused(rrule: str) -> None:
    with pytest.raises(ScheduleError):
        schedule.parse(rrule)


@given(st.text(alphabet="FREQ=DAILYWK;INTERVALBYDAYMOTU,COUNT0123456789", max_size=60))
def test_any_text_is_a_rule_or_a_refusal(text: str) -> None:
    try:
        rule = schedule.parse(text)
    except ScheduleError:
        return
    assert isinstance(rule, Rule)


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        # Spring: the time does not exist, so the first instant after the gap.
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08T02:59", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Antarctica/Troll", "2026-03-29T02:10", "2026-03-29T01:00"),
        # Autumn: twice, and only the first counts.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        ("Antarctica/Troll", "2026-10-25T01:30", "2026-10-24T23:30"),
        # A whole day that never was.
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),
        ("Pacific/Kiritimati", "2026-06-01T10:00", "2026-05-31T20:00"),
    ],
)
def test_a_local_time_becomes_its_instant(zone: str, wall: str, expected: str) -> None:
    found = schedule.instant(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(
    st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})),
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 12, 31)),  # noqa: DTZ001
)
def test_in_every_zone_a_reminder_comes_at_its_time_or_right_after_the_gap(zone: str, wall: datetime) -> None:
    wall = wall.replace(microsecond=0)
    there = schedule.instant(wall, ZoneInfo(zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    just_before = schedule.instant(wall, ZoneInfo(zone)) - timedelta(seconds=1)
    assert there == wall or (
        there > wall and just_before.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(2, 15), time(10), time(23, 59)])
def test_a_year_of_days_has_each_local_day_once_and_ascends(zone: str, at: time) -> None:
    daily = plan(at=at, zone=zone)
    slots = list(islice(schedule.slots(daily, after=date(2025, 12, 31)), 365))
    local = [slot.due_at.astimezone(ZoneInfo(zone)) for slot in slots]
    assert [slot.day for slot in slots] == [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [moment.date() for moment in local] == [slot.day for slot in slots]
    assert sum(moment.time() != at for moment in local) <= 2
    assert slots == sorted(slots, key=lambda slot: slot.due_at)


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (Quiet(time(21), time(8)), time(20, 59), "2026-01-05T20:59"),
        (Quiet(time(21), time(8)), time(21), "2026-01-06T08:00"),
        (Quiet(time(21), time(8)), time(7), "2026-01-05T08:00"),
        (Quiet(time(21), time(8)), time(8), "2026-01-05T08:00"),
        (Quiet(time(12), time(14)), time(13), "2026-01-05T14:00"),
        (Quiet(time(0), time(6)), time(0), "2026-01-05T06:00"),
    ],
)
def test_quiet_hours_shift_to_their_end(quiet: Quiet, at: time, expected: str) -> None:
    found = schedule.due_at(plan(at=at, quiet=quiet), date(2026, 1, 5)).astimezone(ZoneInfo("Europe/Berlin"))
    assert found.replace(tzinfo=None) == datetime.fromisoformat(expected)


def test_a_time_thrown_into_quiet_hours_by_a_gap_waits_for_their_end() -> None:
    quiet = plan(at=time(2, 30), quiet=Quiet(time(3), time(4)))
    assert schedule.due_at(quiet, date(2026, 3, 29)) == datetime(2026, 3, 29, 2, tzinfo=UTC)


def test_the_first_slot_lies_after_the_given_instant() -> None:
    daily, ten = plan(), datetime(2026, 1, 5, 9, tzinfo=UTC)
    before = schedule.first_slot(daily, after=date(2026, 1, 4), at=ten - timedelta(seconds=1))
    after = schedule.first_slot(daily, after=date(2026, 1, 4), at=ten)
    assert (before and before.day, after and after.day) == (date(2026, 1, 5), date(2026, 1, 6))


MOVES = [(home, away) for home in ZONES for away in ZONES if home != away]


@pytest.mark.parametrize(("home", "away"), MOVES)
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_travel_neither_repeats_nor_drops_a_local_day(home: str, away: str, hour: int) -> None:
    moved_at = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
    before, after = plan(zone=home), plan(zone=away)
    fired = [
        slot for slot in islice(schedule.slots(before, after=date(2026, 3, 5)), 20) if slot.due_at <= moved_at
    ]
    planned = fired[-1].day + timedelta(days=1)
    first = schedule.moved(after, day=planned, at=moved_at)
    later = list(islice(schedule.slots(after, after=first.day), 5))
    days = [slot.day for slot in [*fired, first, *later]]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    # It is sent on that local day, unless the day is already over at the new place.
    local_day = first.due_at.astimezone(ZoneInfo(away)).date()
    assert local_day == planned
    assert first.due_at >= moved_at or planned < moved_at.astimezone(ZoneInfo(away)).date()

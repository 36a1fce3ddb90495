"""Working hours over zones, changes of the clocks and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.hours import USUAL, Hours

BERLIN = Hours(ZoneInfo("Europe/Berlin"), USUAL)
ZONES = sorted(available_timezones() - {"localtime"})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (utc(2026, 1, 5, 9), utc(2026, 1, 5, 9)),  # Monday at ten: now
        (utc(2026, 1, 5, 6, 59), utc(2026, 1, 5, 7)),  # before opening
        (utc(2026, 1, 5, 7), utc(2026, 1, 5, 7)),  # the opening belongs to the day
        (utc(2026, 1, 5, 17), utc(2026, 1, 6, 7)),  # the closing does not
        (utc(2026, 1, 9, 20), utc(2026, 1, 12, 7)),  # Friday evening waits for Monday
        (utc(2026, 3, 27, 20), utc(2026, 3, 30, 6)),  # over the spring change: an hour earlier in UTC
        (utc(2026, 10, 23, 20), utc(2026, 10, 26, 7)),  # over the autumn change
    ],
)
def test_the_next_working_moment(at: datetime, opens: datetime) -> None:
    assert BERLIN.next_open(at) == opens


def test_a_holiday_is_no_working_day() -> None:
    closed = Hours(BERLIN.zone, USUAL, frozenset({date(2026, 1, 6), date(2026, 1, 7)}))
    assert closed.next_open(utc(2026, 1, 5, 17)) == utc(2026, 1, 8, 7)
    assert not closed.open_at(utc(2026, 1, 6, 10))
    assert closed.next_morning(utc(2026, 1, 5, 10)) == utc(2026, 1, 8, 7)


def test_the_next_morning_is_never_today() -> None:
    assert BERLIN.next_morning(utc(2026, 1, 5, 6)) == utc(2026, 1, 6, 7)


def test_hours_that_the_spring_change_swallows_are_not_worked() -> None:
    night = Hours(ZoneInfo("Europe/Berlin"), {6: (time(2), time(3))})
    assert night.span(date(2026, 3, 29)) is None
    assert night.next_open(utc(2026, 3, 28, 12)) == utc(2026, 4, 5, 0)


def test_a_doubled_hour_is_worked_twice() -> None:
    night = Hours(ZoneInfo("Europe/Berlin"), {6: (time(1), time(4))})
    span = night.span(date(2026, 10, 25))
    assert span is not None
    assert span[1] - span[0] == timedelta(hours=4)


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    """Samoa went from 29 to 31 December 2011 when it crossed the date line."""
    samoa = Hours(ZoneInfo("Pacific/Apia"), dict.fromkeys(range(7), (time(8), time(18))))
    assert samoa.span(date(2011, 12, 30)) is None


def test_a_clinic_that_never_opens_is_told_at_once() -> None:
    never = Hours(ZoneInfo("UTC"), {})
    assert never.next_open(utc(2026, 1, 5)) == utc(2026, 1, 5)
    assert never.next_morning(utc(2026, 1, 5)) == utc(2026, 1, 6)


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_each_working_day_opens_at_the_stated_local_time(zone: str) -> None:
    """Over two years and all their changes: eight o'clock is never inside a gap there."""
    hours, day = Hours(ZoneInfo(zone), USUAL), date(2026, 1, 1)
    for ahead in range(0, 731):
        span = hours.span(day + timedelta(days=ahead))
        if span is None:
            assert (day + timedelta(days=ahead)).weekday() >= 5
            continue
        assert [moment.astimezone(hours.zone).time() for moment in span] == [time(8), time(18)]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    at=st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  (made aware below)
    zone=st.sampled_from(ZONES),
    week=st.dictionaries(
        st.integers(0, 6),
        st.tuples(st.times(max_value=time(12)), st.times(min_value=time(12, 1))),
        min_size=1,
    ),
    holidays=st.frozensets(st.dates(date(2025, 1, 1), date(2030, 1, 1)), max_size=5),
)
def test_the_next_working_moment_is_worked_and_nothing_before_it_is(
    at: datetime, zone: str, week: dict[int, tuple[time, time]], holidays: frozenset[date]
) -> None:
    hours, now = Hours(ZoneInfo(zone), week, holidays), at.replace(tzinfo=UTC)
    found = hours.next_open(now)
    assert found >= now
    assert hours.open_at(found)
    assert not any(hours.open_at(now + (found - now) * part / 50) for part in range(50) if found > now)
    assert hours.next_morning(now) > now

"""Times in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from journal.admin import moments

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (timedelta(hours=-3), "overdue by 3 h"),
        (timedelta(minutes=-20), "overdue by 20 min"),
        (timedelta(0), "overdue by less than a minute"),
        (timedelta(minutes=40), "40 min left"),
        (timedelta(hours=47, minutes=59), "47 h left"),
        (timedelta(days=13, hours=5), "13 days left"),
    ],
)
def test_the_time_left_reads_as_words(due: timedelta, said: str) -> None:
    assert moments.due(NOW + due, NOW) == said


def test_a_moment_says_whose_clock_it_is() -> None:
    assert moments.local(NOW, ZoneInfo("America/Lima")) == "Tue 10 Mar 2026, 04:00 (America/Lima)"


def test_age_counts_whole_years() -> None:
    assert moments.age(date(1950, 3, 11), date(2026, 3, 10)) == "75 years"
    assert moments.age(date(1950, 3, 10), date(2026, 3, 10)) == "76 years"
    assert moments.age(None, date(2026, 3, 10)) == "age not stated"

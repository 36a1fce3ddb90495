"""How far apart a rule's days lie; which days they are is tested with the schedule."""

from datetime import timedelta

import pytest

from journal.content import rhythm


@pytest.mark.parametrize(
    ("rrule", "days"),
    [
        ("FREQ=DAILY", 1),
        ("FREQ=DAILY;UNTIL=20200101", 1),
        ("FREQ=DAILY;COUNT=2", 1),
        ("FREQ=DAILY;INTERVAL=30", 30),
        ("FREQ=DAILY;BYDAY=SA,SU", 1),
        ("FREQ=DAILY;BYDAY=WE", 7),
        ("FREQ=WEEKLY", 7),
        ("FREQ=WEEKLY;COUNT=9", 7),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", 2),
        ("FREQ=WEEKLY;BYDAY=MO,TH", 3),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=SU", 28),
        ("FREQ=WEEKLY;INTERVAL=52", 364),
        ("FREQ=MONTHLY;BYMONTHDAY=1", 29),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=15", 366),
        ("FREQ=DAILY;COUNT=1", 400),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", 400),
    ],
)
def test_the_closest_two_days_of_a_rule_say_how_rare_it_is(rrule: str, days: int) -> None:
    assert rhythm.closest(rhythm.parse(rrule)) == timedelta(days=days)

"""Moments of the database are read in C, and mean what Django's own way makes of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def read(literal: str, zone: str = "UTC") -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        cursor.execute(f"SELECT {literal}::timestamptz")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("literal", "moment"),
    [
        ("'2026-10-25 01:30:00+02'", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
        ("'2026-10-25 01:30:00.5Z'", datetime(2026, 10, 25, 1, 30, 0, 500_000, tzinfo=UTC)),
        ("'2026-10-25 01:30:00.000001Z'", datetime(2026, 10, 25, 1, 30, 0, 1, tzinfo=UTC)),
        ("'0001-01-01 00:00:00Z'", datetime(1, 1, 1, tzinfo=UTC)),
        ("'9999-12-31 23:59:59.999999Z'", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_comes_in_utc_to_the_microsecond(literal: str, moment: datetime) -> None:
    found = read(literal)
    assert (found, found.tzinfo) == (moment, UTC)


def test_a_moment_told_in_another_zone_is_the_same_moment() -> None:
    found = read("'2026-10-25 01:30:00Z'", zone="Asia/Kathmandu")
    assert found == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("literal", ["'infinity'", "'10000-01-01'", "'0044-03-15 BC'"])
def test_what_python_cannot_hold_is_an_error_and_no_other_moment(literal: str) -> None:
    with pytest.raises(DataError):
        read(literal)

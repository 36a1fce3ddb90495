"""Many values as one parameter."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from journal.rows import array

# PostgreSQL holds no NUL in a text.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def read(values: list[object], kind: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [array(values)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_two_moments_of_an_hour_that_comes_twice_stay_two() -> None:
    twice: list[object] = [
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold) for fold in (0, 1)
    ]
    assert read(twice, "timestamptz") == [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]


class TextsOfAllSorts(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(st.none() | TEXTS, max_size=6))
    def test_every_text_comes_back_as_it_went(self, texts: list[object]) -> None:
        assert read(texts, "text") == texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint", [1, None, -7]),
        ("uuid", [UUID(int=5), None]),
        ("date", [date(2026, 1, 5), None]),
        ("date", [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 5)]),
        ("timestamptz", [datetime(2026, 1, 5, 9, tzinfo=UTC)] * 2 + [datetime(2026, 1, 6, 9, tzinfo=UTC)]),
        ("timestamptz", [datetime(2026, 1, 5, 9, 0, 0, 5, tzinfo=UTC), None]),
        ("boolean", [True, False, None]),
        ("text", []),
    ],
)
def test_every_kind_that_is_stored_comes_back_as_it_went(kind: str, values: list[object]) -> None:
    assert read(values, kind) == values

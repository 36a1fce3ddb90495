"""When an injection is due again, and a stop without a medicine to follow."""

from datetime import date

import pytest

from journal.content.bone_clock import Due, injections_due, without_follow_on
from journal.content.facts import Stated

GIVEN = Stated("injection", "denosumab", since=date(2026, 1, 31))
STOPPED = Stated("medicine", "denosumab", since=date(2024, 1, 1), until=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ([GIVEN], [Due("denosumab", date(2026, 7, 31))]),
        ([Stated("injection", "denosumab", since=date(2026, 8, 31))], [Due("denosumab", date(2027, 2, 28))]),
        (
            [GIVEN, Stated("injection", "denosumab", since=date(2025, 7, 1))],
            [Due("denosumab", date(2026, 7, 31))],
        ),
        (
            [Stated("injection", "zoledronate", since=date(2026, 1, 5))],
            [Due("zoledronate", date(2027, 1, 5))],
        ),
        ([Stated("medicine", "denosumab", since=date(2026, 1, 5))], [Due("denosumab", date(2026, 7, 5))]),
        ([Stated("medicine", "denosumab")], []),
        ([GIVEN, STOPPED], []),
        (
            [STOPPED, Stated("injection", "denosumab", since=date(2026, 4, 1))],
            [Due("denosumab", date(2026, 10, 1))],
        ),
        ([Stated("medicine", "bisphosphonate", since=date(2026, 1, 5))], []),
    ],
)
def test_the_next_injection_follows_from_the_last_one(facts: list[Stated], due: list[Due]) -> None:
    assert list(injections_due(facts)) == due


@pytest.mark.parametrize(
    ("more", "open_since"),
    [
        ([], date(2026, 3, 1)),
        ([Stated("medicine", "bisphosphonate", since=date(2026, 3, 5))], None),
        (
            [Stated("medicine", "bisphosphonate", since=date(2020, 1, 1), until=date(2022, 1, 1))],
            date(2026, 3, 1),
        ),
        ([Stated("injection", "zoledronate", since=date(2026, 4, 1))], None),
        ([Stated("injection", "zoledronate", since=date(2024, 4, 1))], date(2026, 3, 1)),
        ([Stated("medicine", "denosumab", since=date(2026, 6, 1))], None),
    ],
)
def test_a_stop_of_denosumab_asks_for_a_medicine_to_follow(
    more: list[Stated], open_since: date | None
) -> None:
    assert without_follow_on([STOPPED, *more]) == open_since

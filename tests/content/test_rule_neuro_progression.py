"""neuro-progression: more sites than before, or tingling that became numbness."""

import pytest

from journal.content.rules.neuro_progression import RULE
from tests.content.build import Said, arms, day, found, nerve

FOOT = nerve("tingling", "foot")
CALF = nerve("tingling", "calf")


def test_a_second_site_is_progression() -> None:
    assert arms(RULE, {0: day(neuro=[FOOT]), 5: day(neuro=[FOOT, CALF])}) == "a"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([FOOT], [FOOT]),
        ([FOOT], [CALF]),
        ([FOOT, CALF], [FOOT]),
        ([FOOT], [FOOT, nerve("numbness", "hand")]),
        ([FOOT], [FOOT, nerve("weakness", "calf")]),
        ([nerve("numbness", "foot")], [FOOT]),
        ([nerve("numbness", "foot")], [nerve("numbness", "calf")]),
    ],
)
def test_the_same_or_less_is_not(first: list[Said], then: list[Said]) -> None:
    assert arms(RULE, {0: day(neuro=first), 5: day(neuro=then)}) == ""


def test_numbness_after_only_tingling_is() -> None:
    assert arms(RULE, {0: day(neuro=[FOOT]), 5: day(neuro=[nerve("numbness", "foot")])}) == "b"


def test_both_arms_can_be_true() -> None:
    assert arms(RULE, {0: day(neuro=[FOOT]), 5: day(neuro=[FOOT, nerve("numbness", "calf")])}) == "a+b"


@pytest.mark.parametrize(("gap", "arm"), [(1, "a"), (28, "a"), (29, "")])
def test_it_compares_with_28_days(gap: int, arm: str) -> None:
    assert arms(RULE, {0: day(neuro=[FOOT]), gap: day(neuro=[FOOT, CALF])}) == arm


def test_without_an_earlier_day_nothing_has_progressed() -> None:
    assert arms(RULE, {0: day(neuro=[FOOT, CALF])}) == ""


def test_legs_are_judged_apart() -> None:
    right = nerve("tingling", "calf", "right")
    assert found(RULE, {0: day(neuro=[FOOT]), 5: day(neuro=[FOOT, right])}) == set()
    both = {0: day(neuro=[FOOT, right]), 5: day(neuro=[FOOT, CALF, right])}
    assert found(RULE, both) == {"left-leg"}


def test_known_numbness_that_spreads_is_still_seen() -> None:
    days = {0: day(neuro=[FOOT]), 5: day(neuro=[FOOT, CALF])}
    assert arms(RULE, days, ["known_sensory_left_leg"]) == "a"


def test_the_largest_earlier_day_is_what_counts() -> None:
    days = {0: day(neuro=[FOOT, CALF]), 3: day(neuro=[FOOT]), 5: day(neuro=[FOOT, CALF])}
    assert arms(RULE, days) == ""

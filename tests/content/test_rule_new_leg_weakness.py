"""new-leg-weakness: one leg, new."""

import pytest

from journal.content.rules.new_leg_weakness import RULE
from tests.content.build import day, found, nerve, raised, run

WEAK = day(neuro=[nerve("weakness", "foot")])


def test_a_newly_weak_leg_is_flagged_the_same_day() -> None:
    assert raised({0: WEAK}) == {("new-leg-weakness", 0)}


@pytest.mark.parametrize(("gap", "keys"), [(28, set()), (29, {"left-leg"})])
def test_it_is_new_after_28_days_without(gap: int, keys: set[str]) -> None:
    assert found(RULE, {0: WEAK, gap: WEAK}) == keys


def test_a_weak_arm_or_a_known_weak_leg_is_not() -> None:
    assert found(RULE, {0: day(neuro=[nerve("weakness", "hand")])}) == set()
    assert found(RULE, {0: WEAK}, ["known_weakness_left_leg"]) == set()


def test_it_covers_numbness_and_giving_way_of_the_same_leg_only() -> None:
    left = [nerve("weakness", "foot"), nerve("numbness", "foot"), nerve("giving_way", "knee")]
    right = [nerve("weakness", "foot"), nerve("giving_way", "knee", "right")]
    assert raised({0: day(neuro=left)}) == {("new-leg-weakness", 0)}
    assert raised({0: day(neuro=right)}) == {("new-leg-weakness", 0), ("new-giving-way", 0)}


@pytest.mark.parametrize(("gap", "count"), [(1, 1), (28, 1), (29, 0)])
def test_numb_days_before_are_counted_for_the_clinician(gap: int, count: int) -> None:
    (flag,) = [
        f
        for f in run({0: day(neuro=[nerve("numbness", "foot")]), gap: WEAK}).flags
        if f.pattern == "new-leg-weakness"
    ]
    assert flag.numbers["sensory_days_before"] == count

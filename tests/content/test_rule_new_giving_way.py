"""new-giving-way: a leg that gives way, or unsteady walking."""

import pytest

from journal.content.rules.new_giving_way import RULE
from tests.content.build import day, found, nerve, raised

GAVE = day(neuro=[nerve("giving_way", "knee")])
GAIT = day(neuro=[nerve("unsteady_gait")])


def test_a_leg_that_gives_way_is_flagged() -> None:
    assert raised({0: GAVE}) == {("new-giving-way", 0)}


def test_unsteady_walking_has_its_own_key() -> None:
    assert found(RULE, {0: day(neuro=[nerve("giving_way", "knee", "right"), nerve("unsteady_gait")])}) == {
        "right-leg",
        "gait",
    }


@pytest.mark.parametrize(("gap", "new"), [(28, False), (29, True)])
def test_both_are_new_after_28_days_without(gap: int, new: bool) -> None:
    assert bool(found(RULE, {0: GAVE, gap: GAVE})) is new
    assert bool(found(RULE, {0: GAIT, gap: GAIT})) is new


def test_what_is_on_record_is_quiet() -> None:
    assert found(RULE, {0: GAVE}, ["known_giving_way_left_leg"]) == set()
    assert found(RULE, {0: GAIT}, ["known_unsteady_gait"]) == set()


def test_an_arm_that_gives_way_is_another_matter() -> None:
    assert found(RULE, {0: day(neuro=[nerve("giving_way", "shoulder")])}) == set()


def test_a_weak_leg_covers_giving_way_but_not_gait() -> None:
    said = [nerve("weakness", "foot"), nerve("giving_way", "knee"), nerve("unsteady_gait")]
    assert raised({0: day(neuro=said)}) == {("new-leg-weakness", 0), ("new-giving-way", 0)}

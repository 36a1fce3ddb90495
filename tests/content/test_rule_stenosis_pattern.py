"""stenosis-pattern: upright pain that sitting eases."""

from typing import Any

import pytest

from journal.content.rules.stenosis_pattern import RULE
from tests.content.build import Said, day, found, pain, run


def leg(severity: int = 3, worse: str = "walking", better: str = "sitting", **more: Any) -> Said:
    return day(pains=[pain("thigh", severity, worse_with=[worse], better_with=[better], **more)])


@pytest.mark.parametrize("worse", ["walking", "standing"])
@pytest.mark.parametrize("better", ["sitting", "bending_forward"])
def test_three_days_in_a_fortnight(worse: str, better: str) -> None:
    said = leg(worse=worse, better=better)
    assert found(RULE, {0: said, 5: said, 13: said}) == {"whole"}


def test_back_pain_that_runs_into_a_leg_counts() -> None:
    more: Said = {"worse_with": ["walking"], "better_with": ["sitting"]}
    said = day(pains=[pain("lumbar", 3, "left", radiates_to="calf", **more)])
    assert found(RULE, dict.fromkeys((0, 1, 2), said)) == {"whole"}
    alone = day(pains=[pain("lumbar", 3, **more)])
    assert found(RULE, dict.fromkeys((0, 1, 2), alone)) == set()


@pytest.mark.parametrize(
    "said",
    [leg(2), leg(worse="stairs"), leg(better="rest"), leg(better="standing_still"), leg(better="lying")],
)
def test_other_pain_is_not(said: Said) -> None:
    assert found(RULE, dict.fromkeys((0, 1, 2), said)) == set()


def test_two_days_fifteen_days_or_another_day_are_not() -> None:
    assert found(RULE, {0: leg(), 1: leg()}) == set()
    assert found(RULE, {0: leg(), 5: leg(), 14: leg()}) == set()
    assert found(RULE, {0: leg(), 1: leg(), 2: leg(), 3: day(pains=[])}) == set()


def test_a_known_narrow_canal_is_quiet() -> None:
    assert found(RULE, dict.fromkeys((0, 1, 2), leg()), ["lumbar_stenosis"]) == set()


@pytest.mark.parametrize(("side", "both"), [("both", "yes"), ("left", "no")])
def test_both_legs_are_named_for_the_clinician(side: str, both: str) -> None:
    said = day(pains=[pain("thigh", 4, side, worse_with=["walking"], better_with=["sitting"])])
    (flag,) = run(dict.fromkeys((0, 1, 2), said)).flags
    assert flag.numbers["both_legs"] == both

"""cauda-equina: four ways to hospital now."""

import pytest

from journal.content.rules.cauda_equina import RULE
from tests.content.build import Said, arms, day, nerve, pain, raised

BLADDER = nerve("bladder_change")
BOTH_CALVES = nerve("numbness", "calf", "both")


def test_any_saddle_numbness_is_an_emergency() -> None:
    assert raised({0: day(neuro=[nerve("saddle_numbness", "saddle")])}) == {("cauda-equina", 0)}


def test_known_saddle_numbness_is_not() -> None:
    assert arms(RULE, {0: day(neuro=[nerve("saddle_numbness", "saddle")])}, ["known_saddle_numbness"]) == ""


@pytest.mark.parametrize("symptom", ["bladder_change", "bowel_change"])
@pytest.mark.parametrize(
    "company",
    [
        day(pains=[pain("lumbar", 4)]),
        day(pains=[pain("sacrum", 4)]),
        day(pains=[pain("buttock", 4)]),
        day(pains=[pain("thoracic", 4, "left", radiates_to="foot")]),
        day(neuro=[nerve("weakness", "foot")]),
        day(neuro=[nerve("tingling", "knee", "right")]),
    ],
)
def test_lost_control_with_back_or_leg_company_is(symptom: str, company: Said) -> None:
    assert arms(RULE, {0: company, 13: day(neuro=[nerve(symptom)])}) == "b"
    assert arms(RULE, {0: company, 14: day(neuro=[nerve(symptom)])}) == ""


@pytest.mark.parametrize(
    "company",
    [
        day(pains=[pain("lumbar", 3)]),
        day(pains=[pain("thoracic", 9)]),
        day(pains=[pain("lumbar", 3, "left", radiates_to="foot")]),
        day(pains=[pain("knee", 9)]),
        day(neuro=[nerve("numbness", "hand")]),
        day(neuro=[nerve("giving_way", "knee")]),
    ],
)
def test_lost_control_with_other_company_is_not(company: Said) -> None:
    assert arms(RULE, {0: company, 1: day(neuro=[BLADDER])}) == ""


def test_a_bladder_change_of_last_week_is_not_new() -> None:
    days = {0: day(neuro=[BLADDER]), 7: day(neuro=[BLADDER], pains=[pain("lumbar", 6)])}
    assert arms(RULE, days) == ""


def test_a_known_bladder_problem_is_left_out() -> None:
    assert arms(RULE, {0: day(neuro=[BLADDER], pains=[pain("lumbar", 6)])}, ["known_bladder_problem"]) == ""


@pytest.mark.parametrize(("gap", "severity", "arm"), [(13, 4, "c"), (14, 4, ""), (13, 3, "")])
def test_both_legs_numb_needs_back_pain_of_four_within_a_fortnight(gap: int, severity: int, arm: str) -> None:
    assert arms(RULE, {0: day(pains=[pain("lumbar", severity)]), gap: day(neuro=[BOTH_CALVES])}) == arm


def test_two_numb_feet_are_not_two_numb_legs() -> None:
    feet = day(pains=[pain("lumbar", 6)], neuro=[nerve("numbness", "foot", "both")])
    calf_and_foot = day(
        pains=[pain("lumbar", 6)], neuro=[nerve("numbness", "calf"), nerve("numbness", "ankle", "right")]
    )
    assert arms(RULE, {0: feet}) == ""
    assert arms(RULE, {0: calf_and_foot}) == ""


def test_numb_legs_that_are_not_new_in_either_are_left_out() -> None:
    back = [pain("lumbar", 6)]
    days = {0: day(neuro=[BOTH_CALVES]), 5: day(neuro=[BOTH_CALVES], pains=back)}
    one_new = {0: day(neuro=[nerve("numbness", "calf")]), 5: day(neuro=[BOTH_CALVES], pains=back)}
    assert arms(RULE, days) == ""
    assert arms(RULE, one_new) == "c"


def runs_to(side: str, severity: int = 4, onset: str | None = "sudden") -> Said:
    return pain("lumbar", severity, side, radiates_to="calf", onset=onset)


@pytest.mark.parametrize(
    ("pains", "arm"),
    [
        ([runs_to("both")], "d"),
        ([runs_to("left"), runs_to("right", onset="gradual")], "d"),
        ([runs_to("left", onset="gradual"), runs_to("right", onset=None)], ""),
        ([runs_to("left"), runs_to("left")], ""),
        ([runs_to("both", 3)], ""),
        ([runs_to("left"), runs_to("right", 3)], ""),
        ([pain("lumbar", 9, "both", onset="sudden")], ""),
        ([pain("neck", 9, "both", onset="sudden", radiates_to="arm")], ""),
    ],
)
def test_sudden_pain_running_into_both_legs_is_an_emergency(pains: list[Said], arm: str) -> None:
    assert arms(RULE, {0: day(pains=pains)}) == arm


def test_two_days_with_one_leg_each_are_not_both_legs() -> None:
    assert arms(RULE, {0: day(pains=[runs_to("left")]), 1: day(pains=[runs_to("right")])}) == ""

"""neuropathy-pattern: both feet, and nothing else, with diabetes."""

import pytest

from journal.content.rules.neuropathy_pattern import RULE
from tests.content.build import Said, day, found, nerve, pain, raised

FEET = nerve("tingling", "foot", "both")
DIABETES = ["diabetes"]


def test_both_feet_replace_the_numbness_flag() -> None:
    assert raised({0: day(neuro=[FEET])}, DIABETES) == {("neuropathy-pattern", 0)}


def test_without_diabetes_the_numbness_flag_stays() -> None:
    assert raised({0: day(neuro=[FEET])}) == {("new-numbness", 0)}


def test_recorded_neuropathy_is_quiet() -> None:
    assert raised({0: day(neuro=[FEET])}, [*DIABETES, "peripheral_neuropathy"]) == set()


@pytest.mark.parametrize(
    "neuro",
    [
        [nerve("tingling", "foot")],
        [FEET, nerve("numbness", "calf")],
        [FEET, nerve("weakness", "foot")],
        [FEET, nerve("numbness", "hand")],
        [FEET, nerve("unsteady_gait")],
        [FEET, nerve("bladder_change")],
        [],
    ],
)
def test_one_foot_or_anything_else_is_not(neuro: list[Said]) -> None:
    assert found(RULE, {0: day(neuro=neuro)}, DIABETES) == set()


def test_foot_and_ankle_make_two_sides() -> None:
    said = day(neuro=[nerve("tingling", "foot"), nerve("numbness", "ankle", "right")])
    assert found(RULE, {0: said}, DIABETES) == {"whole"}


@pytest.mark.parametrize(("severity", "gap", "keys"), [(3, 1, {"whole"}), (4, 13, set()), (4, 14, {"whole"})])
def test_spinal_pain_within_a_fortnight_speaks_against_it(severity: int, gap: int, keys: set[str]) -> None:
    days = {0: day(pains=[pain("neck", severity)]), gap: day(neuro=[FEET])}
    assert found(RULE, days, DIABETES) == keys


def test_a_known_bladder_problem_is_no_other_report() -> None:
    said = {0: day(neuro=[FEET, nerve("bladder_change")])}
    assert found(RULE, said, [*DIABETES, "known_bladder_problem"]) == {"whole"}

"""bladder-bowel-change: on its own, within two days."""

import pytest

from journal.content.rules.bladder_bowel_change import RULE
from tests.content.build import day, found, nerve, pain, raised

BLADDER = day(neuro=[nerve("bladder_change")])


@pytest.mark.parametrize("symptom", ["bladder_change", "bowel_change"])
def test_a_new_change_alone_is_flagged(symptom: str) -> None:
    assert raised({0: day(neuro=[nerve(symptom)])}) == {("bladder-bowel-change", 0)}


@pytest.mark.parametrize(("gap", "keys"), [(28, set()), (29, {"whole"})])
def test_it_is_new_after_28_days_without(gap: int, keys: set[str]) -> None:
    assert found(RULE, {0: BLADDER, gap: BLADDER}) == keys


def test_bowel_is_new_although_bladder_is_not() -> None:
    assert found(RULE, {0: BLADDER, 1: day(neuro=[nerve("bowel_change")])}) == {"whole"}


def test_a_known_problem_is_quiet() -> None:
    assert raised({0: BLADDER}, ["known_bladder_problem"]) == set()
    assert raised({0: BLADDER}, ["known_bowel_problem"]) == {("bladder-bowel-change", 0)}


def test_with_back_pain_the_emergency_covers_it() -> None:
    said = {0: day(neuro=[nerve("bladder_change")], pains=[pain("lumbar", 4)])}
    assert raised(said) == {("cauda-equina", 0)}

"""new-numbness: not there in the last four weeks."""

import pytest

from journal.content.rules.new_numbness import RULE
from tests.content.build import acted, day, found, nerve, raised

NUMB = day(neuro=[nerve("numbness", "calf")])


@pytest.mark.parametrize("symptom", ["numbness", "tingling"])
def test_a_first_report_is_flagged(symptom: str) -> None:
    assert raised({0: day(neuro=[nerve(symptom, "foot")])}) == {("new-numbness", 0)}


@pytest.mark.parametrize(
    ("site", "side", "keys"),
    [
        ("foot", "left", {"left-leg"}),
        ("hand", "right", {"right-arm"}),
        ("calf", "both", {"left-leg", "right-leg"}),
        ("thoracic", None, {"trunk"}),
        ("face", "left", set()),
    ],
)
def test_leg_arm_and_trunk_count_and_the_face_has_its_own_rule(site: str, side: str, keys: set[str]) -> None:
    assert found(RULE, {0: day(neuro=[nerve("numbness", site, side)])}) == keys


@pytest.mark.parametrize(("gap", "keys"), [(28, set()), (29, {"left-leg"})])
def test_it_is_new_again_after_28_days_without(gap: int, keys: set[str]) -> None:
    assert found(RULE, {0: NUMB, gap: NUMB}) == keys


def test_weakness_is_another_class() -> None:
    assert found(RULE, {0: day(neuro=[nerve("weakness", "calf")])}) == set()


def test_numbness_on_record_is_quiet() -> None:
    assert raised({0: NUMB}, ["known_sensory_left_leg"]) == set()
    assert found(RULE, {0: NUMB}, ["known_sensory_right_leg"]) == {"left-leg"}


def test_recorded_neuropathy_keeps_the_feet_quiet() -> None:
    feet = day(neuro=[nerve("tingling", "foot", "both")])
    assert raised({0: feet}, ["peripheral_neuropathy"]) == set()


def test_an_acknowledged_numbness_that_comes_back_stays_one_flag() -> None:
    seen = [acted("acknowledge", "new-numbness", 0, 1, "left-leg")]
    assert raised({0: NUMB, 40: NUMB}, actions=seen) == {("new-numbness", 0)}
    assert raised({0: NUMB, 40: NUMB}) == {("new-numbness", 0), ("new-numbness", 40)}

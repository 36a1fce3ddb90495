"""hip-fracture: pain at groin, hip or thigh, and no standing."""

import pytest

from journal.content.rules.hip_fracture import RULE
from tests.content.build import day, fall, found, pain, raised, run


def stands(able: bool | None, *pains: dict[str, object]) -> dict[int, dict[str, object]]:
    return {0: day(pains=list(pains), can_bear_weight=able)}


@pytest.mark.parametrize("site", ["groin", "hip", "thigh"])
def test_a_painful_hip_without_standing_is_an_emergency(site: str) -> None:
    assert raised(stands(False, pain(site, 4))) == {("hip-fracture", 0)}


@pytest.mark.parametrize("able", [True, None])
def test_who_can_stand_or_was_not_asked_is_not(able: bool | None) -> None:
    assert found(RULE, stands(able, pain("groin", 9))) == set()


def test_three_is_below_the_threshold() -> None:
    assert found(RULE, stands(False, pain("groin", 3))) == set()


@pytest.mark.parametrize("site", ["knee", "buttock", "leg"])
def test_other_sites_are_left_to_other_rules(site: str) -> None:
    assert found(RULE, stands(False, pain(site, 9))) == set()


def test_the_side_of_the_pain_is_the_key() -> None:
    assert found(RULE, stands(False, pain("hip", 5, "right"))) == {"right-leg"}
    assert found(RULE, stands(False, pain("hip", 5, "both"))) == {"left-leg", "right-leg"}


def test_two_entries_of_one_day_belong_together() -> None:
    assert found(RULE, {0: [day(pains=[pain("groin", 6)]), day(can_bear_weight=False)]}) == {"left-leg"}


def test_yesterdays_pain_does_not_count() -> None:
    assert found(RULE, {0: day(pains=[pain("groin", 6)]), 1: day(can_bear_weight=False)}) == set()


def test_a_wheelchair_user_is_not_flagged() -> None:
    assert found(RULE, stands(False, pain("groin", 6)), ["non_weight_bearing"]) == set()


def test_the_fall_behind_it_makes_no_second_flag() -> None:
    said = {
        0: day(pains=[pain("groin", 9, onset="sudden")], falls=[fall(injury=True)], can_bear_weight=False)
    }
    assert raised(said) == {("hip-fracture", 0)}


def test_the_physiotherapist_sees_the_falls_of_three_days() -> None:
    days = {0: day(falls=[fall()]), **{2: stands(False, pain("groin", 6))[0]}}
    (flag,) = [f for f in run(days).flags if f.pattern == "hip-fracture"]
    assert flag.numbers == {"severity": 6, "falls_in_3_days": 1}

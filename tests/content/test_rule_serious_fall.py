"""serious-fall: injury, blackout, or lost standing."""

import pytest

from journal.content.rules.serious_fall import RULE
from tests.content.build import arms, day, fall, pain, raised


def test_a_fall_with_injury_is_flagged_the_same_day() -> None:
    assert raised({0: day(falls=[fall(injury=True)])}) == {("serious-fall", 0)}


def test_a_fall_without_injury_is_not() -> None:
    assert raised({0: day(falls=[fall()])}) == set()


def test_a_near_fall_is_never_serious() -> None:
    near = day(falls=[fall(near=True, injury=True)], systemic=["blackout"], can_bear_weight=False)
    assert arms(RULE, {0: near}) == ""


def test_a_fall_and_a_blackout_on_one_day() -> None:
    assert arms(RULE, {0: day(falls=[fall()], systemic=["blackout"])}) == "b"
    assert arms(RULE, {0: day(falls=[fall()]), 1: day(systemic=["blackout"])}) == ""
    assert arms(RULE, {0: day(systemic=["blackout"])}) == ""


@pytest.mark.parametrize(("gap", "arm"), [(0, "c"), (2, "c"), (3, "")])
def test_lost_standing_within_two_days_of_a_fall(gap: int, arm: str) -> None:
    days = {0: [day(falls=[fall()]), *([day(can_bear_weight=False)] if gap == 0 else [])]}
    assert arms(RULE, {**days, **({gap: day(can_bear_weight=False)} if gap else {})}) == arm


def test_a_wheelchair_user_is_not_read_as_having_lost_standing() -> None:
    assert arms(RULE, {0: day(falls=[fall()], can_bear_weight=False)}, ["non_weight_bearing"]) == ""


def test_beside_a_limb_fracture_it_stays_a_flag_of_its_own() -> None:
    said = {0: day(falls=[fall(injury=True)], pains=[pain("wrist", 6)])}
    assert raised(said) == {("serious-fall", 0), ("limb-fracture-suspected", 0)}

"""limb-fracture-suspected: out of nowhere, after a fall, or without standing."""

from typing import Any

import pytest

from journal.content.rules.limb_fracture_suspected import RULE
from tests.content.build import Said, arms, day, fall, found, pain

AFTER_FALL = ["groin", "hip", "thigh", "knee", "shin", "ankle", "foot", "shoulder", "arm", "wrist", "hand"]


def hurts(site: str, severity: int, onset: str | None = None, **also: Any) -> dict[int, Said]:
    return {9: day(pains=[pain(site, severity, onset=onset)], **also)}


def usual(site: str, severity: int) -> dict[int, Said]:
    return {n: day(pains=[pain(site, severity)]) for n in (1, 2, 3)}


@pytest.mark.parametrize("site", ["groin", "hip", "thigh"])
@pytest.mark.parametrize(("severity", "arm"), [(7, "a"), (6, "")])
def test_sudden_seven_at_the_hip(site: str, severity: int, arm: str) -> None:
    assert arms(RULE, hurts(site, severity, "sudden")) == arm


@pytest.mark.parametrize("onset", ["gradual", None])
def test_at_the_hip_it_must_be_sudden(onset: str | None) -> None:
    assert arms(RULE, hurts("hip", 9, onset)) == ""


@pytest.mark.parametrize(("level", "arm"), [(5, "a"), (6, "")])
def test_at_the_hip_it_must_be_above_the_usual(level: int, arm: str) -> None:
    assert arms(RULE, {**usual("hip", level), **hurts("hip", 7, "sudden")}) == arm


def test_a_sudden_seven_at_the_knee_alone_is_not() -> None:
    assert arms(RULE, hurts("knee", 9, "sudden")) == ""


@pytest.mark.parametrize("site", AFTER_FALL)
def test_four_after_a_fall(site: str) -> None:
    assert arms(RULE, hurts(site, 4, falls=[fall()])) == "b"
    assert arms(RULE, hurts(site, 3, falls=[fall()])) == ""


@pytest.mark.parametrize("site", ["calf", "leg", "buttock", "lumbar", "face"])
def test_other_sites_after_a_fall_are_not(site: str) -> None:
    assert arms(RULE, hurts(site, 9, falls=[fall()])) == ""


@pytest.mark.parametrize(("gap", "arm"), [(2, "b"), (3, "")])
def test_the_fall_may_lie_two_days_back(gap: int, arm: str) -> None:
    assert arms(RULE, {9 - gap: day(falls=[fall()]), **hurts("wrist", 5)}) == arm


def test_a_near_fall_does_not_count() -> None:
    assert arms(RULE, hurts("wrist", 8, falls=[fall(near=True)])) == ""


@pytest.mark.parametrize(("level", "arm"), [(4, "b"), (5, "")])
def test_after_a_fall_it_must_be_two_above_a_known_usual(level: int, arm: str) -> None:
    assert arms(RULE, {**usual("knee", level), **hurts("knee", 6, falls=[fall()])}) == arm


def test_the_other_side_has_its_own_usual() -> None:
    right = {9: day(pains=[pain("knee", 6, "right")], falls=[fall()])}
    assert found(RULE, {**usual("knee", 6), **right}) == {"right-leg"}


@pytest.mark.parametrize("site", ["sacrum", "buttock", "knee", "shin", "ankle", "foot"])
def test_four_without_standing(site: str) -> None:
    assert arms(RULE, hurts(site, 4, can_bear_weight=False)) == "c"
    assert arms(RULE, hurts(site, 3, can_bear_weight=False)) == ""
    assert arms(RULE, hurts(site, 4, can_bear_weight=True)) == ""
    assert arms(RULE, hurts(site, 4, can_bear_weight=False), ["non_weight_bearing"]) == ""


def test_the_sacrum_lies_in_the_trunk() -> None:
    assert found(RULE, hurts("sacrum", 5, can_bear_weight=False)) == {"trunk"}


@pytest.mark.parametrize("site", ["calf", "lumbar", "wrist"])
def test_other_sites_without_standing_are_not(site: str) -> None:
    assert arms(RULE, hurts(site, 9, can_bear_weight=False)) == ""

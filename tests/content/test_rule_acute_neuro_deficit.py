"""acute-neuro-deficit: both legs, one side, face and speech, cord signs."""

import pytest

from journal.content.rules.acute_neuro_deficit import RULE
from tests.content.build import Said, arms, day, history, nerve, on, pain, raised

GAIT = nerve("unsteady_gait")


def weak(site: str = "thigh", side: str = "left") -> Said:
    return nerve("weakness", site, side)


def test_both_legs_weak_is_an_emergency_and_covers_the_single_leg() -> None:
    assert raised({0: day(neuro=[weak(), weak(side="right")])}) == {("acute-neuro-deficit", 0)}


def test_one_new_leg_beside_an_old_one_is_enough() -> None:
    assert arms(RULE, {0: day(neuro=[weak()]), 3: day(neuro=[weak(side="both")])}) == "a"


def test_two_legs_weak_since_yesterday_are_no_longer_new() -> None:
    both = day(neuro=[weak(side="both")])
    assert arms(RULE, {0: both, 1: both}) == ""


def test_one_weak_leg_is_not_both() -> None:
    assert arms(RULE, {0: day(neuro=[weak()])}) == ""
    assert arms(RULE, {0: day(neuro=[weak()]), 1: day(neuro=[weak(side="right")])}) == ""


@pytest.mark.parametrize(
    ("neuro", "arm"),
    [
        ([nerve("numbness", "hand"), nerve("numbness", "foot")], "b"),
        ([nerve("numbness", "hand"), nerve("numbness", "foot", "right")], ""),
        ([nerve("tingling", "hand"), nerve("numbness", "foot")], ""),
        ([nerve("numbness", "hand"), nerve("tingling", "foot")], ""),
        ([nerve("numbness", "hand")], ""),
    ],
)
def test_numb_arm_and_leg_of_one_side(neuro: list[Said], arm: str) -> None:
    assert arms(RULE, {0: day(neuro=neuro)}) == arm


def test_an_arm_that_was_numb_before_is_not_new() -> None:
    days = {0: day(neuro=[nerve("tingling", "hand")])}
    assert arms(RULE, {**days, 5: day(neuro=[nerve("numbness", "hand"), nerve("numbness", "foot")])}) == ""


@pytest.mark.parametrize(
    ("neuro", "arm"),
    [
        ([nerve("numbness", "face")], "c"),
        ([nerve("weakness", "face", "right")], "c"),
        ([nerve("weakness", "hand")], "c"),
        ([nerve("tingling", "face")], ""),
        ([nerve("numbness", "hand")], ""),
        ([nerve("giving_way", "hand")], ""),
    ],
)
def test_face_and_arm(neuro: list[Said], arm: str) -> None:
    assert arms(RULE, {0: day(neuro=neuro)}) == arm


def test_a_known_weak_arm_is_quiet() -> None:
    assert arms(RULE, {0: day(neuro=[weak("hand")])}, ["known_weakness_left_arm"]) == ""


@pytest.mark.parametrize("code", ["facial_droop", "slurred_speech"])
@pytest.mark.parametrize(("gap", "arm"), [(28, ""), (29, "c")])
def test_face_droop_and_speech_are_new_after_28_days(code: str, gap: int, arm: str) -> None:
    said = day(systemic=[code])
    assert arms(RULE, {0: said}) == "c"
    assert arms(RULE, {0: said, gap: said}) == arm


def test_speech_that_fails_after_the_face_is_new() -> None:
    assert arms(RULE, {0: day(systemic=["facial_droop"]), 1: day(systemic=["slurred_speech"])}) == "c"


@pytest.mark.parametrize("site", ["neck", "thoracic", "lumbar"])
@pytest.mark.parametrize("leg", [nerve("tingling", "foot"), weak("foot")])
def test_unsteady_walking_with_a_leg_sign_and_spinal_pain(site: str, leg: Said) -> None:
    assert arms(RULE, {0: day(pains=[pain(site, 4)]), 13: day(neuro=[GAIT, leg])}) == "d"
    assert arms(RULE, {0: day(pains=[pain(site, 4)]), 14: day(neuro=[GAIT, leg])}) == ""
    assert arms(RULE, {0: day(pains=[pain(site, 3)]), 13: day(neuro=[GAIT, leg])}) == ""


@pytest.mark.parametrize(("gap", "arm"), [(2, "d"), (3, "")])
def test_gait_and_leg_may_lie_two_days_apart_in_either_order(gap: int, arm: str) -> None:
    back, leg = [pain("lumbar", 5)], nerve("numbness", "foot")
    assert arms(RULE, {0: day(pains=back, neuro=[GAIT]), gap: day(neuro=[leg])}) == arm
    assert arms(RULE, {0: day(pains=back, neuro=[leg]), gap: day(neuro=[GAIT])}) == arm


def test_the_day_itself_must_be_one_of_the_two() -> None:
    days = {0: day(pains=[pain("lumbar", 5)], neuro=[GAIT, nerve("numbness", "foot")]), 1: day(neuro=[GAIT])}
    assert arms(RULE, days) == ""


@pytest.mark.parametrize("site", ["sacrum", "chest"])
def test_other_midline_pain_is_no_company_for_unsteady_walking(site: str) -> None:
    assert arms(RULE, {0: day(pains=[pain(site, 8)], neuro=[GAIT, nerve("numbness", "foot")])}) == ""


@pytest.mark.parametrize(
    ("said", "arm"),
    [
        (nerve("tingling", "foot"), "e"),
        (nerve("numbness", "thoracic"), "e"),
        (weak("foot"), "e"),
        (GAIT, "e"),
        (nerve("numbness", "hand"), ""),
        (nerve("giving_way", "knee"), ""),
    ],
)
def test_after_cancer_one_sign_with_spinal_pain_is_enough(said: Said, arm: str) -> None:
    days = {0: day(pains=[pain("sacrum", 4)]), 13: day(neuro=[said])}
    assert arms(RULE, days, ["cancer_history"]) == arm
    assert arms(RULE, days) == ""


def test_after_cancer_a_sign_without_spinal_pain_is_not() -> None:
    assert arms(RULE, {0: day(pains=[pain("lumbar", 3)], neuro=[GAIT])}, ["cancer_history"]) == ""


@pytest.mark.parametrize(("back", "arm"), [(1, ""), (28, ""), (29, "c")])
def test_speech_that_was_slurred_within_four_weeks_is_not_new(back: int, arm: str) -> None:
    slurred = day(systemic=["slurred_speech"])
    assert arms(RULE, {0: slurred, back: slurred}) == arm


def test_numbness_of_arm_and_leg_told_in_two_entries_has_both_as_evidence() -> None:
    said = {0: [day(neuro=[nerve("numbness", "hand")]), day(neuro=[nerve("numbness", "thigh")])]}
    (found,) = RULE.find(history(said), on(0))
    assert (found.arm, found.entry_ids) == ("b", ("0.0", "0.1"))

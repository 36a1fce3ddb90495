"""malignancy-suspected: night pain with loss, or spinal pain after cancer."""

from typing import Any

import pytest

from journal.content.rules.malignancy_suspected import RULE
from tests.content.build import Said, arms, day, pain


def night(severity: int = 4, site: str = "lumbar", worse: str = "night", **also: Any) -> Said:
    return day(pains=[pain(site, severity, worse_with=[worse])], **also)


LOSS = day(systemic=["weight_loss"])


@pytest.mark.parametrize("code", ["weight_loss", "night_sweats"])
@pytest.mark.parametrize("worse", ["night", "rest"])
def test_three_nights_and_a_loss(code: str, worse: str) -> None:
    days = {0: night(worse=worse), 5: night(worse=worse), 13: night(worse=worse, systemic=[code])}
    assert arms(RULE, days) == "a"


def test_two_nights_are_not_enough() -> None:
    assert arms(RULE, {0: night(), 5: night(), 6: LOSS}) == ""
    assert arms(RULE, {0: night(), 5: [night(), night()], 6: LOSS}) == ""


def test_three_is_below_the_threshold() -> None:
    assert arms(RULE, {0: night(), 5: night(), 6: night(3, systemic=["weight_loss"])}) == ""


@pytest.mark.parametrize(("last", "arm"), [(13, "a"), (14, "")])
def test_the_nights_lie_within_a_fortnight(last: int, arm: str) -> None:
    assert arms(RULE, {0: night(), 5: night(), last: night(systemic=["weight_loss"])}) == arm


@pytest.mark.parametrize(("last", "arm"), [(27, "a"), (28, "")])
def test_the_loss_lies_within_four_weeks(last: int, arm: str) -> None:
    assert arms(RULE, {0: LOSS, last - 2: night(), last - 1: night(), last: night()}) == arm


def test_the_loss_may_come_last() -> None:
    assert arms(RULE, {0: night(), 1: night(), 2: night(), 5: LOSS}) == "a"


def test_the_day_itself_must_be_one_of_the_two() -> None:
    days = {0: night(), 1: night(), 2: night(systemic=["weight_loss"]), 3: day(pains=[])}
    assert arms(RULE, days) == ""


def test_weight_loss_alone_or_day_pain_is_not() -> None:
    assert arms(RULE, {0: LOSS}) == ""
    by_day = {n: day(pains=[pain("lumbar", 8)], systemic=["weight_loss"]) for n in range(5)}
    assert arms(RULE, by_day) == ""


CANCER = ["cancer_history"]


@pytest.mark.parametrize(("gap", "arm"), [(6, "b"), (7, "")])
def test_after_cancer_two_days_of_upper_spine_pain_in_a_week(gap: int, arm: str) -> None:
    high = day(pains=[pain("thoracic", 4)])
    assert arms(RULE, {0: high, gap: high}, CANCER) == arm
    assert arms(RULE, {0: high, gap: high}) == ""


@pytest.mark.parametrize(
    ("said", "arm"),
    [
        (day(pains=[pain("neck", 4)]), "b"),
        (day(pains=[pain("neck", 3)]), ""),
        (day(pains=[pain("lumbar", 8)]), ""),
        (night(), "b"),
        (night(site="sacrum", worse="rest"), "b"),
        (night(site="knee"), ""),
    ],
)
def test_after_cancer_high_pain_or_night_pain_counts(said: Said, arm: str) -> None:
    assert arms(RULE, {0: said, 1: said}, CANCER) == arm


def test_after_cancer_one_day_is_not_enough() -> None:
    assert arms(RULE, {0: day(pains=[pain("neck", 8)])}, CANCER) == ""
    assert arms(RULE, {0: night(), 1: night(), 2: day(pains=[])}, CANCER) == ""


def test_a_second_loss_may_be_the_day_itself() -> None:
    assert arms(RULE, {0: LOSS, 1: night(), 2: night(), 3: night(), 5: LOSS}) == "a"

"""recurrent-falls: two falls in a year, or three falls and near-falls in a fortnight."""

import pytest

from journal.content.rules.recurrent_falls import RULE
from tests.content.build import arms, day, fall, quiet, raised

FELL = day(falls=[fall()])
NEARLY = day(falls=[fall(near=True)])


@pytest.mark.parametrize(("gap", "arm"), [(364, "a"), (365, "")])
def test_two_falls_within_a_year(gap: int, arm: str) -> None:
    assert arms(RULE, {0: FELL, gap: FELL}) == arm


def test_two_falls_of_one_day_are_two() -> None:
    assert arms(RULE, {0: day(falls=[fall(), fall()])}) == "a"


def test_one_fall_without_pain_raises_nothing() -> None:
    assert raised({0: FELL}) == set()


@pytest.mark.parametrize(("gap", "arm"), [(13, "b"), (14, "")])
def test_three_near_falls_within_a_fortnight(gap: int, arm: str) -> None:
    assert arms(RULE, {0: NEARLY, 5: NEARLY, gap: NEARLY}) == arm


def test_two_near_falls_are_not_enough() -> None:
    assert raised({0: NEARLY, 1: NEARLY}) == set()


def test_a_fall_counts_among_near_falls() -> None:
    assert arms(RULE, {0: FELL, 1: NEARLY, 2: NEARLY}) == "b"


def test_a_near_fall_today_does_not_recall_the_falls_of_the_year() -> None:
    assert arms(RULE, {0: FELL, 40: FELL, 80: NEARLY}) == ""


def test_a_day_without_a_fall_is_quiet() -> None:
    assert arms(RULE, {0: FELL, 1: FELL, 2: quiet()}) == ""

"""height-loss: a low reading that is confirmed."""

import pytest

from journal.content.rules.height_loss import RULE
from tests.content.build import Said, arms, day, found, raised

REFERENCE = {0: day(height_cm=162.0)}
LOW = day(height_cm=159.5)
STOOPED = day(systemic=["stooped_posture"])


def test_a_second_low_reading_confirms_and_covers_the_recheck() -> None:
    assert raised({**REFERENCE, 100: LOW, 104: LOW}) == {("height-recheck", 100), ("height-loss", 104)}


@pytest.mark.parametrize(("gap", "keys"), [(1, {"whole"}), (60, {"whole"}), (61, set())])
def test_the_first_low_reading_lies_within_60_days(gap: int, keys: set[str]) -> None:
    assert found(RULE, {**REFERENCE, 100: LOW, 100 + gap: LOW}) == keys


def test_two_readings_of_one_day_do_not_confirm_each_other() -> None:
    assert found(RULE, {**REFERENCE, 100: [LOW, LOW]}) == set()


@pytest.mark.parametrize(("gap", "keys"), [(0, {"whole"}), (27, {"whole"}), (28, set())])
def test_a_stooped_posture_within_four_weeks_confirms(gap: int, keys: set[str]) -> None:
    days: dict[int, Said] = {**REFERENCE, 100 - gap: STOOPED, 100: LOW}
    if gap == 0:
        days[100] = day(height_cm=159.5, systemic=["stooped_posture"])
    assert found(RULE, days) == keys


def test_a_normal_reading_or_a_stoop_alone_is_not() -> None:
    assert found(RULE, {**REFERENCE, 100: LOW, 104: day(height_cm=161.0)}) == set()
    assert found(RULE, {**REFERENCE, 100: LOW, 104: STOOPED}) == set()


def test_both_confirmations_are_named() -> None:
    assert arms(RULE, {**REFERENCE, 98: STOOPED, 99: LOW, 100: LOW}) == "second reading+posture"

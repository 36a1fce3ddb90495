"""fatigue-heavy-legs: on more than half of the days."""

import pytest

from journal.content.rules.fatigue_heavy_legs import RULE
from tests.content.build import Said, day, found, quiet, raised


def tired(*offsets: int, code: str = "fatigue") -> dict[int, Said]:
    return dict.fromkeys(offsets, day(systemic=[code]))


@pytest.mark.parametrize("code", ["fatigue", "leg_heaviness", "muscle_cramps"])
@pytest.mark.parametrize(("count", "keys"), [(7, {"whole"}), (6, set())])
def test_seven_days_in_a_fortnight(code: str, count: int, keys: set[str]) -> None:
    assert found(RULE, tired(*range(14 - count, 14), code=code)) == keys


def test_the_three_words_add_up() -> None:
    days = {**tired(0, 1, 2), **tired(3, 4, code="leg_heaviness"), **tired(5, 6, code="muscle_cramps")}
    assert raised(days) == {("fatigue-heavy-legs", 6)}


def test_half_of_the_answered_days_is_not_more_than_half() -> None:
    assert found(RULE, {**dict.fromkeys(range(6), quiet()), **tired(*range(7, 14))}) == {"whole"}
    assert found(RULE, {**dict.fromkeys(range(7), quiet()), **tired(*range(7, 14))}) == set()


def test_it_must_be_so_today_and_within_the_fortnight() -> None:
    assert found(RULE, {**tired(*range(7)), 7: quiet()}) == set()
    assert found(RULE, tired(0, *range(8, 14), 14)) == {"whole"}
    assert found(RULE, tired(0, *range(9, 14), 14)) == set()

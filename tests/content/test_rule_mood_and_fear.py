"""mood-and-fear: on more than half of the days that were asked about."""

import pytest

from journal.content.rules.mood_and_fear import RULE
from tests.content.build import Said, arms, day, found, quiet, raised


def said(code: str, *offsets: int) -> dict[int, Said]:
    return {n: day(systemic=[code]) for n in offsets}


@pytest.mark.parametrize("code", ["low_mood", "fear_of_falling"])
def test_four_days_in_a_fortnight_are_enough(code: str) -> None:
    assert raised(said(code, 0, 4, 8, 13)) == {("mood-and-fear", 13)}


def test_three_days_are_not() -> None:
    assert found(RULE, said("low_mood", 0, 1, 2)) == set()


def test_a_day_fifteen_days_back_does_not_count() -> None:
    assert found(RULE, said("low_mood", 0, 4, 8, 14)) == set()


def test_half_of_the_answered_days_is_not_more_than_half() -> None:
    days = said("low_mood", 10, 11, 12, 13)
    assert found(RULE, {**{n: quiet() for n in (0, 1, 2)}, **days}) == {"whole"}
    assert found(RULE, {**{n: quiet() for n in (0, 1, 2, 3)}, **days}) == set()


def test_days_that_did_not_ask_are_left_out() -> None:
    idle = {n: day(activity=[]) for n in range(10)}
    assert found(RULE, {**idle, **said("low_mood", 10, 11, 12, 13)}) == {"whole"}


def test_mood_and_fear_do_not_add_up() -> None:
    assert found(RULE, {**said("low_mood", 0, 1), **said("fear_of_falling", 2, 3)}) == set()


def test_it_must_be_so_today() -> None:
    assert found(RULE, {**said("low_mood", 0, 1, 2, 3), 4: quiet()}) == set()


def test_both_can_be_named_in_one_flag() -> None:
    days = {n: day(systemic=["low_mood", "fear_of_falling"]) for n in range(4)}
    assert arms(RULE, days) == "low_mood+fear_of_falling"


def test_anxiety_is_not_counted() -> None:
    assert found(RULE, said("anxiety", 0, 1, 2, 3)) == set()

"""back-pain-rise: above the usual, without one sudden strong day."""

from typing import Any

import pytest

from journal.content.rules.back_pain_rise import RULE
from tests.content.build import Said, arms, day, pain, raised, walk

LOADED: Said = {"worse_with": ["standing"], "better_with": ["lying"]}


def usual(severity: int, site: str = "lumbar") -> dict[int, Said]:
    return {n: day(pains=[pain(site, severity)]) for n in range(7)}


def back(severity: int, site: str = "lumbar", **more: Any) -> Said:
    return day(pains=[pain(site, severity, **more)])


@pytest.mark.parametrize(("level", "now", "arm"), [(4, 8, "a"), (5, 8, ""), (3, 7, ""), (2, 8, "a")])
def test_one_day_of_eight_and_four_above(level: int, now: int, arm: str) -> None:
    assert arms(RULE, {**usual(level), 7: back(now, onset="gradual")}) == arm


@pytest.mark.parametrize("worse", ["standing", "walking", "changing_position", "weight_bearing"])
def test_two_days_with_load_that_lying_eases(worse: str) -> None:
    said = back(4, worse_with=[worse], better_with=["lying"])
    assert arms(RULE, {**usual(2), 7: said, 13: said}) == "b"


@pytest.mark.parametrize(("gap", "arm"), [(6, "b"), (7, "")])
def test_the_two_days_lie_within_a_week(gap: int, arm: str) -> None:
    assert arms(RULE, {**usual(2), 7: back(4, **LOADED), 7 + gap: back(4, **LOADED)}) == arm


@pytest.mark.parametrize(
    "said",
    [
        back(4, worse_with=["sitting"], better_with=["lying"]),
        back(4, worse_with=["standing"]),
        back(4, worse_with=["standing"], better_with=["rest"]),
        back(3, **LOADED),
    ],
)
def test_without_load_lying_or_two_points_two_days_are_not_enough(said: Said) -> None:
    assert arms(RULE, {**usual(2), 7: said, 8: said}) == ""


@pytest.mark.parametrize(
    ("level", "now", "arm"), [(2, 4, "b"), (1, 4, "b"), (1, 3, ""), (3, 4, ""), (3, 5, "b")]
)
def test_loaded_days_need_four_and_two_above(level: int, now: int, arm: str) -> None:
    assert arms(RULE, {**usual(level), 7: back(now, **LOADED), 8: back(now, **LOADED)}) == arm


@pytest.mark.parametrize(("count", "arm"), [(3, "c"), (2, "")])
def test_three_days_of_six_and_three_above(count: int, arm: str) -> None:
    days = {7 + 2 * n: back(6) for n in range(count)}
    assert arms(RULE, {**usual(3), **days}) == arm


@pytest.mark.parametrize(("level", "now"), [(4, 6), (2, 5)])
def test_three_days_of_less_are_not(level: int, now: int) -> None:
    assert arms(RULE, {**usual(level), **{7 + n: back(now) for n in range(3)}}) == ""


def test_the_usual_is_that_of_today_also_for_earlier_days() -> None:
    """By day 10 the rise has become half of the seven days, so that 6 is no longer three above."""
    days = {**{n: back(2) for n in (4, 5, 6)}, **{n: back(6) for n in (7, 8, 9, 10)}}
    assert arms(RULE, days, at=9) == "c"
    assert arms(RULE, days, at=10) == ""


@pytest.mark.parametrize(
    ("severity", "onset", "arm"),
    [(7, None, "d"), (6, None, ""), (5, "sudden", "e"), (4, "sudden", ""), (9, "gradual", "")],
)
def test_without_a_usual_only_onset_tells(severity: int, onset: str | None, arm: str) -> None:
    assert arms(RULE, {0: back(severity, onset=onset)}) == arm


def test_with_a_usual_the_onset_arms_are_off() -> None:
    assert arms(RULE, {**usual(4), 7: back(5, onset="sudden")}) == ""


def test_upper_and_lower_back_are_judged_apart() -> None:
    days = {**usual(3), **{7 + n: back(6, "thoracic", onset="gradual") for n in range(3)}}
    assert arms(RULE, days) == "c"
    mixed = {**usual(3), 7: back(6, "thoracic"), 8: back(6), 9: back(6, "thoracic")}
    assert arms(RULE, mixed) == ""


def test_soreness_after_exercise_is_left_out() -> None:
    sore = pain("lumbar", 5, quality=["soreness"], **LOADED)
    days = {**usual(2), 7: day(pains=[sore], activity=[walk(30)]), 8: day(pains=[sore])}
    lazy = {**usual(2), 7: day(pains=[sore]), 8: day(pains=[sore])}
    assert arms(RULE, days) == ""
    assert arms(RULE, lazy) == "b"


def test_chronic_pain_at_its_level_after_a_pause_is_quiet() -> None:
    assert raised({**{n: back(8, onset="gradual") for n in range(5)}, 25: back(8, onset="gradual")}) == set()


def test_a_sudden_strong_pain_covers_it() -> None:
    assert raised({**usual(2), 7: back(8, onset="sudden")}) == {("sudden-back-pain", 7)}

"""insufficiency-fracture: new pain with load on three days of a week."""

from typing import Any

import pytest

from journal.content.rules.insufficiency_fracture import RULE
from tests.content.build import Said, day, found, pain, quiet, walk

AT = (34, 36, 40)


def load(severity: int = 4, site: str = "foot", worse: str = "weight_bearing", **more: Any) -> Said:
    return day(pains=[pain(site, severity, worse_with=[worse], **more)])


def week(said: Said, *offsets: int) -> dict[int, Said]:
    return {**{n: quiet() for n in (10, 15, 20)}, **dict.fromkeys(offsets or AT, said)}


@pytest.mark.parametrize("site", ["groin", "hip", "thigh", "knee", "shin", "ankle", "foot"])
@pytest.mark.parametrize("worse", ["weight_bearing", "standing"])
def test_three_loaded_days_of_four(site: str, worse: str) -> None:
    assert found(RULE, week(load(site=site, worse=worse))) == {"left-leg"}


def test_the_sacrum_counts_under_the_trunk() -> None:
    assert found(RULE, week(load(site="sacrum"))) == {"trunk"}


@pytest.mark.parametrize(
    "said", [load(3), load(site="calf"), load(site="lumbar"), load(worse="walking"), load(worse="stairs")]
)
def test_less_or_other_pain_is_not(said: Said) -> None:
    assert found(RULE, week(said)) == set()


def test_two_days_or_a_longer_week_are_not() -> None:
    assert found(RULE, week(load(), 36, 40)) == set()
    assert found(RULE, week(load(), 33, 36, 40)) == set()


@pytest.mark.parametrize(
    ("clean", "keys"),
    [
        ((5, 20, 33), {"left-leg"}),
        ((5, 20), set()),
        ((4, 5, 20), set()),
        ((5, 20, 34), set()),
    ],
)
def test_three_answered_days_must_lie_in_the_four_weeks_before(
    clean: tuple[int, ...], keys: set[str]
) -> None:
    """Loaded pain on days 35, 37 and 40; the clean stretch is [5, 33]."""
    days = {**{n: quiet() for n in clean}, **dict.fromkeys((35, 37, 40), load())}
    assert found(RULE, days) == keys


@pytest.mark.parametrize(("before", "keys"), [(3, {"left-leg"}), (4, set())])
def test_a_joint_that_hurt_before_is_no_news(before: int, keys: set[str]) -> None:
    assert found(RULE, {**week(load()), 25: day(pains=[pain("foot", before)])}) == keys


def test_days_that_did_not_ask_are_no_clean_days() -> None:
    idle = {n: day(activity=[walk()]) for n in (10, 15, 20)}
    assert found(RULE, {**idle, **dict.fromkeys(AT, load())}) == set()


def test_two_sites_of_one_leg_do_not_add_up() -> None:
    days = {**week(load(), 34, 36), 40: load(site="ankle")}
    assert found(RULE, days) == set()


def test_soreness_is_left_out() -> None:
    sore = load(4, quality=["soreness"])
    days = week(day(**sore, activity=[walk(30)]))
    assert found(RULE, days) == set()
    assert found(RULE, week(sore)) == {"left-leg"}


def test_it_must_hurt_today() -> None:
    assert found(RULE, {**week(load(), 36, 37, 38), 40: quiet()}) == set()
    elsewhere = {**week(load(), 36, 37, 38), 40: load(site="knee")}
    assert found(RULE, elsewhere) == set()

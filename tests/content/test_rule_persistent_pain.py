"""persistent-pain: six weeks without improvement."""

import pytest

from journal.content.rules.persistent_pain import RULE
from tests.content.build import Said, day, found, pain, raised

DAYS = range(0, 42, 3)  # fourteen days, from 0 to 39


def hurting(*severities: int, site: str = "knee", days: range = DAYS) -> dict[int, Said]:
    """One severity for all days, or one each; the last day is 41."""
    each = severities * len(days) if len(severities) == 1 else severities
    said = {n: day(pains=[pain(site, s)]) for n, s in zip(days, each, strict=True)}
    return {**said, 41: day(pains=[pain(site, each[-1])])}


def test_six_weeks_at_four_is_flagged_once() -> None:
    assert raised(hurting(4)) == {("persistent-pain", 39)}


def test_three_is_below_the_threshold() -> None:
    assert found(RULE, hurting(3)) == set()


def test_known_chronic_pain_is_quiet() -> None:
    assert found(RULE, hurting(6), ["chronic_pain_known"]) == set()


def test_keys_are_site_and_side() -> None:
    assert found(RULE, hurting(4)) == {"left-knee"}
    assert found(RULE, hurting(4, site="lumbar")) == {"lumbar"}


@pytest.mark.parametrize(("count", "keys"), [(14, {"lumbar"}), (13, set())])
def test_fourteen_answered_days_are_needed(count: int, keys: set[str]) -> None:
    offsets = [0, *range(42 - count + 1, 42)]
    assert found(RULE, {n: day(pains=[pain("lumbar", 5)]) for n in offsets}) == keys


@pytest.mark.parametrize(("first", "keys"), [(6, {"lumbar"}), (7, set())])
def test_the_first_week_must_have_an_answer(first: int, keys: set[str]) -> None:
    offsets = [first, *range(20, 42)]
    assert found(RULE, {n: day(pains=[pain("lumbar", 5)]) for n in offsets}) == keys


@pytest.mark.parametrize(("good", "keys"), [(3, {"lumbar"}), (4, set())])
def test_four_days_in_five_must_hurt(good: int, keys: set[str]) -> None:
    """Fifteen answered days: twelve are 80 percent, eleven are not."""
    offsets = [0, 1, 2, *range(20, 30), 40, 41]
    said = {n: day(pains=[pain("lumbar", 5)]) for n in offsets}
    assert found(RULE, {**said, **{20 + n: day(pains=[]) for n in range(good)}}) == keys


def test_it_must_hurt_today() -> None:
    assert found(RULE, {**hurting(5), 41: day(pains=[])}) == set()


@pytest.mark.parametrize(("now", "keys"), [(5, {"lumbar"}), (4, set())])
def test_two_points_of_improvement_are_real(now: int, keys: set[str]) -> None:
    days = {n: day(pains=[pain("lumbar", 6 if n < 35 else now)]) for n in range(0, 42, 2)}
    assert found(RULE, {**days, 41: day(pains=[pain("lumbar", now)])}) == keys


def test_a_mild_first_week_is_not_six_weeks() -> None:
    days = {n: day(pains=[pain("lumbar", 3 if n < 7 else 6)]) for n in range(42)}
    assert found(RULE, days) == set()
    days = {n: day(pains=[pain("lumbar", 4 if n < 7 else 6)]) for n in range(42)}
    assert found(RULE, days) == {"lumbar"}


def test_left_and_right_are_not_added_up() -> None:
    days = {n: day(pains=[pain("knee", 6, "left" if n % 2 else "right")]) for n in range(42)}
    assert found(RULE, days) == set()


def test_a_day_before_the_six_weeks_does_not_count() -> None:
    said = day(pains=[pain("lumbar", 5)])
    inside = dict.fromkeys([1, *range(30, 42)], said)
    assert found(RULE, {**inside, 42: said, 2: said}) == {"lumbar"}
    assert found(RULE, {**inside, 0: said, 42: said}, at=42) == {"lumbar"}
    assert found(RULE, {**dict.fromkeys([1, *range(31, 42)], said), 0: said, 42: said}) == set()


@pytest.mark.parametrize(("then", "keys"), [(35, {"lumbar"}), (34, set())])
def test_the_last_week_holds_seven_days(then: int, keys: set[str]) -> None:
    """Two days at 6 and two at 4 have the median 5; without the one on D-7 it is 4."""
    low, high = day(pains=[pain("lumbar", 4)]), day(pains=[pain("lumbar", 6)])
    days = {**dict.fromkeys(range(28), high), then: high, 36: high, 40: low, 41: low}
    assert found(RULE, days) == keys


@pytest.mark.parametrize(("first", "keys"), [((4, 5), set()), ((4, 4), {"lumbar"})])
def test_a_day_that_was_asked_and_did_not_hurt_counts_as_zero(first: tuple[int, int], keys: set[str]) -> None:
    """The last week's median is 2.5: two points below 4.5, less than two below 4."""
    severe = {n: day(pains=[pain("lumbar", 5)]) for n in (*range(10, 22), 41)}
    began = {n: day(pains=[pain("lumbar", severity)]) for n, severity in enumerate(first)}
    assert found(RULE, {**began, **severe, 38: day(pains=[])}) == keys

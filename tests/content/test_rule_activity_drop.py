"""activity-drop: half as much as in the month before."""

import pytest

from journal.content.rules.activity_drop import RULE
from tests.content.build import Days, Said, acted, day, found, pain, raised, walk

AT = 35


def moved(then: int, now: int, *, earlier: int = 28, lately: int = 7) -> dict[int, Said]:
    """Minutes a day in [D-35, D-8] and in [D-7, D-1], on so many of these days."""
    days = {27 - n: day(activity=[walk(then)]) for n in range(earlier)}
    days |= {34 - n: day(activity=[walk(now)]) for n in range(lately)}
    return {**days, AT: day(pains=[])}


@pytest.mark.parametrize(("now", "keys"), [(20, {"whole"}), (21, set())])
def test_half_is_enough(now: int, keys: set[str]) -> None:
    assert found(RULE, moved(40, now)) == keys


@pytest.mark.parametrize(("then", "keys"), [(20, {"whole"}), (19, set())])
def test_only_who_moved_before_can_drop(then: int, keys: set[str]) -> None:
    assert found(RULE, moved(then, 0)) == keys


@pytest.mark.parametrize(("lately", "keys"), [(4, {"whole"}), (3, set())])
def test_four_answered_days_of_the_last_week(lately: int, keys: set[str]) -> None:
    assert found(RULE, moved(40, 10, lately=lately)) == keys


@pytest.mark.parametrize(("earlier", "keys"), [(7, {"whole"}), (6, set())])
def test_seven_answered_days_before(earlier: int, keys: set[str]) -> None:
    assert found(RULE, moved(40, 10, earlier=earlier)) == keys


def test_days_that_did_not_ask_are_no_idle_days() -> None:
    days = {n: day(activity=[walk(40)]) for n in range(28)}
    assert found(RULE, {**days, **{n: day(pains=[]) for n in range(28, 36)}}) == set()


def test_today_does_not_count_yet() -> None:
    assert found(RULE, {**moved(40, 10), AT: day(activity=[walk(400)])}) == {"whole"}


def test_housework_is_movement_too() -> None:
    days = moved(40, 0)
    busy = {n: day(activity=[walk(30, "housework")]) for n in range(28, 35)}
    assert found(RULE, {**days, **busy}) == set()


SUDDEN = day(pains=[pain("lumbar", 8, onset="sudden")])
STRONG = "sudden-back-pain"


def with_pain(offset: int) -> Days:
    """Half as much from day 35 on, and a sudden pain in a second entry of one day."""
    days = moved(40, 20)
    return {**days, offset: [days[offset], SUDDEN]}


@pytest.mark.parametrize("offset", [21, 30, 35])
def test_an_open_urgent_flag_explains_it(offset: int) -> None:
    assert raised(with_pain(offset), only="activity-drop") == set()


def test_an_urgent_flag_of_fifteen_days_ago_does_not() -> None:
    assert raised(with_pain(20), only="activity-drop") == {("activity-drop", AT)}


def test_a_resolved_urgent_flag_does_not() -> None:
    done = [acted("resolve", STRONG, 30, 34)]
    assert raised(with_pain(30), only="activity-drop", actions=done) == {("activity-drop", AT)}


def test_the_silence_after_a_flag_does_not_hold_it_back() -> None:
    """Raised on day 18 and resolved on 21, too late for the silence of day 21, which stays open."""
    days = {n: said for n, said in with_pain(18).items() if n not in {19, 20}}
    done = [acted("resolve", STRONG, 18, 21)]
    flags = raised(days, actions=done)
    assert ("silent-after-flag", 21) in flags
    assert ("activity-drop", AT) in flags


def test_a_less_urgent_flag_does_not_hold_it_back() -> None:
    days = {**moved(40, 20), AT: day(pains=[pain("lumbar", 6, onset="sudden")])}
    assert ("activity-drop", AT) in raised(days)


def test_the_earlier_weeks_reach_back_35_days() -> None:
    days = {n: said for n, said in moved(40, 10).items() if n not in range(1, 22)}
    assert 0 in days
    assert found(RULE, days) == {"whole"}
    assert found(RULE, {n: said for n, said in days.items() if n}) == set()


def test_a_day_36_days_back_does_not_count() -> None:
    days = {n + 1: said for n, said in moved(40, 10).items() if n not in range(1, 22)}
    six = {n: said for n, said in days.items() if n != 1}
    assert found(RULE, {**six, 0: day(activity=[walk(40)])}) == set()
    assert found(RULE, days) == {"whole"}

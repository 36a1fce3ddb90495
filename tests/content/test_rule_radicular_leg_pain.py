"""radicular-leg-pain: from the back into one leg, new."""

from typing import Any

import pytest

from journal.content.rules.radicular_leg_pain import RULE
from tests.content.build import Said, day, found, nerve, pain, quiet, raised


def runs(severity: int = 4, site: str = "lumbar", side: str = "left", to: str = "calf", **more: Any) -> Said:
    return day(pains=[pain(site, severity, side, radiates_to=to, **more)])


CLEAN = {n: quiet() for n in (10, 20, 30)}


@pytest.mark.parametrize("site", ["lumbar", "sacrum", "buttock"])
def test_two_days_of_four_in_a_week(site: str) -> None:
    assert found(RULE, {**CLEAN, 34: runs(site=site), 40: runs(site=site)}) == {"left-leg"}


@pytest.mark.parametrize(
    "days",
    [
        {40: runs()},
        {33: runs(), 40: runs()},
        {39: runs(3), 40: runs()},
        {39: runs(), 40: runs(3)},
        {39: runs(side="right"), 40: runs()},
        {39: runs(to="abdomen"), 40: runs(to="abdomen")},
        {39: runs(site="thoracic"), 40: runs(site="thoracic")},
        {39: runs(), 40: runs(), 41: quiet()},
    ],
)
def test_less_is_not(days: dict[int, Said]) -> None:
    assert found(RULE, {**CLEAN, **days}) == set()


@pytest.mark.parametrize(
    ("earlier", "keys"), [(34, set()), (35, {"left-leg"}), (7, set()), (6, {"left-leg"})]
)
def test_any_radiating_pain_in_the_four_weeks_before_makes_it_old(earlier: int, keys: set[str]) -> None:
    assert found(RULE, {**CLEAN, 40 - earlier: runs(1), 39: runs(), 40: runs()}) == keys


def test_the_other_leg_may_have_hurt_before() -> None:
    assert found(RULE, {**CLEAN, 25: runs(side="right"), 39: runs(), 40: runs()}) == {"left-leg"}


@pytest.mark.parametrize(("onset", "keys"), [("sudden", {"left-leg"}), ("gradual", set())])
def test_with_fewer_than_three_answered_days_one_must_be_sudden(onset: str, keys: set[str]) -> None:
    assert found(RULE, {10: quiet(), 20: quiet(), 39: runs(onset=onset), 40: runs()}) == keys


def test_new_numbness_of_that_leg_covers_it() -> None:
    numb = {"neuro": [nerve("numbness", "foot")]}
    days = {**CLEAN, 39: runs(), 40: {**runs(), **numb}}
    assert raised(days) == {("new-numbness", 40)}

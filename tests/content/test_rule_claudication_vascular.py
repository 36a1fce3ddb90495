"""claudication-vascular: cramp on walking, gone on standing still."""

import pytest

from journal.content.rules.claudication_vascular import RULE
from tests.content.build import Said, day, found, pain, raised


def cramp(
    severity: int = 3,
    site: str = "calf",
    worse: tuple[str, ...] = ("walking",),
    better: tuple[str, ...] = ("standing_still",),
    onset: str | None = "gradual",
) -> Said:
    return day(pains=[pain(site, severity, onset=onset, worse_with=list(worse), better_with=list(better))])


@pytest.mark.parametrize("site", ["calf", "thigh", "buttock"])
@pytest.mark.parametrize("better", ["standing_still", "rest"])
@pytest.mark.parametrize("onset", ["gradual", None])
def test_three_days_in_a_fortnight(site: str, better: str, onset: str | None) -> None:
    said = cramp(site=site, better=(better,), onset=onset)
    assert found(RULE, {0: said, 5: said, 13: said}) == {"whole"}


@pytest.mark.parametrize(
    "said",
    [
        cramp(2),
        cramp(site="shin"),
        cramp(onset="sudden"),
        cramp(worse=("stairs",)),
        cramp(worse=("walking", "standing")),
        cramp(worse=("walking", "weight_bearing")),
        cramp(better=("nothing",)),
        cramp(better=("rest", "sitting")),
        cramp(better=("standing_still", "bending_forward")),
    ],
)
def test_other_pain_is_not(said: Said) -> None:
    assert found(RULE, dict.fromkeys((0, 1, 2), said)) == set()


def test_two_days_fifteen_days_or_another_day_are_not() -> None:
    assert found(RULE, {0: cramp(), 1: cramp()}) == set()
    assert found(RULE, {0: cramp(), 5: cramp(), 14: cramp()}) == set()
    assert found(RULE, {0: cramp(), 1: cramp(), 2: cramp(), 3: day(pains=[])}) == set()


def test_known_artery_disease_is_quiet() -> None:
    assert found(RULE, dict.fromkeys((0, 1, 2), cramp()), ["pad"]) == set()


def test_however_painful_it_stays_routine() -> None:
    assert raised(dict.fromkeys((0, 1, 2), cramp(9))) == {("claudication-vascular", 2)}

"""calf-swelling: one side only."""

import pytest

from journal.content.rules.calf_swelling import RULE
from tests.content.build import Said, day, found, pain, raised


def swollen(side: str = "left", site: str = "calf", severity: int = 1) -> Said:
    return pain(site, severity, side, quality=["swelling"])


@pytest.mark.parametrize("site", ["calf", "leg"])
def test_one_swollen_calf_is_flagged_the_same_day(site: str) -> None:
    assert raised({0: day(pains=[swollen(site=site)])}) == {("calf-swelling", 0)}


@pytest.mark.parametrize(
    "pains",
    [
        [swollen("both")],
        [swollen("left"), swollen("right", "leg")],
        [swollen(severity=0)],
        [swollen(site="ankle")],
        [pain("calf", 8)],
    ],
)
def test_two_sides_no_pain_or_another_site_is_not(pains: list[Said]) -> None:
    assert found(RULE, {0: day(pains=pains)}) == set()


def test_two_swellings_of_one_side_are_one() -> None:
    assert found(RULE, {0: day(pains=[swollen("right"), swollen("right", "leg")])}) == {"right-leg"}

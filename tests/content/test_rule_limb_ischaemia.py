"""limb-ischaemia: sudden, painful, cold or pale."""

from typing import Any

import pytest

from journal.content.rules.limb_ischaemia import RULE
from tests.content.build import Said, day, found, nerve, pain, raised


def cold(site: str = "calf", severity: int = 4, side: str = "left", **other: Any) -> dict[int, Said]:
    said = {"onset": "sudden", "quality": ["cold_pale"], **other}
    return {0: day(pains=[pain(site, severity, side, **said)])}


@pytest.mark.parametrize("site", ["thigh", "calf", "shin", "ankle", "foot", "leg"])
def test_a_sudden_cold_painful_leg_is_an_emergency(site: str) -> None:
    assert raised(cold(site), only="limb-ischaemia") == {("limb-ischaemia", 0)}


@pytest.mark.parametrize(
    "days",
    [
        cold(severity=3),
        cold(onset="gradual"),
        cold(onset=None),
        cold(quality=["cramping"]),
        cold("hand"),
        cold("buttock"),
        cold("knee"),
    ],
)
def test_anything_less_is_not(days: dict[int, Said]) -> None:
    assert found(RULE, days) == set()


def test_each_side_has_its_key() -> None:
    assert found(RULE, cold(side="both")) == {"left-leg", "right-leg"}


def test_numbness_of_the_same_leg_is_covered_and_of_the_other_is_not() -> None:
    same = {0: day(**cold()[0], neuro=[nerve("numbness", "foot")])}
    other = {0: day(**cold()[0], neuro=[nerve("numbness", "foot", "right")])}
    assert raised(same) == {("limb-ischaemia", 0)}
    assert raised(other) == {("limb-ischaemia", 0), ("new-numbness", 0)}

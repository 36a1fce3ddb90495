"""spinal-infection: fever and back pain within two days."""

from typing import Any

import pytest

from journal.content.rules.spinal_infection import RULE
from tests.content.build import Said, day, found, pain

FEVER = day(systemic=["fever"])


def aching(severity: int = 4, site: str = "lumbar", **more: Any) -> Said:
    return day(pains=[pain(site, severity, **more)])


def usual(severity: int) -> dict[int, Said]:
    return {n: aching(severity) for n in (0, 1, 2)}


@pytest.mark.parametrize("code", ["fever", "chills"])
def test_fever_with_back_pain_that_has_no_usual(code: str) -> None:
    assert found(RULE, {0: day(pains=[pain("lumbar", 4)], systemic=[code])}) == {"whole"}


def test_three_is_below_the_threshold() -> None:
    assert found(RULE, {0: day(pains=[pain("lumbar", 3)], systemic=["fever"])}) == set()


@pytest.mark.parametrize("site", ["neck", "thoracic", "lumbar", "sacrum"])
def test_the_whole_spine_counts(site: str) -> None:
    assert found(RULE, {0: aching(site=site), 1: FEVER}) == {"whole"}


@pytest.mark.parametrize("site", ["knee", "head", "chest", "abdomen"])
def test_other_sites_do_not(site: str) -> None:
    assert found(RULE, {0: aching(9, site), 1: FEVER}) == set()


@pytest.mark.parametrize(("gap", "keys"), [(2, {"whole"}), (3, set())])
def test_two_days_may_lie_between_in_either_order(gap: int, keys: set[str]) -> None:
    assert found(RULE, {0: FEVER, gap: aching()}) == keys
    assert found(RULE, {0: aching(), gap: FEVER}) == keys


def test_the_day_itself_must_be_a_fever_or_a_pain_day() -> None:
    assert found(RULE, {0: day(pains=[pain("lumbar", 5)], systemic=["fever"]), 1: day(falls=[])}) == set()


@pytest.mark.parametrize(("severity", "keys"), [(5, set()), (6, {"whole"})])
def test_unchanged_back_pain_with_fever_is_left_alone(severity: int, keys: set[str]) -> None:
    now = day(pains=[pain("lumbar", severity)], systemic=["fever"])
    assert found(RULE, {**usual(4), 5: now}) == keys


@pytest.mark.parametrize("worse", ["night", "rest"])
def test_pain_at_night_or_rest_counts_at_its_usual_level(worse: str) -> None:
    now = day(pains=[pain("lumbar", 4, worse_with=[worse])], systemic=["fever"])
    assert found(RULE, {**usual(4), 5: now}) == {"whole"}


def test_the_usual_is_that_of_the_pain_day() -> None:
    """On day 3 the pain was two above; the fever comes two days later, when it has become usual."""
    assert found(RULE, {**usual(4), 3: aching(6), 5: FEVER}) == {"whole"}


def test_fever_alone_is_not_a_pattern() -> None:
    assert found(RULE, {0: FEVER}) == set()

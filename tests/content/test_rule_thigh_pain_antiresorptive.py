"""thigh-pain-antiresorptive: a new ache on bone medicine."""

import pytest

from journal.content.rules.thigh_pain_antiresorptive import RULE
from tests.content.build import Said, day, found, pain

TREATED = ["antiresorptive"]


def ache(severity: int = 3, site: str = "thigh", side: str = "left") -> Said:
    return day(pains=[pain(site, severity, side)])


@pytest.mark.parametrize("site", ["thigh", "groin", "hip"])
def test_two_days_of_three_are_enough(site: str) -> None:
    assert found(RULE, {0: ache(site=site), 13: ache(site=site)}, TREATED) == {"left-leg"}


def test_thigh_and_groin_of_one_side_add_up() -> None:
    assert found(RULE, {0: ache(), 5: ache(site="groin")}, TREATED) == {"left-leg"}


@pytest.mark.parametrize(
    "days",
    [
        {0: ache(), 5: ache(2)},
        {0: ache(), 5: ache(side="right")},
        {0: ache(), 14: ache()},
        {0: ache(), 1: ache(), 2: day(pains=[])},
        {0: ache(site="knee"), 1: ache(site="knee")},
    ],
)
def test_less_is_not(days: dict[int, Said]) -> None:
    assert found(RULE, days, TREATED) == set()


def test_without_bone_medicine_it_is_left_to_others() -> None:
    assert found(RULE, {0: ache(), 5: ache()}) == set()


@pytest.mark.parametrize("medicine", ["bisphosphonate", "denosumab"])
@pytest.mark.parametrize(("last", "keys"), [(180, {"left-leg"}), (181, set())])
def test_a_logged_medicine_counts_for_180_days(medicine: str, last: int, keys: set[str]) -> None:
    assert found(RULE, {0: day(medications=[medicine]), last - 1: ache(), last: ache()}) == keys


@pytest.mark.parametrize(
    ("earlier", "keys"), [(13, {"left-leg"}), (14, set()), (42, set()), (43, {"left-leg"})]
)
def test_it_must_be_new_within_six_weeks(earlier: int, keys: set[str]) -> None:
    assert found(RULE, {50 - earlier: ache(), 49: ache(), 50: ache()}, TREATED) == keys


def test_an_earlier_two_does_not_spoil_the_clean_stretch() -> None:
    assert found(RULE, {20: ache(2), 49: ache(), 50: ache()}, TREATED) == {"left-leg"}


def test_an_arthritic_hip_is_not_counted_but_the_groin_is() -> None:
    codes = [*TREATED, "osteoarthritis_hip"]
    assert found(RULE, {0: ache(site="hip"), 1: ache(site="hip")}, codes) == set()
    assert found(RULE, {0: ache(site="groin"), 1: ache(site="groin")}, codes) == {"left-leg"}

"""sudden-back-pain: sudden, strong, and clearly above the usual."""

from typing import Any

import pytest

from journal.content.rules.sudden_back_pain import RULE
from tests.content.build import Said, arms, day, fall, pain, raised, run

AT = 9


def sudden(severity: int, site: str = "lumbar", usual: int | None = None, **also: Any) -> dict[int, Said]:
    """A sudden pain on day 9, after three days at the usual level."""
    days = {} if usual is None else {n: day(pains=[pain(site, usual)]) for n in (1, 3, 5)}
    return {**days, AT: day(pains=[pain(site, severity, onset="sudden")], **also)}


def test_a_sudden_seven_without_history_is_flagged_the_same_day() -> None:
    assert raised(sudden(7)) == {("sudden-back-pain", AT)}


def test_a_sudden_six_alone_is_not_enough() -> None:
    assert arms(RULE, sudden(6)) == ""


@pytest.mark.parametrize("site", ["thoracic", "lumbar"])
def test_upper_and_lower_back_count(site: str) -> None:
    assert arms(RULE, sudden(8, site)) == "a"


@pytest.mark.parametrize("site", ["neck", "sacrum", "chest"])
def test_other_midline_sites_do_not(site: str) -> None:
    assert arms(RULE, sudden(8, site)) == ""


@pytest.mark.parametrize("onset", ["gradual", None])
def test_pain_that_is_not_called_sudden_is_left_to_other_rules(onset: str | None) -> None:
    assert arms(RULE, {AT: day(pains=[pain("lumbar", 9, onset=onset)])}) == ""


def test_a_five_counts_with_an_earlier_spine_fracture_and_a_four_does_not() -> None:
    assert arms(RULE, sudden(5), ["prior_vertebral_fracture"]) == "b"
    assert arms(RULE, sudden(4), ["prior_vertebral_fracture"]) == ""


@pytest.mark.parametrize(("age", "arm"), [(74, ""), (75, "b")])
def test_age_amplifies_from_75(age: int, arm: str) -> None:
    assert arms(RULE, sudden(5), age=age) == arm


def test_long_term_steroids_amplify() -> None:
    assert arms(RULE, sudden(5), ["long_term_steroid"]) == "b"


@pytest.mark.parametrize(("gap", "arm"), [(0, "b"), (2, "b"), (3, "")])
@pytest.mark.parametrize("near", [True, False])
def test_a_fall_or_near_fall_amplifies_for_two_days(gap: int, arm: str, near: bool) -> None:
    said = [day(falls=[fall(near=near)]), *([sudden(5)[AT]] if gap == 0 else [])]
    assert arms(RULE, {**sudden(5), AT - gap: said}, at=AT) == arm


@pytest.mark.parametrize(("usual", "arm"), [(5, "a"), (6, "")])
def test_it_must_be_two_points_above_the_usual(usual: int, arm: str) -> None:
    assert arms(RULE, sudden(7, usual=usual)) == arm


def test_chronic_nine_is_not_flagged_at_nine_but_at_ten() -> None:
    assert arms(RULE, sudden(9, usual=9)) == ""
    assert arms(RULE, sudden(10, usual=9)) == "a"


def test_lower_back_pain_is_not_compared_with_the_upper_back() -> None:
    days = {n: day(pains=[pain("thoracic", 8)]) for n in (1, 3, 5)}
    assert arms(RULE, {**days, AT: day(pains=[pain("lumbar", 8, onset="sudden")])}) == "a"


def test_days_that_only_logged_activity_are_no_pain_free_days() -> None:
    days = {n: day(pains=[pain("lumbar", 8)]) for n in (1, 3, 5)}
    idle = {n: day(activity=[]) for n in (2, 4, 6, 7, 8)}
    assert arms(RULE, {**days, **idle, AT: day(pains=[pain("lumbar", 8, onset="sudden")])}) == ""


@pytest.mark.parametrize(("site", "words"), [("thoracic", "upper or middle back"), ("lumbar", "lower back")])
def test_the_patient_reads_which_back(site: str, words: str) -> None:
    (flag,) = run(sudden(8, site)).flags
    assert words in flag.why

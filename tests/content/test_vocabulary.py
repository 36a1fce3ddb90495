"""Codes and their plain words."""

import pytest

from journal.content import vocabulary as codes


@pytest.mark.parametrize("code", sorted({code for codes_ in codes.LISTS.values() for code in codes_}))
def test_every_code_has_plain_words(code: str) -> None:
    words = codes.label(code)
    assert words
    assert "_" not in words


def test_a_known_symptom_names_class_and_limb() -> None:
    assert codes.label("known_giving_way_left_leg") == "known giving way, left leg"
    assert codes.label("known_sensory_right_arm") == "known numbness or tingling, right arm"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("left-leg", "left leg"),
        ("right-arm", "right arm"),
        ("left-knee", "left knee"),
        ("lumbar", "lower back"),
        ("trunk", "trunk"),
        ("gait", "gait"),
    ],
)
def test_the_key_of_a_flag_has_words(key: str, words: str) -> None:
    assert codes.region(key) == words


def test_an_unknown_code_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        codes.label("spleen")


def test_sites_are_leg_arm_midline_or_face_and_nothing_twice() -> None:
    groups = [codes.LEG_SITES, codes.ARM_SITES, codes.MIDLINE_SITES, frozenset({"face"})]
    assert sum(map(len, groups)) == len(codes.LISTS["site"])
    assert frozenset().union(*groups) == frozenset(codes.LISTS["site"])


def test_housework_is_activity_but_not_exercise() -> None:
    assert frozenset(codes.LISTS["activity"]) - codes.EXERCISES == {"housework", "other"}

"""height-recheck: what a low reading is."""

import pytest

from journal.content.history import History
from journal.content.rules.height_recheck import RULE
from tests.content.build import Said, day, found, history, on, raised


def tall(*cm: float) -> list[Said]:
    return [day(height_cm=one) for one in cm]


@pytest.mark.parametrize(("cm", "keys"), [(160.0, {"whole"}), (160.1, set())])
def test_two_centimetres_below_the_first_readings(cm: float, keys: set[str]) -> None:
    assert found(RULE, {0: tall(162.0), 61: tall(cm)}) == keys


@pytest.mark.parametrize(("offset", "keys"), [(60, set()), (61, {"whole"})])
def test_the_reference_serves_after_60_days(offset: int, keys: set[str]) -> None:
    assert found(RULE, {0: tall(162.0), offset: tall(155.0)}) == keys


def test_the_reference_is_the_median_of_the_first_60_days() -> None:
    days = {0: tall(170.0), 30: tall(162.0), 60: tall(161.8)}
    assert found(RULE, {**days, 61: tall(160.0)}) == {"whole"}
    assert found(RULE, {**days, 61: tall(160.1)}) == set()


def test_later_readings_do_not_move_the_reference() -> None:
    days = {0: tall(162.0), 61: tall(161.0), 100: tall(161.0)}
    assert found(RULE, {**days, 120: tall(159.9)}) == {"whole"}


def test_readings_of_a_day_are_averaged() -> None:
    assert found(RULE, {0: tall(162.0), 61: tall(159.5, 160.5)}) == {"whole"}
    assert found(RULE, {0: tall(162.0), 61: tall(159.5, 160.7)}) == set()


def test_binary_fractions_do_not_hide_two_centimetres() -> None:
    assert found(RULE, {0: tall(161.9), 61: tall(159.9)}) == {"whole"}


@pytest.mark.parametrize(("cm", "keys"), [(161.0, {"whole"}), (161.1, set())])
def test_four_centimetres_below_the_peak_at_any_time(cm: float, keys: set[str]) -> None:
    assert found(RULE, {0: tall(cm)}, peak_height_cm=165.0) == keys


def test_after_a_known_spine_fracture_the_peak_is_off_but_the_reference_is_not() -> None:
    codes = ["prior_vertebral_fracture"]
    assert found(RULE, {0: tall(155.0)}, codes, peak_height_cm=165.0) == set()
    assert found(RULE, {0: tall(162.0), 61: tall(159.0)}, codes, peak_height_cm=165.0) == {"whole"}


def test_one_low_reading_is_information_only() -> None:
    assert raised({0: tall(162.0), 61: tall(159.0)}) == {("height-recheck", 61)}


def test_a_day_without_a_reading_is_quiet() -> None:
    assert found(RULE, {0: tall(162.0), 61: tall(159.0), 62: day(pains=[])}) == set()


def test_readings_left_out_by_the_caller_still_make_the_reference() -> None:
    said = history({400: tall(159.0)})
    whole = History(said.profile, said.entries, {on(0): 162.0})
    assert RULE.find(whole, on(400))
    assert not RULE.find(said, on(400))

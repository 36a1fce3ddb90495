"""Day values, baselines, newness, soreness: G3 to G6 and G12."""

from datetime import date

import pytest

from journal.content.history import History, Profile
from journal.content.items import regions_of
from tests.content.build import Said, day, fall, history, nerve, on, pain, quiet, walk


def usual(*severities: int | None, at: int | None = None) -> tuple[float, bool]:
    days = {
        n: day(falls=[]) if s is None else day(pains=[pain("lumbar", s)]) for n, s in enumerate(severities)
    }
    base = history(days).baseline("lumbar", None, on(len(severities) if at is None else at))
    return base.value, base.valid


def test_the_highest_severity_of_a_day_counts() -> None:
    said = history({0: [day(pains=[pain("lumbar", 3)]), day(pains=[pain("lumbar", 6), pain("lumbar", 2)])]})
    assert said.value("lumbar", None, on(0)) == 6


def test_a_site_not_mentioned_is_nought_when_pain_was_asked() -> None:
    assert history({0: day(pains=[])}).value("lumbar", None, on(0)) == 0


def test_a_day_that_did_not_ask_has_no_value() -> None:
    assert history({0: day(activity=[walk()])}).value("lumbar", None, on(0)) is None


def test_a_pain_that_says_no_more_than_where_and_how_strong_is_enough() -> None:
    bare = {"site": "lumbar", "severity": 4, "quality": None, "worse_with": None, "better_with": []}
    (ache,) = history({0: day(pains=[bare])}).on(on(0)).aches
    assert ache.quality == frozenset()
    assert not ache.worse("night", "rest")


def test_both_sides_count_for_left_and_for_right() -> None:
    said = history({0: day(pains=[pain("knee", 4, "both"), pain("knee", 6, "right")])})
    assert said.value("knee", "left", on(0)) == 4
    assert said.value("knee", "right", on(0)) == 6


def test_the_side_of_a_midline_site_plays_no_part() -> None:
    said = history({0: day(pains=[pain("lumbar", 5, "left", radiates_to="calf")])})
    assert said.value("lumbar", None, on(0)) == 5


def test_a_baseline_needs_three_answered_days() -> None:
    assert usual(4, 4) == (4, False)
    assert usual(4, 4, 4) == (4, True)
    assert usual(4, None, 4) == (4, False)


def test_a_baseline_takes_the_seven_most_recent_days() -> None:
    assert usual(9, 9, 9, 1, 1, 1, 2, 3, 3, 3) == (2, True)


def test_an_even_number_of_days_has_the_mean_of_the_middle_two() -> None:
    assert usual(2, 2, 5, 6) == (3.5, True)


def test_a_baseline_reaches_back_28_days_and_leaves_the_day_itself_out() -> None:
    days = {n: day(pains=[pain("lumbar", 6)]) for n in (0, 1, 2)}
    assert history(days).baseline("lumbar", None, on(28)).days == (on(0), on(1), on(2))
    assert not history(days).baseline("lumbar", None, on(29)).valid
    assert history(days).baseline("lumbar", None, on(2)).days == (on(0), on(1))


@pytest.mark.parametrize(
    ("usual_level", "severity", "clearly"),
    [
        (4, 5, False),
        (4, 6, True),
        (9, 9, False),
        (9, 10, True),
        (8, 10, True),
        (10, 10, False),
        (8, 9, False),
    ],
)
def test_clearly_above_is_two_points_or_the_ceiling(usual_level: int, severity: int, clearly: bool) -> None:
    days = {n: day(pains=[pain("lumbar", usual_level)]) for n in range(3)}
    assert history(days).baseline("lumbar", None, on(3)).is_clearly_below(severity) is clearly


def test_without_a_valid_baseline_everything_is_clearly_above() -> None:
    assert history({}).baseline("lumbar", None, on(0)).is_clearly_below(1)


def test_a_symptom_is_new_again_after_28_days_without_it() -> None:
    numb = day(neuro=[nerve("numbness", "foot")])
    assert history({0: numb}).is_new("sensory", "left-leg", on(0))
    assert not history({0: numb, 28: numb}).is_new("sensory", "left-leg", on(28))
    assert history({0: numb, 29: numb}).is_new("sensory", "left-leg", on(29))


def test_tingling_after_numbness_in_one_leg_is_not_a_new_class() -> None:
    days = {0: day(neuro=[nerve("numbness", "foot")]), 1: day(neuro=[nerve("tingling", "thigh")])}
    assert not history(days).is_new("sensory", "left-leg", on(1))


def test_newness_is_judged_by_region_and_class() -> None:
    days = {0: day(neuro=[nerve("numbness", "foot")]), 1: day(neuro=[nerve("numbness", "foot", "both")])}
    assert history(days).new_regions("sensory", on(1)) == ("right-leg",)


def test_a_known_symptom_is_never_new_but_stays_visible() -> None:
    said = history({0: day(neuro=[nerve("numbness", "foot")])}, ["known_sensory_left_leg"])
    assert not said.is_new("sensory", "left-leg", on(0))
    assert said.on(on(0)).signs


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("peripheral_neuropathy", nerve("tingling", "foot")),
        ("peripheral_neuropathy", nerve("numbness", "ankle")),
        ("known_saddle_numbness", nerve("saddle_numbness", "saddle")),
        ("known_bladder_problem", nerve("bladder_change")),
        ("known_bowel_problem", nerve("bowel_change")),
        ("known_unsteady_gait", nerve("unsteady_gait")),
    ],
)
def test_what_is_on_record_is_left_out_everywhere(code: str, said: dict[str, object]) -> None:
    assert history({0: day(neuro=[said])}).on(on(0)).signs
    assert not history({0: day(neuro=[said])}, [code]).on(on(0)).signs


def test_neuropathy_of_the_feet_hides_neither_calf_nor_weakness() -> None:
    said = day(neuro=[nerve("tingling", "calf"), nerve("weakness", "foot")])
    assert len(history({0: said}, ["peripheral_neuropathy"]).on(on(0)).signs) == 2


SORE: Said = {"quality": ["soreness"], "onset": "gradual"}


@pytest.mark.parametrize(
    ("ache", "activity", "sore"),
    [
        (pain("lumbar", 5, **SORE), {0: walk(10)}, True),
        (pain("lumbar", 6, **SORE), {0: walk(10)}, False),
        (pain("lumbar", 5, **SORE), {0: walk(9)}, False),
        (pain("lumbar", 5, **SORE), {}, False),
        (pain("lumbar", 5, **SORE), {0: walk(60, "housework")}, False),
        (pain("lumbar", 5, **SORE, worse_with=["night"]), {0: walk(10)}, False),
        (pain("lumbar", 5, quality=["soreness"], onset="sudden"), {0: walk(10)}, False),
        (pain("lumbar", 5, quality=["aching"]), {0: walk(10)}, False),
    ],
)
def test_soreness_follows_exercise_is_mild_and_leaves_nights_alone(
    ache: dict[str, object], activity: dict[int, dict[str, object]], sore: bool
) -> None:
    days = {n: day(activity=[item]) for n, item in activity.items()} | {2: day(pains=[ache])}
    said = history(days)
    assert said.is_soreness(said.on(on(2)).aches[0]) is sore


def test_exercise_three_days_ago_makes_no_soreness() -> None:
    said = history({0: day(activity=[walk(30)]), 3: day(pains=[pain("lumbar", 4, **SORE)])})
    assert not said.is_soreness(said.on(on(3)).aches[0])


def test_two_short_walks_do_not_add_up_to_exercise() -> None:
    said = history({0: day(activity=[walk(6), walk(6)], pains=[pain("lumbar", 4, **SORE)])})
    assert not said.is_soreness(said.on(on(0)).aches[0])


def test_a_window_holds_both_its_ends() -> None:
    said = history({0: quiet(), 14: quiet(), 28: quiet()})
    assert [one.date for one in said.span(on(28), 28, 1)] == [on(0), on(14)]
    assert [one.date for one in said.span(on(28), 14)] == [on(14), on(28)]


def test_a_person_who_never_stands_is_not_read_as_unable() -> None:
    said = {0: day(can_bear_weight=False)}
    assert history(said).on(on(0)).cannot_stand
    assert not history(said, ["non_weight_bearing"]).on(on(0)).cannot_stand


def test_near_falls_are_no_falls() -> None:
    one = history({0: day(falls=[fall(), fall(near=True)])}).on(on(0))
    assert len(one.falls) == 1
    assert len(one.tumbles) == 2


def test_heights_of_a_day_are_averaged_and_older_ones_kept() -> None:
    days = history({5: [day(height_cm=160.0), day(height_cm=161.0)]})
    said = History(days.profile, days.entries, {on(0): 163.0})
    assert said.heights(on(5)) == {on(0): 163.0, on(5): 160.5}


@pytest.mark.parametrize(("today", "age"), [(date(2026, 6, 14), 74), (date(2026, 6, 15), 75)])
def test_age_changes_on_the_birthday(today: date, age: int) -> None:
    assert Profile(date(1951, 6, 15)).age_on(today) == age


def test_an_unknown_birth_date_has_no_age() -> None:
    assert Profile().age_on(on(0)) is None


@pytest.mark.parametrize(
    ("site", "side", "regions"),
    [
        ("groin", "both", {"left-leg", "right-leg"}),
        ("hand", "left", {"left-arm"}),
        ("face", "right", {"right-face"}),
        ("thoracic", "midline", {"trunk"}),
        ("head", None, {"trunk"}),
    ],
)
def test_sites_lie_in_regions(site: str, side: str | None, regions: set[str]) -> None:
    assert regions_of(site, side) == regions

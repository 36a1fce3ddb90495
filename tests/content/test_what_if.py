"""What would have kept a flag silent: single changes, tried on the rule itself."""

from collections.abc import Iterable
from typing import Any

import pytest

from journal.content import engine, what_if
from journal.content.what_if import Change
from tests.content.build import Said, day, fall, history, nerve, on, pain, walk

AT = 9


def unless(
    pattern: str,
    days: dict[int, Said],
    codes: Iterable[str] = (),
    keys: Iterable[str] = ("whole",),
    **more: Any,
) -> tuple[Change, ...] | None:
    return what_if.changes(engine.BY_PATTERN[pattern], history(days, codes, **more), on(AT), set(keys))


def kinds(found: tuple[Change, ...] | None) -> list[tuple[str, int | None]]:
    assert found is not None
    return [(change.kind, change.limit) for change in found]


def test_the_highest_severity_that_stays_silent_is_found_and_a_slow_onset() -> None:
    days = {AT: day(pains=[pain("lumbar", 9, onset="sudden")])}
    assert kinds(unless("sudden-back-pain", days)) == [("less", 6), ("gradual", None)]


def test_what_lets_a_moderate_pain_count_is_named_too() -> None:
    days = {AT: day(pains=[pain("lumbar", 6, onset="sudden")])}
    found = unless("sudden-back-pain", days, ["long_term_steroid", "osteoporosis"])
    assert kinds(found) == [("less", 4), ("gradual", None), ("known", None)]
    assert found is not None
    assert found[-1].item == "long_term_steroid"


def test_the_age_is_named_when_it_decides() -> None:
    days = {AT: day(pains=[pain("lumbar", 6, onset="sudden")])}
    assert ("younger", None) in kinds(unless("sudden-back-pain", days, age=80))


def test_an_earlier_fall_that_decides_is_named_by_its_entry() -> None:
    days = {AT - 1: day(falls=[fall()]), AT: day(pains=[pain("lumbar", 6, onset="sudden")])}
    found = unless("sudden-back-pain", days)
    assert found is not None
    assert found[-1] == Change("entry", f"{AT - 1}.0", on(AT - 1))


def test_two_amplifiers_leave_neither_to_decide() -> None:
    days = {AT - 1: day(falls=[fall()]), AT: day(pains=[pain("lumbar", 6, onset="sudden")])}
    found = unless("sudden-back-pain", days, ["long_term_steroid"])
    assert [kind for kind, _ in kinds(found)] == ["less", "gradual"]


def test_a_nerve_symptom_that_decides_is_left_out_whole() -> None:
    days = {AT: day(neuro=[nerve("numbness", "foot"), nerve("tingling", "hand", "right")])}
    found = unless("new-numbness", days, keys=["left-leg"])
    assert found is not None
    assert [(change.kind, change.item["site"]) for change in found] == [("without", "foot")]


def test_standing_on_both_legs_would_have_kept_a_hip_silent() -> None:
    days = {AT: day(pains=[pain("groin", 6)], can_bear_weight=False)}
    assert kinds(unless("hip-fracture", days, keys=["left-leg", "left"])) in (
        [("standing", None), ("less", 3)],
        [("less", 3), ("standing", None)],
    )


def test_two_symptoms_of_which_each_suffices_name_no_single_change() -> None:
    days = {AT: day(systemic=["black_stools", "vomiting_blood"], activity=[walk()])}
    assert unless("gi-bleed", days) == ()


def test_what_no_longer_holds_has_nothing_to_undo() -> None:
    assert unless("sudden-back-pain", {AT: day(pains=[pain("lumbar", 2)])}) is None
    assert unless("sudden-back-pain", {}) is None


def test_a_rule_of_the_clock_is_not_asked_again() -> None:
    assert unless("silent-after-flag", {AT: day(pains=[])}) is None


@pytest.mark.parametrize("rule", engine.RULES, ids=lambda rule: rule.pattern)
def test_no_rule_is_broken_by_being_asked(rule: Any) -> None:
    full = day(
        pains=[pain("lumbar", 8, onset="sudden", radiates_to="calf", side="left"), pain("thigh", 7)],
        neuro=[nerve("weakness", "foot"), nerve("saddle_numbness", "saddle"), nerve("bladder_change")],
        falls=[fall(injury=True)],
        systemic=["fever", "black_stools"],
        medications=["nsaid_oral"],
        activity=[walk()],
        can_bear_weight=False,
        height_cm=150.0,
    )
    told = history({0: day(pains=[], height_cm=160.0), AT: full}, ["osteoporosis"])
    before = [dict(entry.report) for entry in told.entries]
    what_if.changes(rule, told, on(AT), {"whole", "left-leg", "trunk"})
    assert [dict(entry.report) for entry in told.entries] == before

"""silent-after-flag: two days of silence after an urgent flag, and nobody acted."""

import pytest

from tests.content.build import acted, day, nerve, pain, quiet, raised, run

URGENT = day(pains=[pain("lumbar", 8, onset="sudden")])
WITHIN_48H = day(neuro=[nerve("tingling", "foot")])
SILENT = "silent-after-flag"


def test_two_silent_days_are_met_at_the_start_of_the_third() -> None:
    assert raised({0: URGENT}, as_of=3, only=SILENT) == {(SILENT, 3)}


def test_nothing_is_due_before() -> None:
    assert raised({0: URGENT}, as_of=2, only=SILENT) == set()


@pytest.mark.parametrize("answered", [1, 2])
def test_any_entry_breaks_the_silence(answered: int) -> None:
    assert raised({0: URGENT, answered: quiet()}, as_of=9, only=SILENT) == set()


def test_an_entry_on_the_third_day_comes_too_late() -> None:
    assert raised({0: URGENT, 3: quiet()}, as_of=3, only=SILENT) == {(SILENT, 3)}


@pytest.mark.parametrize("kind", ["acknowledge", "resolve"])
@pytest.mark.parametrize(("acted_on", "flags"), [(0, set()), (2, set()), (3, {(SILENT, 3)})])
def test_a_clinician_who_acted_by_the_second_day_keeps_it_quiet(
    kind: str, acted_on: int, flags: set[tuple[str, int]]
) -> None:
    done = [acted(kind, "sudden-back-pain", 0, acted_on)]
    assert raised({0: URGENT}, as_of=5, only=SILENT, actions=done) == flags


def test_acting_on_another_flag_does_not_answer_for_this_one() -> None:
    done = [acted("acknowledge", "cauda-equina", 0, 1)]
    assert raised({0: URGENT}, as_of=5, only=SILENT, actions=done) == {(SILENT, 3)}


def test_a_flag_of_the_third_tier_is_not_chased() -> None:
    assert raised({0: WITHIN_48H}, as_of=9, only=SILENT) == set()


def test_it_does_not_chase_itself() -> None:
    assert raised({0: URGENT}, as_of=30, only=SILENT) == {(SILENT, 3)}


def test_a_flag_that_is_joined_later_is_not_chased_again() -> None:
    """F is the day the flag was raised; a report that joins it is no new flag."""
    assert raised({0: URGENT, 1: quiet(), 10: URGENT}, as_of=20, only=SILENT) == set()


def test_it_points_to_the_entries_of_its_flag() -> None:
    (flag,) = [f for f in run({0: URGENT}, as_of=3).flags if f.pattern == SILENT]
    assert flag.entry_ids == ("0.0",)
    assert flag.numbers == {
        "flag_day": "2026-01-05",
        "last_entry": "2026-01-05",
        "patterns": "sudden-back-pain",
    }

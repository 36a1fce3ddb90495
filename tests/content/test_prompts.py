"""What a clinician is reminded of beside the flags."""

from datetime import date, timedelta
from typing import Any

from journal.content import prompts, texts
from journal.content.facts import Stated

TODAY = date(2026, 11, 21)


def standing(said: Any, known: Any, today: date, language: str = "en") -> list[str]:
    return [texts.prompt(code, why, language) for code, why in prompts.standing(said, known, today)]


def on(days_ago: int, **said: Any) -> tuple[date, dict[str, Any]]:
    return TODAY - timedelta(days=days_ago), said


def test_a_record_that_says_nothing_of_it_prompts_nothing() -> None:
    said = [on(0, medications=["paracetamol"], jaw=[]), on(3, medications=None)]
    assert standing(said, [], TODAY) == []


def test_strong_medicine_is_counted_by_days_of_the_last_four_weeks() -> None:
    said = [on(0, medications=["opioid"]), on(0, medications=["opioid"]), on(27, medications=["opioid"])]
    (line,) = standing([*said, on(28, medications=["opioid"])], [], TODAY)
    assert "logged on 2 of the last 28 days" in line


def test_strong_medicine_on_record_prompts_until_it_stops() -> None:
    taken = Stated(kind="medicine", code="opioid", since=date(2026, 9, 1))
    assert "on record since 1 Sep 2026" in standing([], [taken], TODAY)[0]
    stopped = Stated(kind="medicine", code="opioid", since=date(2026, 9, 1), until=TODAY - timedelta(days=1))
    assert standing([], [stopped], TODAY) == []


def test_signs_at_the_jaw_are_named_with_their_last_day() -> None:
    (line,) = standing([on(9, jaw=["jaw_pain"]), on(2, jaw=["jaw_pain", "loose_tooth"])], [], TODAY)
    assert line.count("19 Nov 2026") == 2
    assert "loose tooth" in line


def test_denosumab_is_overdue_the_day_after_its_half_year() -> None:
    def given(days_ago: int) -> Stated:
        return Stated(kind="injection", code="denosumab", since=TODAY - timedelta(days=days_ago))

    assert standing([], [given(183)], TODAY) == []
    assert "more than six months ago" in standing([], [given(184)], TODAY)[0]
    assert standing([], [given(184), given(10)], TODAY) == []

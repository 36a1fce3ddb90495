"""A code that applies for some time only: each day is judged by the profile of that day."""

from datetime import date
from typing import Any

import pytest

from journal.content.engine import evaluate
from journal.content.history import History, Profile
from journal.content.patient import Span
from tests.content import build
from tests.content.build import nerve, on, pain

BORN = date(1955, 1, 1)


def raised(days: dict[int, Any], **dated: Span) -> set[str]:
    said = build.history(days)
    profile = Profile(BORN, frozenset(), None, {code: (span,) for code, span in dated.items()})
    flags = evaluate(History(profile, said.entries), as_of=on(max(days))).flags
    return {flag.pattern for flag in flags}


THIGH = {
    0: build.quiet(),
    60: build.quiet(pains=[pain("thigh", 4)]),
    62: build.quiet(pains=[pain("thigh", 4)]),
}


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((None, None), True),
        ((on(62), None), True),
        ((on(63), None), False),
        ((None, on(62)), True),
        ((None, on(61)), False),
    ],
)
def test_thigh_pain_counts_from_the_first_to_the_last_day_of_the_treatment(
    span: Span, expected: bool
) -> None:
    assert ("thigh-pain-antiresorptive" in raised(THIGH, antiresorptive=span)) is expected


NUMB = {day: build.quiet(neuro=[nerve("numbness", "calf")] if day == 30 else []) for day in (0, 10, 20, 30)}


def test_numbness_known_since_later_was_new_on_its_day() -> None:
    assert "new-numbness" in raised(NUMB, known_sensory_left_leg=(on(31), None))
    assert "new-numbness" not in raised(NUMB, known_sensory_left_leg=(on(30), None))


BLADDER = {day: build.quiet(neuro=[nerve("bladder_change")] if day == 30 else []) for day in (0, 10, 20, 30)}


def test_what_is_left_out_everywhere_is_left_out_on_its_days_alone() -> None:
    assert "bladder-bowel-change" in raised(BLADDER, known_bladder_problem=(on(31), None))
    assert "bladder-bowel-change" not in raised(BLADDER, known_bladder_problem=(on(29), None))


def test_a_profile_without_dates_is_the_same_on_every_day() -> None:
    profile = Profile(BORN, frozenset({"diabetes"}))
    assert profile.on(on(0)) is profile


def test_two_spans_of_one_code_leave_the_time_between_out() -> None:
    profile = Profile(BORN, dated={"anticoagulant": ((on(0), on(5)), (on(9), None))})
    assert [profile.on(on(day)).has("anticoagulant") for day in (4, 5, 6, 8, 9)] == [
        True,
        True,
        False,
        False,
        True,
    ]

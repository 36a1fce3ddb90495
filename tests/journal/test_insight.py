"""What a period says: none, not asked and not logged stay apart, and so do sides; it alone is read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.accounts.models import Clinic, Patient
from journal.insight import reading
from journal.insight.days import Sign
from journal.insight.periods import Period, chosen
from tests.support import desk as people

LAST = date(2026, 3, 10)
WEEK = Period.ending(LAST, 7)


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


def log(of: Patient, day: int, report: dict[str, Any], **fields: Any) -> Any:
    return people.entry(of, report, at=datetime(2026, 3, day, 9, tzinfo=UTC), **fields)


def pain(site: str, side: str | None, severity: int) -> dict[str, Any]:
    return {"site": site, "side": side, "severity": severity}


def test_a_period_holds_both_its_ends_and_the_one_before_touches_it() -> None:
    assert (WEEK.first, WEEK.last, WEEK.length) == (date(2026, 3, 4), LAST, 7)
    assert WEEK.before == Period(date(2026, 2, 25), date(2026, 3, 3))
    assert WEEK.dates[0] in WEEK
    assert WEEK.before.last not in WEEK


@pytest.mark.parametrize("asked", [None, "", "8", "-7", "9999", "x", "٧"])
def test_a_length_that_is_not_on_offer_is_four_weeks(asked: str | None) -> None:
    assert chosen(asked) == 28


def test_none_not_asked_and_not_logged_stay_apart(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 4)]})
    log(ada, 9, {"pains": []})
    log(ada, 8, {"falls": []})
    log(ada, 7, {"pains": None, "falls": []})
    told = reading.told(ada, WEEK)
    knee = ("knee", "left")
    assert [told.value(knee, date(2026, 3, day)) for day in (10, 9, 8, 7, 6)] == [4, 0, None, None, None]
    assert told.logged(WEEK) == 4
    assert date(2026, 3, 8) in told.days
    assert date(2026, 3, 6) not in told.days


def test_both_sides_are_left_and_right_and_the_worst_of_a_day_counts(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "both", 3)]})
    log(ada, 10, {"pains": [pain("knee", "right", 6)]})
    log(ada, 10, {"pains": [pain("lumbar", "left", 2), pain("lumbar", "midline", 5)]})
    told = reading.told(ada, WEEK)
    assert told.value(("knee", "left"), LAST) == 3
    assert told.value(("knee", "right"), LAST) == 6
    assert told.value(("lumbar", None), LAST) == 5
    assert set(told.pains) == {("knee", "left"), ("knee", "right"), ("lumbar", None)}


def test_each_pain_knows_the_entries_that_named_it(ada: Patient) -> None:
    first = log(ada, 10, {"pains": [pain("knee", "both", 3)]})
    second = log(ada, 10, {"pains": [pain("knee", "right", 6)]})
    told = reading.told(ada, WEEK)
    assert told.pains["knee", "left"][LAST].entries == {str(first.client_id)}
    assert told.pains["knee", "right"][LAST].entries == {str(first.client_id), str(second.client_id)}


def test_deleted_entries_and_other_patients_are_not_read(ada: Patient, hill: Clinic) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 9)]}, deleted_at=people.NOW)
    log(people.patient(hill, "Ben Okafor"), 10, {"pains": [pain("hip", "left", 9)]})
    told = reading.told(ada, WEEK)
    assert told.days == {}
    assert told.pains == {}


def test_the_period_before_is_read_and_what_lies_further_back_is_not(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 6)]})
    people.entry(ada, {"pains": [pain("knee", "left", 2)]}, at=datetime(2026, 2, 25, 9, tzinfo=UTC))
    people.entry(ada, {"pains": [pain("knee", "left", 9)]}, at=datetime(2026, 2, 24, 9, tzinfo=UTC))
    told = reading.told(ada, WEEK)
    assert told.place(("knee", "left"), WEEK).worst == 6
    assert told.place(("knee", "left"), WEEK.before).worst == 2
    assert list(reading.told(ada, WEEK, compared=False).pains["knee", "left"]) == [LAST]


def test_a_change_needs_three_answered_days_before(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 6)]})
    for day in (26, 27):
        people.entry(ada, {"pains": []}, at=datetime(2026, 2, day, 9, tzinfo=UTC))
    (change,) = reading.told(ada, WEEK).changes()
    assert change.points is None
    assert not change.is_new
    people.entry(ada, {"pains": []}, at=datetime(2026, 2, 28, 9, tzinfo=UTC))
    (change,) = reading.told(ada, WEEK).changes()
    assert change.points == 6
    assert change.is_new


def test_falls_minutes_and_medicines_are_added_up_by_day(ada: Patient) -> None:
    log(
        ada,
        9,
        {
            "falls": [{"kind": "fall", "injury": True}, {"kind": "near_fall", "injury": False}],
            "activity": [{"type": "walking", "minutes": 20}, {"type": "housework", "minutes": 30}],
            "medications": ["calcium"],
            "exercises": [{"exercise": "X1"}],
            "can_bear_weight": False,
        },
    )
    log(ada, 9, {"falls": [], "activity": [{"type": "tai_chi", "minutes": 5}], "medications": ["calcium"]})
    told = reading.told(ada, WEEK)
    day = told.days[date(2026, 3, 9)]
    assert (day.entries, day.falls, day.near_falls, day.injuries) == (2, 1, 1, 1)
    assert (day.exercise_minutes, day.other_minutes, day.minutes) == (25, 30, 55)
    assert (day.exercises_done, day.cannot_stand) == (1, True)
    assert told.medicines == {"calcium": {date(2026, 3, 9)}}


def test_a_nerve_symptom_stands_at_its_place_and_without_one_at_none(ada: Patient) -> None:
    log(
        ada,
        10,
        {
            "neuro": [
                {"symptom": "numbness", "site": "foot", "side": "both"},
                {"symptom": "saddle_numbness", "site": "saddle", "side": None},
                {"symptom": "bladder_change", "site": None, "side": None},
            ]
        },
    )
    assert set(reading.told(ada, WEEK).signs) == {
        Sign("numbness", "foot", "left"),
        Sign("numbness", "foot", "right"),
        Sign("saddle_numbness", "saddle", None),
        Sign("bladder_change", "", None),
    }


def test_days_before_the_patient_had_the_journal_are_no_silence(ada: Patient) -> None:
    Patient.objects.update(enrolled_at=datetime(2026, 3, 8, 12, tzinfo=UTC))
    ada.refresh_from_db()
    log(ada, 6, {"falls": []})
    log(ada, 9, {"falls": []})
    told = reading.told(ada, WEEK)
    assert told.silent() == [date(2026, 3, 8), LAST]
    assert told.earlier() == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 7)]
    assert (told.logged(WEEK), told.possible(WEEK)) == (2, 4)


def test_an_entry_of_a_traveller_a_day_ahead_is_not_lost(ada: Patient) -> None:
    log(ada, 11, {"pains": [pain("knee", "left", 4)]})
    told = reading.told(ada, WEEK)
    assert told.period == Period(WEEK.first, date(2026, 3, 11))
    assert told.place(("knee", "left"), told.period).worst == 4


def test_heights_are_the_mean_of_a_day(ada: Patient) -> None:
    log(ada, 10, {"height_cm": 160.0})
    log(ada, 10, {"height_cm": 161})
    log(ada, 4, {"height_cm": None})
    people.entry(ada, {"height_cm": 170.0}, at=people.NOW - timedelta(days=400))
    assert reading.heights(ada, WEEK) == {LAST: 160.5}


def test_a_period_costs_the_same_few_statements_whatever_was_logged(ada: Patient) -> None:
    with CaptureQueriesContext(connection) as empty:
        reading.told(ada, WEEK)
    for day in range(1, 11):
        log(ada, day, people.BACK_PAIN)
    with CaptureQueriesContext(connection) as full:
        reading.told(ada, WEEK)
    assert len(full) == len(empty) == 2

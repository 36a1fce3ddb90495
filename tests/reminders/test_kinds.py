"""What each kind of reminder says, and when it stays silent. 10:00 in Berlin is 09:00 UTC in January."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from journal.accounts.models import Clinician, Consent, Patient
from journal.actions import care_plan, entries
from journal.content.library import items
from journal.content.plan import Planned
from journal.content.report import Report
from journal.models import CareItem
from reminders.actions import holds, planning
from reminders.actions import reminders as verbs
from reminders.deliver import dispatch
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_flag, a_patient

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 1, 5, 7, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def remind(patient: Patient, kind: str, **wishes: Any) -> Reminder:
    fields = {"kind": kind, "title": "My own title", "rrule": "FREQ=DAILY", "local_time": time(10), **wishes}
    return verbs.create(by=patient.user, at=EARLY, patient=patient, **fields)


def log(patient: Patient, at: datetime, **said: Any) -> None:
    entries.record(
        by=patient.user,
        at=at,
        patient=patient,
        client_id=uuid4(),
        recorded_at=at,
        timezone="Europe/Berlin",
        report=Report.model_validate(said),
    )


def prescribe(patient: Patient, thea: Clinician, kind: str, code: str, **said: Any) -> CareItem:
    planned = Planned(kind, code, **{"starts": date(2026, 1, 5), **said})
    at = EARLY + timedelta(seconds=CareItem.objects.count())
    return care_plan.prescribe(by=thea.user, at=at, patient=patient, planned=planned)


def turns(day: date | None = None) -> list[Occurrence]:
    found = Occurrence.objects.order_by("local_date", "slot")
    return list(found.filter(local_date=day) if day else found)


def test_prescribed_exercises_are_one_turn_each_and_one_message(
    patient: Patient, physiotherapist: Clinician
) -> None:
    balance = prescribe(patient, physiotherapist, "exercise", "balance")
    walking = prescribe(patient, physiotherapist, "exercise", "walking", rrule="FREQ=WEEKLY;BYDAY=TU")
    remind(patient, "exercise", channels=["inbox"])
    planning.plan_due(at=TEN)
    planning.plan_due(at=TEN + DAY)
    assert [(turn.local_date.day, turn.slot, turn.care_item) for turn in turns()] == [
        (5, 0, balance),
        (6, 0, balance),
        (6, 1, walking),
    ]
    assert turns()[0].title == "Balance practice"
    assert Delivery.objects.count() == 2


def test_a_day_without_a_prescribed_exercise_is_silent(patient: Patient, physiotherapist: Clinician) -> None:
    prescribe(patient, physiotherapist, "exercise", "walking", rrule="FREQ=WEEKLY;BYDAY=TU")
    reminder = remind(patient, "exercise")
    planning.plan_due(at=TEN)
    assert turns() == []
    reminder.refresh_from_db()
    assert reminder.next_local_date == date(2026, 1, 6)


def test_without_a_prescription_the_librarys_programme_goes_on(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(patient, physiotherapist, "exercise", "walking", starts=date(2026, 1, 20))
    remind(patient, "exercise")
    planning.plan_due(at=TEN)
    assert [(turn.item[0], turn.care_item) for turn in turns()] == [("X", None)]


def test_one_exercise_is_held_by_its_own_flag_and_the_others_go_on(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(patient, physiotherapist, "exercise", "balance")
    prescribe(patient, physiotherapist, "exercise", "posture")
    remind(patient, "exercise")
    flag = a_flag(patient, at=EARLY, pattern="new-giving-way", urgency="within-48h")
    planning.plan_due(at=TEN)
    assert {turn.item: (turn.state, turn.held_by) for turn in turns()} == {
        "X1": ("held", flag),
        "X4": ("due", None),
    }


def test_an_exercise_already_out_is_taken_back_by_its_own_flag(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(patient, physiotherapist, "exercise", "balance")
    prescribe(patient, physiotherapist, "exercise", "posture")
    remind(patient, "exercise")
    planning.plan_due(at=TEN)
    a_flag(patient, at=TEN, pattern="new-giving-way", urgency="within-48h")
    assert holds.hold_open(at=TEN) == 1
    assert holds.hold_open(at=TEN) == 0
    assert {turn.item: turn.state for turn in turns()} == {"X1": "held", "X4": "due"}


@pytest.mark.parametrize(
    ("fall", "first"),
    [
        ({"kind": "fall", "cause": "slipped"}, "T2"),
        ({"kind": "near_fall", "cause": "dizzy"}, "T5"),
        ({"kind": "fall"}, "T7"),
    ],
)
def test_after_a_fall_or_a_near_fall_the_tip_fits_it(
    patient: Patient, fall: dict[str, Any], first: str
) -> None:
    remind(patient, "fall-prevention")
    log(patient, EARLY - DAY, falls=[fall])
    for day in range(4):
        planning.plan_due(at=TEN + day * DAY)
    shown = [turn.item for turn in turns()]
    assert shown[0] == first
    assert all(one != other for one, other in pairwise(shown))


def test_the_most_fitting_tip_comes_first_whatever_the_rotation_showed_and_then_each_in_turn(
    patient: Patient,
) -> None:
    remind(patient, "fall-prevention")
    planning.plan_due(at=TEN)
    log(patient, TEN + timedelta(hours=2), falls=[{"kind": "near_fall", "cause": "slipped"}])
    for day in range(1, 8):
        planning.plan_due(at=TEN + day * DAY)
    assert [turn.item for turn in turns()] == ["T1", "T2", "T1", "T3", "T2", "T1", "T3", "T2"]


def test_the_most_fitting_tip_is_not_shown_twice_in_a_row(patient: Patient) -> None:
    remind(patient, "fall-prevention")
    planning.plan_due(at=TEN)
    log(patient, TEN + timedelta(hours=2), falls=[{"kind": "fall", "cause": "tripped"}])
    for day in range(1, 6):
        planning.plan_due(at=TEN + day * DAY)
    assert [turn.item for turn in turns()] == ["T1", "T3", "T1", "T2", "T8", "T3"]


def test_two_reminders_in_one_batch_show_two_fitting_tips(patient: Patient) -> None:
    for hour in (9, 10):
        remind(patient, "fall-prevention", local_time=time(hour))
    log(patient, EARLY, falls=[{"kind": "fall", "cause": "slipped"}])
    planning.plan_due(at=TEN + timedelta(minutes=1))
    planning.plan_due(at=TEN + DAY + timedelta(minutes=1))
    assert [turn.item for turn in Occurrence.objects.order_by("due_at")][:3] == ["T2", "T1", "T3"]


def test_another_patients_tips_leave_the_fitting_ones_of_this_one_in_turn(patient: Patient) -> None:
    other = a_patient(patient.clinic, "other")
    for person in (patient, other):
        remind(person, "fall-prevention")
        log(person, EARLY, falls=[{"kind": "fall", "cause": "slipped"}])
    planning.plan_due(at=TEN)
    assert {turn.item for turn in turns()} == {"T2"}


def test_a_fall_of_three_weeks_ago_leaves_the_rotation_as_it_is(patient: Patient) -> None:
    remind(patient, "fall-prevention")
    log(patient, EARLY - 21 * DAY, falls=[{"kind": "fall", "cause": "dizzy"}])
    planning.plan_due(at=TEN)
    assert turns()[0].item == "T1"


def test_the_journal_is_asked_for_until_the_local_day_has_an_entry(patient: Patient) -> None:
    remind(patient, "log-today")
    planning.plan_due(at=TEN)
    # 23:30 of the fifth in Berlin is no entry of the sixth.
    log(patient, datetime(2026, 1, 5, 22, 30, tzinfo=UTC), pains=[])
    planning.plan_due(at=TEN + DAY)
    log(patient, TEN + 2 * DAY - timedelta(hours=1), pains=[])
    planning.plan_due(at=TEN + 2 * DAY)
    assert [(turn.local_date.day, turn.item) for turn in turns()] == [(5, "R1"), (6, "R1")]


def test_an_entry_between_planning_and_sending_stops_the_message(patient: Patient) -> None:
    remind(patient, "log-today", channels=["email"])
    planning.plan_due(at=TEN)
    log(patient, TEN, pains=[])
    dispatch.run(clock=lambda: TEN, topic="reminder")
    assert [(row.state, row.last_error) for row in Delivery.objects.all()] == [("dropped", "logged")]


def test_height_is_asked_for_half_a_year_after_the_last_one(patient: Patient) -> None:
    remind(patient, "height", rrule="FREQ=WEEKLY")
    log(patient, EARLY - 170 * DAY, height_cm=163.0)
    log(patient, EARLY - DAY, pains=[])
    planning.plan_due(at=TEN)
    planning.plan_due(at=TEN + 7 * DAY)
    planning.plan_due(at=TEN + 14 * DAY)
    assert [(turn.local_date, turn.item) for turn in turns()] == [(date(2026, 1, 19), "R2")]


def test_a_height_measured_in_time_silences_the_next_one(patient: Patient) -> None:
    remind(patient, "height", rrule="FREQ=WEEKLY")
    planning.plan_due(at=TEN)
    log(patient, TEN, height_cm=163.0)
    planning.plan_due(at=TEN + 7 * DAY)
    assert [turn.local_date.day for turn in turns()] == [5]


def test_two_reminders_of_tips_never_show_the_same_one_in_a_row(patient: Patient) -> None:
    for hour in (9, 10):
        remind(patient, "fall-prevention", local_time=time(hour))
    planning.plan_due(at=TEN - timedelta(hours=1))
    planning.plan_due(at=TEN)
    planning.plan_due(at=TEN + DAY)  # both in one batch
    shown = [turn.item for turn in Occurrence.objects.order_by("due_at")]
    assert len(set(shown)) == len(shown) == 4


def test_another_patients_tip_moves_nobodys_rotation(patient: Patient) -> None:
    other = a_patient(patient.clinic, "other")
    for person in (patient, other):
        remind(person, "fall-prevention")
    planning.plan_due(at=TEN)
    assert {turn.item for turn in turns()} == {"T1"}


def test_a_prescribed_exercise_speaks_the_patients_language(
    patient: Patient, physiotherapist: Clinician
) -> None:
    patient.language = "es"
    patient.save(update_fields=["language"])
    prescribe(patient, physiotherapist, "exercise", "balance")
    remind(patient, "exercise")
    planning.plan_due(at=TEN)
    (turn,) = turns()
    assert (turn.language, turn.title) == ("es", "Práctica de equilibrio")


@pytest.mark.parametrize("kind", sorted(set(Reminder.Kind.values) - {"custom"}))
def test_every_kind_speaks_the_patients_language(patient: Patient, kind: str) -> None:
    patient.language = "es"
    patient.save(update_fields=["language"])
    remind(patient, kind)
    planning.plan_due(at=TEN)
    (turn,) = turns()
    text = next(item for item in items(lang="es") if item.id == turn.item)
    assert turn.language == "es"
    own = kind in ("medicine", "injection", "appointment", "review")
    assert turn.title == ("My own title" if own else text.title)


def test_an_own_reminder_says_what_the_patient_wrote_and_nothing_else(patient: Patient) -> None:
    remind(patient, "custom")
    planning.plan_due(at=TEN)
    assert [(turn.title, turn.item) for turn in turns()] == [("My own title", "")]


def withdraw(patient: Patient) -> None:
    Consent.objects.create(
        patient=patient, purpose="reminders", version="1", given_at=EARLY, withdrawn_at=TEN
    )


def test_a_withdrawn_consent_stops_what_is_on_its_way_and_what_is_planned(patient: Patient) -> None:
    remind(patient, "custom", channels=["email"])
    planning.plan_due(at=TEN)
    withdraw(patient)
    dispatch.run(clock=lambda: TEN, topic="reminder")
    planning.plan_due(at=TEN + DAY)
    assert Delivery.objects.get().last_error == "consent"
    assert [turn.local_date.day for turn in turns()] == [5]


def test_a_consent_given_anew_lets_reminders_ring_again(patient: Patient) -> None:
    remind(patient, "custom")
    withdraw(patient)
    Consent.objects.create(patient=patient, purpose="reminders", version="2", given_at=TEN)
    planning.plan_due(at=TEN)
    assert [turn.state for turn in turns()] == ["due"]

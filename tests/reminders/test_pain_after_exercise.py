"""Pain that rises by two or more after an exercise pauses that exercise and gives the clinic a task."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from journal.accounts.models import Clinician, Patient
from journal.actions import care_plan, entries, exercise_pauses
from journal.actions.refusals import NotPossibleNowError
from journal.content.plan import Planned
from journal.content.report import Report
from journal.models import CareItem, Change, ExercisePause, Task
from reminders import adherence
from reminders.actions import expiry, follow, holds, occurrences, planning
from reminders.models import Occurrence
from tests.support.exercise import exercise_at_ten

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 1, 5, 7, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = date(2026, 1, 5)


@pytest.fixture
def balance(patient: Patient, physiotherapist: Clinician) -> CareItem:
    return prescribe(patient, physiotherapist, "balance")


def prescribe(patient: Patient, thea: Clinician, code: str) -> CareItem:
    at = EARLY + timedelta(seconds=CareItem.objects.count())
    return care_plan.prescribe(by=thea.user, at=at, patient=patient, planned=Planned("exercise", code, TODAY))


def planned(patient: Patient, at: datetime = TEN) -> Occurrence:
    if not patient.reminders.exists():
        exercise_at_ten(patient, at=EARLY)
    planning.plan_due(at=at)
    return Occurrence.objects.order_by("local_date", "-slot").last()  # type: ignore[return-value]


def did(
    patient: Patient, turn: Occurrence, before: int | None, after: int | None, at: datetime = TEN
) -> Occurrence:
    assert patient.user
    return occurrences.done(by=patient.user, at=at, occurrence=turn, pain_before=before, pain_after=after)


def log(patient: Patient, at: datetime, client_id: UUID | None = None, **exercise: Any) -> UUID:
    client_id = client_id or uuid4()
    said = {"exercises": [exercise]} if exercise else {"exercises": []}
    entries.record(
        by=patient.user,
        at=max(at, TEN),
        patient=patient,
        client_id=client_id,
        recorded_at=at,
        timezone="Europe/Berlin",
        report=Report.model_validate(said),
    )
    return client_id


def amend(patient: Patient, client_id: UUID, **exercise: Any) -> None:
    entries.amend(
        by=patient.user,
        at=TEN,
        patient=patient,
        client_id=client_id,
        recorded_at=TEN,
        timezone="Europe/Berlin",
        report=Report.model_validate({"exercises": [exercise]}),
    )


@pytest.mark.parametrize(
    ("before", "after", "pauses"), [(3, 5, 1), (3, 4, 0), (5, 3, 0), (None, 9, 0), (0, 10, 1), (2, None, 0)]
)
def test_a_rise_of_two_or_more_pauses(
    patient: Patient, balance: CareItem, before: int | None, after: int | None, pauses: int
) -> None:
    did(patient, planned(patient), before, after)
    assert ExercisePause.objects.open().count() == pauses
    assert Task.objects.waiting(TODAY).count() == pauses


def test_only_the_given_exercise_pauses_and_is_shown_as_held_with_its_reason(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    posture = prescribe(patient, physiotherapist, "posture")
    planned(patient)
    did(patient, Occurrence.objects.get(care_item=balance), 2, 6)
    held = care_plan.holds(patient=patient, items=[balance, posture])
    assert list(held) == [balance]
    assert held[balance].flags == ()
    assert "pain was clearly higher" in held[balance].in_words("en")
    planned(patient, TEN + DAY)
    turns = Occurrence.objects.filter(local_date=date(2026, 1, 6))
    assert {turn.care_item: (turn.state, turn.reason) for turn in turns} == {
        balance: ("held", "pain-rise"),
        posture: ("due", ""),
    }


def test_the_turn_itself_tells_of_the_pause_and_no_longer_once_that_is_taken_back(
    patient: Patient, balance: CareItem
) -> None:
    turn = planned(patient)
    for after, notice in ((5, ""), (7, "R10"), (8, "R10"), (6, "")):
        did(patient, turn, 5, after)
        turn.refresh_from_db()
        assert turn.notice == notice


def test_the_pause_is_recorded_and_lifted_by_a_clinician(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    did(patient, planned(patient), 2, 6)
    assert Change.objects.get(verb="exercise.paused").data["exercise"] == str(balance.pk)
    exercise_pauses.lift(by=physiotherapist.user, at=TEN, patient=patient, exercise=str(balance.pk))
    assert care_plan.holds(patient=patient, items=[balance]) == {}
    assert Task.objects.get().done_by == physiotherapist.user
    assert planned(patient, TEN + DAY).state == "due"
    with pytest.raises(NotPossibleNowError):
        exercise_pauses.lift(by=physiotherapist.user, at=TEN, patient=patient, exercise=str(balance.pk))


def test_a_lifted_pause_or_one_taken_back_gives_the_days_turn_back(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    did(patient, planned(patient), 2, 6)
    turn = planned(patient, TEN + DAY)
    assert turn.state == "held"
    exercise_pauses.lift(by=physiotherapist.user, at=TEN + DAY, patient=patient, exercise=str(balance.pk))
    follow.run(at=TEN + DAY)
    turn.refresh_from_db()
    assert (turn.state, turn.reason) == ("due", "lifted")


def test_the_same_word_again_pauses_once_and_not_again_after_the_lift(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    turn = planned(patient)
    did(patient, turn, 2, 6)
    did(patient, turn, 2, 6)
    exercise_pauses.lift(by=physiotherapist.user, at=TEN, patient=patient, exercise=str(balance.pk))
    did(patient, turn, 2, 6)
    did(patient, turn, None, 7)
    assert ExercisePause.objects.count() == 1
    assert ExercisePause.objects.open().count() == 0


def test_a_corrected_number_takes_the_pause_and_its_task_back(patient: Patient, balance: CareItem) -> None:
    turn = planned(patient)
    did(patient, turn, 2, 6)
    did(patient, turn, 2, 3)
    assert ExercisePause.objects.open().count() == Task.objects.open().count() == 0
    did(patient, turn, 2, 5)
    assert ExercisePause.objects.open().count() == Task.objects.open().count() == 1


def skips(patient: Patient, turn: Occurrence, reason: str) -> Occurrence:
    assert patient.user
    return occurrences.skip(by=patient.user, at=TEN, occurrence=turn, reason=reason)


def test_skipped_because_of_pain_after_all_keeps_the_pause_its_task_and_the_numbers(
    patient: Patient, balance: CareItem
) -> None:
    turn = planned(patient)
    did(patient, turn, 1, 8)
    said = skips(patient, turn, "pain")
    assert (said.state, said.reason, said.notice) == ("skipped", "pain", "R10")
    assert (said.pain_before, said.pain_after) == (1, 8)
    assert ExercisePause.objects.open().get().rise == 7
    assert Task.objects.waiting(TODAY).count() == 1
    skips(patient, turn, "pain")
    assert planned(patient, TEN + DAY).reason == "pain-rise"


@pytest.mark.parametrize("reason", ["", "no-time", "unwell", "other"])
def test_skipped_for_another_reason_takes_what_was_told_of_pain_back(
    patient: Patient, balance: CareItem, reason: str
) -> None:
    turn = planned(patient)
    did(patient, turn, 1, 8)
    said = skips(patient, turn, reason)
    assert (said.pain_before, said.pain_after, said.notice) == (None, None, "")
    assert ExercisePause.objects.open().count() == Task.objects.open().count() == 0


def test_an_entry_says_it_as_well_by_item_or_by_text(patient: Patient, balance: CareItem) -> None:
    log(patient, TEN, exercise="X1", pain_before=1, pain_after=4)
    assert list(care_plan.holds(patient=patient, items=[balance])) == [balance]


def test_an_edited_or_withdrawn_entry_takes_its_pause_back(patient: Patient, balance: CareItem) -> None:
    said = log(patient, TEN, exercise=str(balance.pk), pain_before=1, pain_after=4)
    amend(patient, said, exercise=str(balance.pk), pain_before=1, pain_after=2)
    assert ExercisePause.objects.open().count() == 0
    amend(patient, said, exercise=str(balance.pk), pain_before=1, pain_after=8)
    assert ExercisePause.objects.open().get().rise == 7
    entries.withdraw(by=patient.user, at=TEN, patient=patient, client_id=said)
    assert ExercisePause.objects.open().count() == 0


@pytest.mark.parametrize(("days", "pauses"), [(14, 1), (15, 0)])
def test_a_rise_told_long_afterwards_pauses_nothing_today(
    patient: Patient, balance: CareItem, days: int, pauses: int
) -> None:
    log(patient, TEN - days * DAY, exercise="X1", pain_before=1, pain_after=4)
    assert ExercisePause.objects.open().count() == pauses


def test_the_librarys_programme_leaves_a_paused_text_out(patient: Patient) -> None:
    log(patient, TEN - timedelta(hours=1), exercise="X1", pain_before=1, pain_after=4)
    for day in range(8):
        planned(patient, TEN + day * DAY)
    shown = set(Occurrence.objects.values_list("item", flat=True))
    assert len(shown) == 5
    assert "X1" not in shown


def test_a_turn_that_is_out_is_held_when_its_exercise_pauses(patient: Patient, balance: CareItem) -> None:
    planned(patient)
    log(patient, TEN, exercise="X1", pain_before=1, pain_after=4)
    assert holds.hold_open(at=TEN) == 1
    assert holds.hold_open(at=TEN) == 0
    turn = Occurrence.objects.get()
    assert (turn.state, turn.reason, turn.held_by) == ("held", "pain-rise", None)


def test_adherence_counts_done_skipped_unanswered_and_held(patient: Patient, balance: CareItem) -> None:
    assert patient.user
    for day in range(9):
        turn = planned(patient, TEN + day * DAY)
        if day in (0, 1):
            did(patient, turn, 2, 3 + day, at=TEN + day * DAY)
        if day == 1:
            lift = patient.physiotherapist
            assert lift
            exercise_pauses.lift(by=lift.user, at=TEN + DAY, patient=patient, exercise=str(balance.pk))
        if day in (2, 3):
            occurrences.skip(by=patient.user, at=TEN, occurrence=turn, reason="pain" if day == 2 else "")
        expiry.end_open(at=TEN + (day + 1) * DAY - timedelta(hours=1))
    log(patient, TEN + 4 * DAY, exercise="X1")
    found = adherence.of(patient, today=date(2026, 1, 13), language="en")
    week, month = found.overall
    assert (month.planned, month.done, month.ignored, month.held, month.pain_rose) == (9, 3, 4, 0, 1)
    assert month.skipped == {"not-said": 1, "pain": 1}
    assert (week.days, week.done, week.skipped) == (7, 1, {"not-said": 1, "pain": 1})
    assert [(one.care_item, one.item) for one in found.exercises] == [(str(balance.pk), "X1")]
    assert found.exercises[0].spans == found.overall


def test_what_was_never_asked_is_not_counted_as_planned(patient: Patient, balance: CareItem) -> None:
    planned(patient, TEN + timedelta(hours=5))
    assert adherence.of(patient, today=TODAY, language="en").overall[1].planned == 0


# --- a clinician's hold ---


def clinic_holds(patient: Patient, thea: Clinician, item: CareItem) -> None:
    exercise_pauses.hold(by=thea.user, at=TEN, patient=patient, item=item, look_again_on=TODAY + 7 * DAY)


def test_a_turn_that_is_out_and_those_to_come_are_held_while_a_clinician_holds_the_exercise(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    planned(patient)
    clinic_holds(patient, physiotherapist, balance)
    assert holds.hold_open(at=TEN) == 1
    turn = planned(patient, TEN + DAY)
    turns = [(one.state, one.reason, one.held_by) for one in Occurrence.objects.all()]
    assert turns == [("held", "clinic", None)] * 2
    exercise_pauses.lift_item(by=physiotherapist.user, at=TEN + DAY, patient=patient, item=balance)
    assert planned(patient, TEN + 2 * DAY).state == "due"
    assert turn.state == "held"


def test_pain_that_rose_is_the_reason_told_also_when_a_clinician_holds_it_too(
    patient: Patient, physiotherapist: Clinician, balance: CareItem
) -> None:
    planned(patient)
    clinic_holds(patient, physiotherapist, balance)
    log(patient, TEN, exercise="X1", pain_before=1, pain_after=4)
    holds.hold_open(at=TEN)
    assert Occurrence.objects.get().reason == "pain-rise"
    assert planned(patient, TEN + DAY).reason == "pain-rise"
    hold = care_plan.holds(patient=patient, items=[balance])[balance]
    assert "pain was clearly higher" in hold.in_words("en")

"""What a patient does with one turn of a reminder.

Phones repeat themselves: the same word twice changes nothing.
"""

from datetime import datetime, timedelta

from journal.accounts.models import Patient, User
from journal.actions import changes, exercise_pauses
from journal.actions.care_plan import HELD
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content.exercise_pain import Done
from journal.models import ExercisePause
from reminders.actions import planning, reminders
from reminders.models import Delivery, Occurrence, Reminder
from reminders.models.occurrences import PATIENT_REASONS

SNOOZE = timedelta(minutes=30)
LONGEST_SNOOZE = timedelta(hours=12)
MOST_SNOOZES = 10

PAIN = "pain"
PAUSED = HELD["pain-rise"]
ON_HOLD = "Your exercises are on hold until your physiotherapist has looked at your last report."
TOUCHED = [
    "state", "acted_at", "snoozed_until", "snoozes", "expires_at", "reason", "pain_before", "pain_after",
    "notice", "revision",
]  # fmt: skip


def done(
    *,
    by: User,
    at: datetime,
    occurrence: Occurrence,
    pain_before: int | None = None,
    pain_after: int | None = None,
) -> Occurrence:
    """The patient did it; late is fine. Pain from 0 to 10 before and after it, None when not asked.

    Said again with other pain, the later word counts.
    """
    with changes.locked(occurrence.patient) as patient:
        turn = _present(occurrence, patient)
        pain = (
            turn.pain_before if pain_before is None else pain_before,
            turn.pain_after if pain_after is None else pain_after,
        )
        if turn.state == Occurrence.State.DONE and pain == (turn.pain_before, turn.pain_after):
            return turn
        turn.acted_at = turn.acted_at if turn.state == Occurrence.State.DONE else at
        turn.state, turn.snoozed_until, turn.reason = Occurrence.State.DONE, None, ""
        turn.pain_before, turn.pain_after = pain
        _weigh_pain(turn, patient, at)
        return _save(turn, patient, by=by, at=at)


def skip(*, by: User, at: datetime, occurrence: Occurrence, reason: str = "") -> Occurrence:
    """Not today, because of `reason`: pain, unwell, no-time, other, or empty when not said.

    Said of a turn that was done, it takes the pain told before and after it back, and a pause that followed
    with it. Not so when the reason is pain: the numbers stay with the turn, and exercise stays paused until
    a clinician has looked.

    Raises:
        NotFitError: another reason.
    """
    if reason and reason not in PATIENT_REASONS:
        raise NotFitError("A reason is one of %(reasons)s.", reasons=tuple(PATIENT_REASONS))
    with changes.locked(occurrence.patient) as patient:
        turn = _present(occurrence, patient)
        if turn.state == Occurrence.State.SKIPPED and reason in ("", turn.reason):
            return turn
        turn.acted_at = turn.acted_at if turn.state == Occurrence.State.SKIPPED else at
        turn.state, turn.snoozed_until, turn.reason = Occurrence.State.SKIPPED, None, reason
        if reason != PAIN:
            turn.pain_before = turn.pain_after = None
        _weigh_pain(turn, patient, at)
        return _save(turn, patient, by=by, at=at)


def _weigh_pain(turn: Occurrence, patient: Patient, at: datetime) -> None:
    """Pain that rose after a given exercise pauses it, and the turn says so; taken back, both go with it."""
    exercise = str(turn.care_item_id or turn.item)
    if turn.reminder.kind == Reminder.Kind.EXERCISE and exercise:
        source, said = f"occurrence:{turn.pk}", [Done(exercise, turn.pain_before, turn.pain_after)]
        exercise_pauses.weigh(at=at, patient=patient, source=source, day=turn.local_date, done=said)
        if ExercisePause.objects.open().filter(patient=patient, source=source).exists():
            turn.notice = PAUSED
        elif turn.notice == PAUSED:
            turn.notice = ""


def snooze(*, by: User, at: datetime, occurrence: Occurrence, until: datetime | None = None) -> Occurrence:
    """Comes back at `until`, in 30 minutes when not said, at most 12 hours ahead.

    Raises:
        NotPossibleNowError: another time, or the turn is held, answered, over, or was put off ten times.
    """
    again = until or at + SNOOZE
    if again <= at:
        raise NotPossibleNowError("Choose a time that lies ahead.").at("/until")
    if again > at + LONGEST_SNOOZE:
        raise NotPossibleNowError("A reminder can be put off by up to 12 hours.").at("/until")
    with changes.locked(occurrence.patient) as patient:
        turn = _present(occurrence, patient)
        if turn.snoozed_until == again:
            return turn
        _check_open(turn)
        turn.state, turn.snoozed_until, turn.snoozes = Occurrence.State.SNOOZED, again, turn.snoozes + 1
        turn.expires_at = max(turn.expires_at, again + planning.GRACE)
        turn.reason = ""
        Delivery.objects.bulk_create(planning.deliveries_of(turn, turn.reminder, due_at=again))
        return _save(turn, patient, by=by, at=at)


def _present(occurrence: Occurrence, patient: Patient) -> Occurrence:
    turn = Occurrence.objects.select_related("reminder").get(pk=occurrence.pk)
    turn.patient = turn.reminder.patient = patient
    if turn.state == Occurrence.State.HELD:
        raise NotPossibleNowError(ON_HOLD)
    return turn


def _check_open(turn: Occurrence) -> None:
    if turn.state not in (Occurrence.State.DUE, Occurrence.State.SNOOZED):
        raise NotPossibleNowError("This reminder is already %(state)s.", state=Occurrence.State(turn.state))
    if turn.snoozes >= MOST_SNOOZES:
        raise NotPossibleNowError("This reminder was put off often enough today.")


def _save(turn: Occurrence, patient: Patient, *, by: User, at: datetime) -> Occurrence:
    turn.revision = changes.next_revision(patient)
    turn.save(update_fields=TOUCHED)
    snoozed = turn.state == Occurrence.State.SNOOZED
    Delivery.objects.answered(patient=patient, subject=turn.pk, at=at, snoozed=snoozed)
    reminders.answered(at=at, reminder=turn.reminder)
    changes.record(
        by=by, at=at, patient=patient, verb=f"occurrence.{turn.state}", subject=f"occurrence:{turn.pk}"
    )
    return turn

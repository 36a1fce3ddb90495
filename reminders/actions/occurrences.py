"""What a patient does with one turn of a reminder.

Phones repeat themselves: the same word twice changes nothing.
"""

from datetime import datetime, timedelta

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotPossibleNowError
from reminders.actions import planning
from reminders.models import Delivery, Occurrence

SNOOZE = timedelta(minutes=30)
LONGEST_SNOOZE = timedelta(hours=12)
MOST_SNOOZES = 10

ON_HOLD = "Your exercises are on hold until your physiotherapist has looked at your last report."


def done(*, by: User, at: datetime, occurrence: Occurrence) -> Occurrence:
    """The patient did it; late is fine."""
    return _act(by=by, at=at, occurrence=occurrence, state=Occurrence.State.DONE)


def skip(*, by: User, at: datetime, occurrence: Occurrence) -> Occurrence:
    """Not this time."""
    return _act(by=by, at=at, occurrence=occurrence, state=Occurrence.State.SKIPPED)


def _act(*, by: User, at: datetime, occurrence: Occurrence, state: Occurrence.State) -> Occurrence:
    with changes.locked(occurrence.patient) as patient:
        turn = _present(occurrence, patient)
        if turn.state == state:
            return turn
        turn.state, turn.acted_at, turn.snoozed_until = state, at, None
        return _save(turn, patient, by=by, at=at)


def snooze(*, by: User, at: datetime, occurrence: Occurrence, until: datetime | None = None) -> Occurrence:
    """Comes back at `until`, in 30 minutes when not said, at most 12 hours ahead."""
    again = until or at + SNOOZE
    if not at < again <= at + LONGEST_SNOOZE:
        raise NotPossibleNowError("A reminder can be put off by up to 12 hours.")
    with changes.locked(occurrence.patient) as patient:
        turn = _present(occurrence, patient)
        if turn.snoozed_until == again:
            return turn
        _check_open(turn)
        turn.state, turn.snoozed_until, turn.snoozes = Occurrence.State.SNOOZED, again, turn.snoozes + 1
        turn.expires_at = max(turn.expires_at, again + planning.GRACE)
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
        raise NotPossibleNowError(f"This reminder is already {turn.get_state_display().lower()}.")
    if turn.snoozes >= MOST_SNOOZES:
        raise NotPossibleNowError("This reminder was put off often enough today.")


def _save(turn: Occurrence, patient: Patient, *, by: User, at: datetime) -> Occurrence:
    turn.revision = changes.next_revision(patient)
    turn.save(update_fields=["state", "acted_at", "snoozed_until", "snoozes", "expires_at", "revision"])
    snoozed = turn.state == Occurrence.State.SNOOZED
    Delivery.objects.answered(patient=patient, subject=turn.pk, at=at, snoozed=snoozed)
    changes.record(
        by=by, at=at, patient=patient, verb=f"occurrence.{turn.state}", subject=f"occurrence:{turn.pk}"
    )
    return turn

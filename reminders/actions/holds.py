"""Exercise yields to danger: a turn that is already out is taken back when a flag holds exercise."""

from datetime import datetime

from journal.accounts.models import Patient
from journal.actions import changes
from journal.models import Flag
from reminders.actions import planning
from reminders.models import Occurrence, Reminder

BATCH = 200


def hold_open(*, at: datetime, limit: int = BATCH) -> int:
    """Holds open exercise turns of patients with a holding flag; returns how many.

    Each patient is one short transaction, so that nobody who logs an entry waits for a batch.
    """
    holding = Flag.objects.holding_exercise().values("patient")
    exercise = Occurrence.objects.open(at).filter(reminder__kind=Reminder.Kind.EXERCISE)
    found = exercise.filter(patient__in=holding).order_by("patient").values_list("patient", flat=True)
    return sum(_hold(Patient(pk=patient), at=at) for patient in dict.fromkeys(found[:limit]))


def _hold(patient: Patient, *, at: datetime) -> int:
    with changes.locked(patient) as locked:
        flag = Flag.objects.holding_exercise().filter(patient=locked).order_by("raised_at", "pk").first()
        exercise = Occurrence.objects.open(at).filter(patient=locked, reminder__kind=Reminder.Kind.EXERCISE)
        turns = list(exercise) if flag else []
        if turns:
            changes.next_revision(locked)
        for turn in turns:
            turn.patient, turn.revision = locked, locked.revision
            turn.state, turn.held_by, turn.snoozed_until = Occurrence.State.HELD, flag, None
            turn.save(update_fields=["state", "held_by", "snoozed_until", "revision"])
            planning.change(turn, at=at).save()
        return len(turns)

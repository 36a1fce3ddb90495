"""Exercise yields to danger: a turn that is already out is taken back when a flag or a pause holds it.

While its day lasts it is given back once nothing holds it: without a sound, for its hour has passed.
"""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from journal.accounts.models import Patient
from journal.actions import changes
from journal.content import library
from journal.models import ExercisePause, Flag
from reminders.actions import planning
from reminders.actions import turns as turns_of
from reminders.models import Occurrence, Reminder

BATCH = 200


def hold_open(*, at: datetime, limit: int = BATCH) -> int:
    """Holds open exercise turns that a flag or a pause after pain holds; returns how many.

    Each patient is one short transaction, so that nobody who logs an entry waits for a batch. Looked for
    from the few flags and pauses, not from the many turns.
    """
    named = {pattern for text in library.items("exercise") for pattern in text.held_by}
    flags = Flag.objects.unresolved().filter(hold_lifted_at=None)
    flagged: QuerySet[Any, Any] = flags.filter(Q(holds_exercise=True) | Q(pattern__in=named)).values(
        "patient"
    )
    paused: QuerySet[Any, Any] = ExercisePause.objects.open().values("patient")
    found = [
        patient
        for held in (flagged, paused)
        for patient in _to_hold(at).filter(patient__in=held).values_list("patient", flat=True)[:limit]
    ]
    return sum(_hold(Patient(pk=patient), at=at) for patient in sorted(set(found)))


def give_back(*, at: datetime, patient: Patient) -> int:
    """Held turns of a locked patient that nothing holds by now are due again; returns how many."""
    held = Occurrence.objects.open_or_held(at).filter(patient=patient, state=Occurrence.State.HELD)
    still = set(_held(held).values_list("pk", flat=True))
    free = [turn for turn in held if turn.pk not in still]
    if free:
        changes.next_revision(patient)
    for turn in free:
        turn.patient, turn.revision = patient, patient.revision
        turn.state, turn.held_by, turn.reason = Occurrence.State.DUE, None, "lifted"
        turn.save(update_fields=["state", "held_by", "reason", "revision"])
        planning.change(turn, at=at).save()
    return len(free)


def _to_hold(at: datetime) -> QuerySet[Occurrence]:
    return _held(Occurrence.objects.open(at).filter(reminder__kind=Reminder.Kind.EXERCISE))


def _held(turns: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Those of these turns that a flag or a pause holds at present."""
    flags = Flag.objects.unresolved().filter(patient=OuterRef("patient"), hold_lifted_at=None)
    held = Q(Exists(flags.filter(holds_exercise=True))) | Q(Exists(_pauses()))
    for text in library.items("exercise"):
        if text.held_by:
            held |= Q(item=text.id) & Q(Exists(flags.filter(pattern__in=text.held_by)))
    planned = turns.annotate(planned=Cast("care_item", CharField()))
    return planned.annotate(hurt=Exists(_pauses().exclude(rise=None))).filter(held)


def _pauses() -> QuerySet[ExercisePause]:
    """Open pauses of the turn's exercise, whether it was named by its item of the plan or by its text."""
    named = Q(exercise=OuterRef("planned")) | Q(exercise=OuterRef("item")) & ~Q(exercise="")
    return ExercisePause.objects.open().filter(named, patient=OuterRef("patient"))


def _hold(patient: Patient, *, at: datetime) -> int:
    with changes.locked(patient) as locked:
        turns = list(_to_hold(at).filter(patient=locked))
        flags = list(
            Flag.objects.unresolved().filter(patient=locked, hold_lifted_at=None).order_by("raised_at", "pk")
        )
        if turns:
            changes.next_revision(locked)
        for turn in turns:
            turn.patient, turn.revision = locked, locked.revision
            turn.state, turn.snoozed_until = Occurrence.State.HELD, None
            turn.held_by = turns_of.holding(flags, _held_by(turn))
            turn.reason = "" if turn.held_by else "pain-rise" if turn.hurt else "clinic"  # type: ignore[attr-defined]
            turn.save(update_fields=["state", "held_by", "reason", "snoozed_until", "revision"])
            planning.change(turn, at=at).save()
        return len(turns)


def _held_by(turn: Occurrence) -> tuple[str, ...]:
    return next((text.held_by for text in library.items("exercise") if text.id == turn.item), ())

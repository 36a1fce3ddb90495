"""Turns whose time is over or that the journal answers: marked so. What goes unanswered steps down."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Value

from journal.accounts.models import Patient
from journal.models import Change, Entry
from journal.models.entries import HasPath
from reminders import silence
from reminders.actions import planning, reminders
from reminders.models import Occurrence, Reminder
from reminders.models import turns as rows
from reminders.models.occurrences import OPEN
from reminders.models.reminders import SUGGESTED

BATCH = 500
# Five in a row is a working week of a daily reminder, and more than an illness of some days.
IGNORED_IN_A_ROW = 5
# From daily to every fourth day, from weekly to every fourth week; rarer would be as good as off.
LONGEST_STRIDE = 4


def end_open(*, at: datetime, limit: int = BATCH) -> int:
    """Ends up to `limit` turns whose time is over; returns how many. Safe to run twice and anywhere."""
    over = Occurrence.objects.run_out(at).order_by("expires_at")
    patients = set(over.values_list("patient", flat=True)[:limit])
    return _end(Occurrence.objects.run_out(at), patients, at) if patients else 0


def end_answered(*, at: datetime, limit: int = BATCH) -> int:
    """Ends up to `limit` open turns that ask for the journal of a day that has an entry by now, or for a
    height that was measured since; returns how many. Safe to run twice and anywhere.
    """
    answered = _answered(at)
    patients = set(answered.values_list("patient", flat=True)[:limit])
    return _end(answered, patients, at) if patients else 0


def _answered(at: datetime) -> QuerySet[Occurrence]:
    """Before its turn was planned, an entry or a height would have kept it silent."""
    entries = Entry.objects.current().filter(patient=OuterRef("patient"))
    measured = entries.filter(silence.HEIGHT, local_date__gte=OuterRef("local_date"))
    written = Q(reminder__kind=Reminder.Kind.LOG_TODAY) & Exists(
        entries.filter(local_date=OuterRef("local_date"))
    )
    return Occurrence.objects.open(at).filter(
        written | Q(reminder__kind=Reminder.Kind.HEIGHT) & Exists(measured)
    )


@transaction.atomic
def _end(ending: QuerySet[Occurrence], patients: set[int], at: datetime) -> int:
    """Those of these patients; what is still to end is read under the patients' locks."""
    locked = Patient.objects.select_for_update(of=("self",)).filter(pk__in=patients).order_by("pk")
    known = {patient.pk: patient for patient in locked}
    turns = list(ending.filter(patient__in=patients).select_related("reminder"))
    quiet = silence.of([(turn.patient_id, turn.reminder.kind, turn.local_date) for turn in turns])
    said = _said([turn for turn in turns if turn.reminder.kind == Reminder.Kind.EXERCISE])
    for turn in turns:
        turn.patient = known[turn.patient_id]
        turn.revision = turn.patient.revision + 1
        told = any((turn.patient_id, turn.local_date, name) in said for name in names_of(turn))
        silent = quiet.reason((turn.patient_id, turn.reminder.kind, turn.local_date))
        _close(turn, "logged" if told else silent, at)
    touched = {turn.patient_id for turn in turns}
    Patient.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
    rows.end(turns)
    Change.objects.bulk_create([planning.change(turn, at=at) for turn in turns])
    _step_down(turns)
    _step_up(turns, at)
    return len(turns)


def names_of(turn: Occurrence) -> tuple[str, ...]:
    """Under which ids the journal may speak of a turn's exercise."""
    return tuple(name for name in (turn.care_item_id and str(turn.care_item_id), turn.item) if name)


def _said(turns: list[Occurrence]) -> set[tuple[int, date, str]]:
    """Exercises that the journal calls done: patient, local day, id of the plan's item or of the text."""
    if not turns:
        return set()
    patients, days = {turn.patient_id for turn in turns}, {turn.local_date for turn in turns}
    entries = Entry.objects.current().filter(
        HasPath("report", Value("$.exercises[*]")), patient__in=patients, local_date__in=days
    )
    said = entries.values_list("patient", "local_date", "report")
    return {(patient, day, one["exercise"]) for patient, day, report in said for one in report["exercises"]}


def _close(turn: Occurrence, silent: silence.Reason | None, at: datetime) -> None:
    """Done when the journal was written or the height measured after all; else over, and why."""
    turn.snoozed_until = None
    if silent in ("logged", "measured"):
        turn.state, turn.acted_at, turn.reason = Occurrence.State.DONE, at, ""
    else:
        turn.state = Occurrence.State.EXPIRED
        turn.reason = silent or turn.reason or "ignored"


def _step_down(turns: list[Occurrence]) -> None:
    """Counts days without an answer; too many in a row, and a reminder comes less often."""
    ignored: dict[UUID, set[date]] = defaultdict(set)
    for turn in turns:
        if turn.reason == "ignored" and turn.reminder.kind in SUGGESTED:
            ignored[turn.reminder_id].add(turn.local_date)
    if not ignored:
        return
    revisions = {turn.patient_id: turn.revision for turn in turns}
    answered = Occurrence.objects.filter(
        patient__in={turn.patient_id for turn in turns},
        local_date__in=set().union(*ignored.values()),
        reminder__in=ignored,
    ).filter(state__in=["done", "skipped", *OPEN])
    for reminder, day in answered.values_list("reminder", "local_date"):
        ignored[reminder].discard(day)
    for one in Reminder.objects.filter(pk__in=[key for key, days in ignored.items() if days]):
        one.ignored += len(ignored[one.pk])
        if one.ignored >= IGNORED_IN_A_ROW and one.stride < LONGEST_STRIDE:
            one.ignored, one.stride = 0, one.stride * 2
            one.revision = revisions[one.patient_id]
        one.save(update_fields=["ignored", "stride", "revision"])


def _step_up(turns: list[Occurrence], at: datetime) -> None:
    """The journal, or a height, is an answer like any other."""
    for turn in turns:
        if turn.state == Occurrence.State.DONE and (turn.reminder.ignored or turn.reminder.stride > 1):
            turn.reminder.patient = turn.patient
            turn.reminder.patient.revision = turn.revision
            reminders.answered(at=at, reminder=turn.reminder)

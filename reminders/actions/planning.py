"""From due reminders to occurrences and deliveries, a batch in one transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F

from journal.accounts.models import Patient
from journal.models import Change, Flag
from reminders import claims, schedule, silence
from reminders.actions import turns
from reminders.models import Delivery, Occurrence, Reminder, rows
from reminders.models.reminders import SUGGESTED
from reminders.models.settings import A_DAY
from reminders.schedule import Slot

# While a batch is written (some 0.2 s) the entries of its patients wait.
BATCH = 250
# An older reminder is noise: it is recorded as expired and not sent.
GRACE = timedelta(hours=2)
# A tick comes every few seconds: what is later than this was held up, and several of a kind come as one.
HELD_UP = timedelta(minutes=5)
# After a long outage the record of missed days stays bounded.
MOST_MISSED = 31

# In what rows of one batch differ.
OF_A_TURN = (
    *("id", "patient_id", "reminder_id", "local_date", "slot", "due_at", "expires_at", "state", "held_by_id"),
    *("item", "language", "title", "care_item_id", "reason", "notice", "revision"),
)
OF_A_DELIVERY = ("patient_id", "kind", "subject_id", "to_id", "channel", "key", "due_at", "expires_at")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rung:
    """A turn that rang, or would have without a hold."""

    reminder: UUID
    kind: str
    due_at: datetime


@dataclass
class Batch:
    """What one transaction knows, and what it writes."""

    at: datetime
    patients: dict[int, Patient]
    flags: dict[int, list[Flag]]
    silence: silence.Silence
    known: turns.Known
    rung: dict[tuple[int, date], list[Rung]]
    reminders: list[Reminder] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)


def plan_due(*, at: datetime, limit: int = BATCH) -> int:
    """Plans up to `limit` due reminders; returns how many it found. Safe to run twice and in many places."""
    claimed = claims.reminders(at=at, limit=limit)
    if claimed:
        _plan(claimed, at=at)
    return len(claimed)


@transaction.atomic
def _plan(claimed: list[claims.ClaimedReminder], *, at: datetime) -> None:
    """Locks the patients first, as every write does, then reads what is still due under that lock."""
    locked = Patient.objects.select_for_update()
    patients = {
        patient.pk: patient
        for patient in locked.filter(pk__in={each.patient_id for each in claimed}).order_by("pk")
    }
    due = Reminder.objects.due(at).filter(pk__in=[each.id for each in claimed]).order_by("next_due_at", "pk")
    slots = {reminder: found for reminder in due if (found := _slots(reminder, at))}
    for reminder in slots:
        reminder.patient = patients[reminder.patient_id]
    batch = _begin(patients, slots, at)
    for reminder, found in slots.items():
        _turn(reminder, found, batch)
    _write(batch)


def _slots(reminder: Reminder, at: datetime) -> list[Slot]:
    """The slots that are due by now, ascending; none of a rule that can't be kept.

    Such a reminder stays leased for a while, is tried again, and costs nobody else a turn.
    """
    assert reminder.next_local_date is not None  # noqa: S101  (selected as due)
    assert reminder.next_due_at is not None  # noqa: S101
    first = Slot(reminder.next_local_date, reminder.next_due_at)
    try:
        later = schedule.missed(reminder.plan, first=first.day + timedelta(days=1), at=at)
    except schedule.ScheduleError:
        log.error("reminder %s has a rule that can't be kept", reminder.pk)
        return []
    return [first, *later[reminder.stride - 1 :: reminder.stride]]


def _begin(patients: dict[int, Patient], slots: dict[Reminder, list[Slot]], at: datetime) -> Batch:
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.unresolved().filter(patient__in=patients).order_by("raised_at", "pk"):
        flags[flag.patient_id].append(flag)
    every = [(one.patient_id, one.kind, slot.day) for one, found in slots.items() for slot in found]
    return Batch(
        at=at,
        patients=patients,
        flags=flags,
        silence=silence.of(every),
        known=turns.known(every),
        rung=_rung({(one.patient_id, found[-1].day) for one, found in slots.items()}),
    )


def _turn(reminder: Reminder, slots: list[Slot], batch: Batch) -> None:
    """One reminder's missed slots, of which only the latest may still be sent, and its next due moment."""
    for slot in slots[-MOST_MISSED:-1]:
        _late(reminder, slot, batch)
    _latest(reminder, slots[-1], batch)
    upcoming = next_slot(reminder, after=slots[-1].day)
    reminder.next_local_date = upcoming.day if upcoming else None
    reminder.next_due_at = upcoming.due_at if upcoming else None
    batch.reminders.append(reminder)


def next_slot(reminder: Reminder, *, after: date) -> Slot | None:
    """The next slot that is sent; one that steps down leaves some out, as far as there are others."""
    ahead = list(islice(schedule.slots(reminder.plan, after=after), reminder.stride))
    return ahead[-1] if ahead else None


def _late(reminder: Reminder, slot: Slot, batch: Batch) -> None:
    if batch.silence.reason((reminder.patient_id, reminder.kind, slot.day)) is None:
        missed = turns.plain(reminder, slot, Occurrence.State.EXPIRED, grace=GRACE)
        missed.reason = "late"
        batch.occurrences.append(missed)


def _latest(reminder: Reminder, slot: Slot, batch: Batch) -> None:
    """Silent, expired, held by a flag, due without a sound, or due with its deliveries."""
    if batch.at - slot.due_at > GRACE or _comes_as_one(reminder, slot, batch):
        _late(reminder, slot, batch)
    elif batch.silence.reason((reminder.patient_id, reminder.kind, slot.day)) is None:
        flags = batch.flags.get(reminder.patient_id, ())
        made = turns.of(reminder, slot, flags=flags, known=batch.known, grace=GRACE)
        batch.occurrences.extend(made)
        _ring(made, batch)


def _ring(made: list[Occurrence], batch: Batch) -> None:
    """One delivery a channel for all that is due of one turn, unless the day has had enough."""
    due = [turn for turn in made if turn.state == Occurrence.State.DUE]
    if not due:
        return
    first = due[0]
    if _day_is_full(first, batch):
        for turn in due:
            turn.reason = "cap"
        return
    rung = Rung(first.reminder_id, first.reminder.kind, first.due_at)
    batch.rung[first.patient_id, first.local_date].append(rung)
    batch.deliveries.extend(deliveries_of(first, first.reminder, due_at=first.due_at))


def _comes_as_one(reminder: Reminder, slot: Slot, batch: Batch) -> bool:
    """Whether it was held up and another one of its kind, due about then, has just gone out."""
    others = batch.rung[reminder.patient_id, slot.day]
    return (
        reminder.kind in SUGGESTED
        and batch.at - slot.due_at > HELD_UP
        and any(
            other.kind == reminder.kind
            and other.reminder != reminder.pk
            and abs(other.due_at - slot.due_at) < GRACE
            for other in others
        )
    )


def _day_is_full(turn: Occurrence, batch: Batch) -> bool:
    """Whether as many reminders rang on this local day as the patient wants; what has a date or a dose
    counts, and rings nevertheless."""
    settings = batch.silence.settings.get(turn.patient_id)
    rung = {other.reminder for other in batch.rung[turn.patient_id, turn.local_date]} - {turn.reminder_id}
    return turn.reminder.kind in SUGGESTED and len(rung) >= (settings.a_day if settings else A_DAY)


def _rung(days: Iterable[tuple[int, date]]) -> dict[tuple[int, date], list[Rung]]:
    """What rang for these patients on these days already."""
    wanted = set(days)
    found: dict[tuple[int, date], list[Rung]] = defaultdict(list)
    turns_of_day = Occurrence.objects.filter(
        patient__in={patient for patient, _ in wanted}, local_date__in={day for _, day in wanted}
    ).exclude(state=Occurrence.State.HELD)
    columns = ("patient", "local_date", "reminder", "reminder__kind", "due_at", "reason")
    for patient, day, reminder, kind, due_at, reason in turns_of_day.values_list(*columns):
        if reason not in ("cap", "late"):
            found[patient, day].append(Rung(reminder, kind, due_at))
    return found


def deliveries_of(occurrence: Occurrence, reminder: Reminder, *, due_at: datetime) -> list[Delivery]:
    """One delivery for each channel; none when nobody signs in for this patient."""
    user_id = reminder.patient.user_id
    if user_id is None:
        return []
    return [
        Delivery(
            patient=reminder.patient,
            topic=Delivery.Topic.REMINDER,
            kind=f"reminder.{reminder.kind}",
            subject_id=occurrence.pk,
            to_id=user_id,
            channel=channel,
            key=f"reminder:{occurrence.pk}:{occurrence.snoozes}:{user_id}:{channel}",
            due_at=due_at,
            expires_at=due_at + GRACE,
        )
        for channel in reminder.channels
    ]


def _write(batch: Batch) -> None:
    """Each patient's revision grows by one for all that this transaction says about that patient."""
    for occurrence in batch.occurrences:
        occurrence.revision = occurrence.patient.revision + 1
    touched = {each.patient_id for each in batch.occurrences}
    Patient.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
    rows.insert(batch.occurrences, *OF_A_TURN)
    rows.insert(batch.deliveries, *OF_A_DELIVERY)
    Reminder.objects.advance(batch.reminders)
    changes = [change(occurrence, at=batch.at) for occurrence in batch.occurrences]
    # Few changes have data, and quotes of JSON in an array are dear.
    rows.insert([each for each in changes if not each.data], "patient_id", "revision", "verb", "subject")
    Change.objects.bulk_create([each for each in changes if each.data])


def change(occurrence: Occurrence, *, at: datetime) -> Change:
    """The record of what the system did with a turn, and which flag was the reason."""
    held_by: UUID | None = occurrence.held_by_id
    return Change(
        patient=occurrence.patient,
        revision=occurrence.revision,
        verb=f"occurrence.{occurrence.state}",
        subject=f"occurrence:{occurrence.pk}",
        at=at,
        data={"held_by": str(held_by)} if held_by else {},
    )

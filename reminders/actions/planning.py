"""From due reminders to occurrences and deliveries, a batch in one transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from journal.accounts.models import Patient
from journal.models import Change, Flag
from reminders import claims, schedule
from reminders.actions import rotation
from reminders.models import Delivery, Occurrence, Reminder

# While a batch is written (some 0.1 s) the entries of its patients wait.
BATCH = 100
# An older reminder is noise: it is recorded as expired and not sent.
GRACE = timedelta(hours=2)
# After a long outage the record of missed days stays bounded.
MOST_MISSED = 31

log = logging.getLogger(__name__)


@dataclass
class Batch:
    """What one transaction writes."""

    at: datetime
    patients: dict[int, Patient]
    flags: dict[int, list[Flag]]
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
    batch = _begin({each.patient_id for each in claimed}, at)
    ids = [each.id for each in claimed]
    for reminder in Reminder.objects.due(at).filter(pk__in=ids):
        reminder.patient = batch.patients[reminder.patient_id]
        try:
            _turn(reminder, batch)
        except (
            schedule.ScheduleError
        ):  # stays leased for a while, is tried again, and costs nobody else a turn
            log.error("reminder %s has a rule that can't be kept", reminder.pk)
    _write(batch)


def _begin(patient_ids: Iterable[int], at: datetime) -> Batch:
    locked = Patient.objects.select_for_update(of=("self",)).select_related("user")
    patients = {patient.pk: patient for patient in locked.filter(pk__in=patient_ids).order_by("pk")}
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.unresolved().filter(patient__in=patients).order_by("raised_at", "pk"):
        flags[flag.patient_id].append(flag)
    return Batch(at=at, patients=patients, flags=flags)


def _turn(reminder: Reminder, batch: Batch) -> None:
    """One reminder's missed slots, of which only the latest may still be sent, and its next due moment."""
    assert reminder.next_local_date is not None  # noqa: S101  (selected as due)
    assert reminder.next_due_at is not None  # noqa: S101
    first = schedule.Slot(reminder.next_local_date, reminder.next_due_at)
    later = schedule.missed(reminder.plan, first=first.day + timedelta(days=1), at=batch.at)
    slots = [first, *later]
    for slot in slots[-MOST_MISSED:-1]:
        batch.occurrences.append(_occurrence(reminder, slot, Occurrence.State.EXPIRED))
    _latest(reminder, slots[-1], batch)
    upcoming = schedule.next_slot(reminder.plan, after=slots[-1].day)
    reminder.next_local_date = upcoming.day if upcoming else None
    reminder.next_due_at = upcoming.due_at if upcoming else None
    batch.reminders.append(reminder)


def _latest(reminder: Reminder, slot: schedule.Slot, batch: Batch) -> None:
    """Expired, held by a flag, or due with its deliveries."""
    flags = batch.flags.get(reminder.patient_id, [])
    hold = holding(reminder, flags)
    if batch.at - slot.due_at > GRACE:
        batch.occurrences.append(_occurrence(reminder, slot, Occurrence.State.EXPIRED))
    elif hold:
        occurrence = _occurrence(reminder, slot, Occurrence.State.HELD)
        occurrence.held_by = hold
        batch.occurrences.append(occurrence)
    else:
        occurrence = _with_tip(_occurrence(reminder, slot, Occurrence.State.DUE), reminder, flags)
        batch.occurrences.append(occurrence)
        batch.deliveries.extend(deliveries_of(occurrence, reminder, due_at=slot.due_at))


def holding(reminder: Reminder, flags: Iterable[Flag]) -> Flag | None:
    """The flag that holds this reminder, of a patient's unresolved ones; only exercise is ever held."""
    if reminder.kind != Reminder.Kind.EXERCISE:
        return None
    return next((flag for flag in flags if flag.holds_exercise and flag.hold_lifted_at is None), None)


def _occurrence(reminder: Reminder, slot: schedule.Slot, state: Occurrence.State) -> Occurrence:
    midnight = datetime.combine(slot.day + timedelta(days=1), time())
    return Occurrence(
        id=Occurrence.id_of(reminder.pk, slot.day),
        patient=reminder.patient,
        reminder=reminder,
        local_date=slot.day,
        due_at=slot.due_at,
        expires_at=max(schedule.instant(midnight, reminder.timezone), slot.due_at + GRACE),
        state=state,
        language=reminder.patient.language,
        title=reminder.title,
    )


def _with_tip(occurrence: Occurrence, reminder: Reminder, flags: Iterable[Flag]) -> Occurrence:
    choice = rotation.tips(reminder.kind, reminder.patient.language)
    tip = rotation.following(choice, last=reminder.last_item, flagged={flag.pattern for flag in flags})
    reminder.last_item = tip.id if tip else reminder.last_item
    if tip:
        occurrence.item, occurrence.title, occurrence.language = tip.id, tip.title, tip.language
    return occurrence


def deliveries_of(occurrence: Occurrence, reminder: Reminder, *, due_at: datetime) -> list[Delivery]:
    """One delivery for each channel; none when nobody signs in for this patient."""
    user = reminder.patient.user
    if user is None:
        return []
    return [
        Delivery(
            patient=reminder.patient,
            topic=Delivery.Topic.REMINDER,
            kind=f"reminder.{reminder.kind}",
            subject_id=occurrence.pk,
            to=user,
            channel=channel,
            key=f"reminder:{occurrence.pk}:{occurrence.snoozes}:{user.pk}:{channel}",
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
    Occurrence.objects.bulk_create(batch.occurrences, ignore_conflicts=True)
    Delivery.objects.bulk_create(batch.deliveries, ignore_conflicts=True)
    Reminder.objects.advance(batch.reminders)
    Change.objects.bulk_create([change(occurrence, at=batch.at) for occurrence in batch.occurrences])


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

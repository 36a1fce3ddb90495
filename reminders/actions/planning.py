"""From due reminders to occurrences and deliveries, a batch in one transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from journal.models import Change, Flag
from journal.rows import AnyOf
from reminders import claims, schedule, silence
from reminders.actions import programmes, turns
from reminders.models import Delivery, Occurrence, Reminder, Tally, due
from reminders.models import turns as rows
from reminders.models.due import Due
from reminders.models.reminders import SUGGESTED
from reminders.models.settings import A_DAY
from reminders.models.turns import Coming, Turn
from reminders.schedule import Slot

# While a batch is written (some 0.2 s) the entries of its patients wait. What is asked once for all of them
# would be an eighth of the cost of 1,000.
BATCH = 2000
# An older reminder is noise: it is recorded as expired and not sent, unless it has a date.
GRACE = timedelta(hours=2)
# What comes every other day at most would be lost with its hour: its turn is open while its day lasts.
RARE = timedelta(days=2)
# What is late rings by day, also where no quiet hours are set.
NIGHT, DEEP_IN_THE_NIGHT = schedule.Quiet(programmes.QUIET_FROM, programmes.QUIET_UNTIL), time(3)
# A tick comes every few seconds: what is later than this was held up, and several of a kind come as one.
HELD_UP = timedelta(minutes=5)
# After a long outage the record of missed days stays bounded.
MOST_MISSED = 31

log = logging.getLogger(__name__)


class Rung(NamedTuple):
    """A turn that rang, or would have without a hold."""

    reminder: UUID
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Turns that are there already, by reminder, day and slot; and what rang, by patient and day."""

    made: set[tuple[UUID, date, int]]
    rung: dict[tuple[int, date], list[Rung]]


@dataclass
class Batch:
    """What one transaction knows, and what it writes."""

    at: datetime
    flags: dict[int, list[Flag]]
    silence: silence.Silence
    known: turns.Known
    past: Past
    turns: list[Turn] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)


def plan_due(*, at: datetime, limit: int = BATCH) -> int:
    """Plans up to `limit` due reminders; returns how many it found. Safe to run twice and in many places.

    A reminder that can't be planned costs only itself: the others of its batch are planned one by one.
    """
    claimed: list[UUID] = []
    try:
        with transaction.atomic():
            claimed = claims.reminders(at=at, limit=limit)
            arrived = _plan(_due(claimed, at=at, limit=limit), at=at) if claimed else 0
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        if not claimed:
            raise
        if len(claimed) > 1:
            return sum(plan_due(at=at, limit=1) for _ in claimed)
        log.error("reminder %s can't be planned: %s", claimed[0], type(error).__name__)
        _put_off(claimed, at)
        return 1
    if arrived:
        Tally.objects.add({("inbox", "sent"): arrived})
    return len(claimed)


def _put_off(reminders: Sequence[UUID], at: datetime) -> None:
    """Tried again in a while, so that they stand in nobody's way."""
    Reminder.objects.filter(pk__in=reminders).update(lease_until=at + claims.LEASE)


def _due(claimed: Sequence[UUID], *, at: datetime, limit: int) -> list[Due]:
    """What of these is still due, read under the locks of the patients.

    After an outage there is more than one batch of it. Then all that is due of a patient comes together: else
    suggestions of an earlier hour would be in a batch before what has a date, and the day's cap be passed.
    """
    found = due.read(claimed, at=at)
    if len(claimed) == limit > 1 and any(at - reminder.due_at > HELD_UP for reminder in found):
        found = due.read(claims.and_others_of_their_patients(claimed, at=at), at=at)
    return found


def _plan(due_now: Sequence[Due], *, at: datetime) -> int:
    """How many turns lie in inboxes now."""
    found = [(reminder, slots) for reminder in due_now if (slots := _slots(reminder, at))]
    batch = _begin(found, at)
    for reminder, slots in found:
        _turn(reminder, slots, batch)
    there = batch.past.made
    new = [
        turn
        for turn in batch.turns
        if not there or (turn.reminder_id, turn.local_date, turn.slot) not in there
    ]
    arrived = rows.store(new, batch.coming, at=at, grace=GRACE)
    rows.show(batch.known.shown)
    return arrived


@dataclass(slots=True)
class Slots:
    """Of one reminder: those that are due by now, ascending, and the next one that is sent."""

    due: list[Slot]
    coming: Slot | None


def _slots(reminder: Due, at: datetime) -> Slots | None:
    """None of a rule that can't be kept: it is put off, and costs nobody else a turn."""
    try:
        return _slots_of(reminder, at)
    except schedule.ScheduleError:
        log.error("reminder %s has a rule that can't be kept", reminder.id)
        _put_off([reminder.id], at)
        return None


def _slots_of(reminder: Due, at: datetime) -> Slots:
    first = Slot(reminder.day, reminder.due_at)
    ahead = _ahead(reminder, after=reminder.day)
    if not ahead or ahead[0].due_at > at:  # nothing was missed: nearly always
        return Slots([first], ahead[-1] if ahead else None)
    later = schedule.missed(reminder.plan, first=first.day + timedelta(days=1), at=at)
    due_by_now = [first, *later[reminder.stride - 1 :: reminder.stride]]
    ahead = _ahead(reminder, after=due_by_now[-1].day)
    return Slots(due_by_now, ahead[-1] if ahead else None)


def _ahead(reminder: Due, *, after: date) -> tuple[Slot, ...]:
    """Up to the next one that is sent; who steps down leaves some out, as far as there are others."""
    return schedule.ahead(reminder.stored, after=after, count=reminder.stride)


def _begin(found: Sequence[tuple[Due, Slots]], at: datetime) -> Batch:
    patients = {reminder.patient_id for reminder, _ in found}
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.unresolved().filter(AnyOf("patient", patients)).order_by("raised_at", "pk"):
        flags[flag.patient_id].append(flag)
    every = [(one.patient_id, one.kind, slot.day) for one, slots in found for slot in slots.due]
    return Batch(
        at=at,
        flags=flags,
        silence=silence.of(every),
        known=turns.known(every),
        past=_past({(patient, day) for patient, _, day in every}),
    )


def _turn(reminder: Due, slots: Slots, batch: Batch) -> None:
    """One reminder's missed slots, of which only the latest may still be sent, and its next due moment."""
    for slot in slots.due[-MOST_MISSED:-1]:
        _late(reminder, slot, batch)
    _latest(reminder, slots.due[-1], batch)
    day, moment = (slots.coming.day, slots.coming.due_at) if slots.coming else (None, None)
    batch.coming.append(Coming(reminder.id, day, moment, reminder.last_item))


def _late(reminder: Due, slot: Slot, batch: Batch) -> None:
    if not _silent(reminder, slot.day, batch):
        missed = turns.plain(reminder, slot, Occurrence.State.EXPIRED, grace=GRACE)
        missed.reason = "late"
        batch.turns.append(missed)


def _latest(reminder: Due, slot: Slot, batch: Batch) -> None:
    """Silent, expired, held by a flag, due without a sound, or due with its deliveries."""
    if batch.at - slot.due_at > GRACE:
        _after_an_outage(reminder, slot, batch)
    elif turns.has_a_date(reminder):
        _in_time(reminder, _out_of_quiet(reminder, slot, batch.at), batch)
    elif _comes_as_one(reminder, slot, batch):
        _late(reminder, slot, batch)
    else:
        _in_time(reminder, slot, batch)


def _after_an_outage(reminder: Due, slot: Slot, batch: Batch) -> None:
    """What has a date rings on its day or on the next, by day. What is rare, such as a weekly medicine, lies
    open without a sound while its day lasts. The rest is noise by now.
    """
    today = batch.at.astimezone(reminder.timezone).date()
    if reminder.kind in SUGGESTED or today - slot.day > timedelta(days=1):
        _late(reminder, slot, batch)
    elif turns.has_a_date(reminder) and not _silent(reminder, today, batch):
        _in_time(reminder, Slot(slot.day, _by_day(reminder, batch.at)), batch)
    elif reminder.apart >= RARE and today == slot.day:
        _without_a_sound(reminder, slot, batch)
    else:
        _late(reminder, slot, batch)


def _out_of_quiet(reminder: Due, slot: Slot, at: datetime) -> Slot:
    """The slot; held up into quiet hours, in which its mail would not be sent, it is due at their end."""
    awake = schedule.out_of_quiet(at, reminder.plan)
    return slot if awake == at else Slot(slot.day, awake.astimezone(UTC))


def _by_day(reminder: Due, at: datetime) -> datetime:
    """This moment, or the end of the quiet hours or of the night in which it lies."""
    plan = reminder.plan
    knows_the_night = plan.quiet is not None and plan.quiet.covers(DEEP_IN_THE_NIGHT)
    for quiet in (plan.quiet,) if knows_the_night else (plan.quiet, NIGHT, plan.quiet):
        at = schedule.out_of_quiet(at, replace(plan, quiet=quiet))
    return at.astimezone(UTC)


def _in_time(reminder: Due, slot: Slot, batch: Batch) -> None:
    if not _silent(reminder, slot.day, batch):
        _ring(reminder, _made(reminder, slot, batch), batch)


def _without_a_sound(reminder: Due, slot: Slot, batch: Batch) -> None:
    if not _silent(reminder, slot.day, batch):
        for turn in _made(reminder, slot, batch):
            turn.reason = turn.reason or "late"


def _silent(reminder: Due, day: date, batch: Batch) -> bool:
    return batch.silence.reason((reminder.patient_id, reminder.kind, day)) is not None


def _made(reminder: Due, slot: Slot, batch: Batch) -> list[Turn]:
    flags = batch.flags.get(reminder.patient_id, ())
    made = turns.of(reminder, slot, flags=flags, known=batch.known, grace=GRACE)
    batch.turns.extend(made)
    return made


def _ring(reminder: Due, made: Sequence[Turn], batch: Batch) -> None:
    """One delivery a channel for all that is due of one turn, unless the day has had enough."""
    sounding = [turn for turn in made if turn.state == turns.DUE]
    if not sounding:
        return
    first = sounding[0]
    if _day_is_full(reminder, first.local_date, batch):
        for turn in sounding:
            turn.reason = "cap"
        return
    if reminder.user_id is not None:  # else nobody signs in for this patient
        first.channels = _each_once(reminder.channels)
    rung = Rung(reminder.id, reminder.kind, first.due_at)
    batch.past.rung[first.patient_id, first.local_date].append(rung)


@lru_cache(maxsize=64)
def _each_once(channels: str) -> str:
    return ",".join(dict.fromkeys(channels.split(",")))


def _comes_as_one(reminder: Due, slot: Slot, batch: Batch) -> bool:
    """Whether it was held up and another one of its kind, due about then, has just gone out."""
    return (
        reminder.kind in SUGGESTED
        and batch.at - slot.due_at > HELD_UP
        and any(
            other.kind == reminder.kind
            and other.reminder != reminder.id
            and abs(other.due_at - slot.due_at) < GRACE
            for other in batch.past.rung[reminder.patient_id, slot.day]
        )
    )


def _day_is_full(reminder: Due, day: date, batch: Batch) -> bool:
    """Whether as many reminders rang on this local day as the patient wants; what has a date or a dose
    counts, and rings nevertheless."""
    others = batch.past.rung[reminder.patient_id, day]
    if not others or reminder.kind not in SUGGESTED:
        return False
    settings = batch.silence.settings.get(reminder.patient_id)
    rung = {other.reminder for other in others} - {reminder.id}
    return len(rung) >= (settings.a_day if settings else A_DAY)


def _past(days: Iterable[tuple[int, date]]) -> Past:
    """What these patients have of these days already. They are locked: nothing is added meanwhile."""
    wanted = set(days)
    past = Past(set(), defaultdict(list))
    turns_of_day = Occurrence.objects.filter(
        AnyOf("patient", {patient for patient, _ in wanted}),
        AnyOf("local_date", {day for _, day in wanted}, "date"),
    )
    columns = ("patient", "local_date", "slot", "reminder", "reminder__kind", "due_at", "state", "reason")
    for patient, day, slot, reminder, kind, due_at, state, reason in turns_of_day.values_list(*columns):
        past.made.add((reminder, day, slot))
        if state != Occurrence.State.HELD and reason not in ("cap", "late", "lifted"):
            past.rung[patient, day].append(Rung(reminder, kind, due_at))
    return past


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
            wanted_since=due_at,
            expires_at=due_at + GRACE,
        )
        for channel in reminder.channels
    ]


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

"""Whether a delivery is still wanted, asked again at the moment of sending."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from journal.accounts.models import BrokenGlass, Patient
from journal.models import Flag
from journal.models import Message as InboxMessage
from reminders import silence
from reminders.channels.message import Message
from reminders.deliver import exercises, messages
from reminders.models import Delivery, Digest, Occurrence, Reminder
from reminders.models.deliveries import DEPARTURE
from reminders.team import hooks, waiting
from reminders.team.roster import Roster


@dataclass(frozen=True)
class Unwanted:
    """Why it is not sent after all; `reason` is a word for the list in the admin."""

    state: Delivery.State
    reason: str


@dataclass(frozen=True)
class Facts:
    """What the database says now about a handful of deliveries."""

    flags: dict[UUID, Flag]
    turns: dict[UUID, Occurrence]
    digests: dict[UUID, Digest]
    holding: set[int]
    silence: silence.Silence
    treating: set[tuple[int, int]]


def gather(deliveries: Sequence[Delivery]) -> Facts:
    """Reads it in one go, right before sending."""
    prefetch_related_objects(deliveries, "to")
    subjects = [delivery.subject_id for delivery in deliveries]
    turns = Occurrence.objects.select_related("reminder", "patient").in_bulk(subjects)
    flags = Flag.objects.in_bulk(subjects)
    patients = {turn.patient_id for turn in turns.values()}
    holding = Flag.objects.holding_exercise().filter(patient__in=patients).values_list("patient", flat=True)
    treating = Patient.objects.filter(pk__in=[flag.patient_id for flag in flags.values()])
    return Facts(
        flags=flags,
        turns=turns,
        digests=Digest.objects.select_related("clinic").in_bulk(subjects),
        holding=set(holding),
        silence=silence.of([_key(turn) for turn in turns.values()]),
        treating=set(treating.values_list("pk", "clinic__clinicians__user")),
    )


def _key(turn: Occurrence) -> silence.Turn:
    return turn.patient_id, turn.reminder.kind, turn.local_date


def prepare(delivery: Delivery, facts: Facts, *, at: datetime) -> Message | Unwanted:
    """What to send, or why not."""
    if not delivery.recipient.is_active:
        return Unwanted(Delivery.State.DROPPED, "account closed")
    if delivery.kind in OF_A_KIND:
        return OF_A_KIND[delivery.kind](delivery, facts, at)
    if delivery.topic == Delivery.Topic.FLAG:
        return _flag(delivery, facts.flags[delivery.subject_id], facts)
    return _occurrence(delivery, facts.turns[delivery.subject_id], facts, at)


def _flag(delivery: Delivery, flag: Flag, facts: Facts) -> Message | Unwanted:
    """Until somebody has it in hand. A flag that an edit superseded is still told: nobody has seen it yet."""
    if flag.status not in (Flag.Status.OPEN, Flag.Status.SUPERSEDED):
        return Unwanted(Delivery.State.DROPPED, "in hand")
    if not delivery.recipient.is_superuser and (flag.patient_id, delivery.to_id) not in facts.treating:
        return Unwanted(Delivery.State.DROPPED, "left the clinic")
    return messages.of_flag(delivery, flag)


def _message(delivery: Delivery, _: Facts, at: datetime) -> Message | Unwanted:
    """Until the patient has read it, for a week."""
    if delivery.expires_at is None or at > delivery.expires_at:
        return Unwanted(Delivery.State.EXPIRED, "too late")
    sent = InboxMessage.objects.select_related("patient").get(pk=delivery.subject_id)
    if sent.read_at:
        return Unwanted(Delivery.State.DROPPED, "read")
    if sent.patient.user_id != delivery.to_id:
        return Unwanted(Delivery.State.DROPPED, "account closed")
    return messages.of_push(delivery, about="message", language=sent.patient.language, urgency="normal")


def _digest(delivery: Delivery, facts: Facts, at: datetime) -> Message | Unwanted:
    """Counted now, of what has come to this person; yesterday's, kept by a mail server, is no longer true."""
    digest = facts.digests[delivery.subject_id]
    if at.astimezone(digest.clinic.timezone).date() > digest.day:
        return Unwanted(Delivery.State.DROPPED, "too late")
    roster = Roster.of(digest.clinic, at=at)
    counts = waiting.of_person(waiting.of_clinic(digest.clinic_id), roster, delivery.recipient)
    tasks = waiting.tasks_of_person(
        waiting.tasks_of_clinic(digest.clinic_id, digest.day), roster, delivery.recipient
    )
    if not counts and not tasks:
        return Unwanted(Delivery.State.DROPPED, "in hand")
    return messages.of_digest(delivery, counts, tasks)


def _glass(delivery: Delivery, _: Facts, __: datetime) -> Message:
    return messages.of_glass(delivery, BrokenGlass.objects.get(pk=delivery.subject_id))


def _departure(delivery: Delivery, _: Facts, __: datetime) -> Message:
    return messages.of_departure(delivery)


OF_A_KIND: dict[str, Callable[[Delivery, Facts, datetime], Message | Unwanted]] = {
    "flag.digest": _digest,
    "glass.broken": _glass,
    DEPARTURE: _departure,
    hooks.MESSAGE: _message,
}


def _occurrence(delivery: Delivery, turn: Occurrence, facts: Facts, at: datetime) -> Message | Unwanted:
    if delivery.expires_at is None or at > delivery.expires_at or _quiet(delivery, turn, at):
        return Unwanted(Delivery.State.EXPIRED, "too late")
    if not turn.reminder.active or delivery.channel not in turn.reminder.channels:
        return Unwanted(Delivery.State.DROPPED, "switched off")
    reason = _no_longer(delivery, turn, facts)
    return Unwanted(Delivery.State.DROPPED, reason) if reason else messages.of_occurrence(delivery, turn)


def _no_longer(delivery: Delivery, turn: Occurrence, facts: Facts) -> str | None:
    """What has changed since it was planned: account, consent, a pause, an answer, a hold."""
    if turn.patient.user_id != delivery.to_id:
        return "account closed"
    if not _waiting(turn, delivery) and not _others_wait(turn, delivery):
        return turn.state
    if turn.reminder.kind == Reminder.Kind.EXERCISE and turn.patient_id in facts.holding:
        return "held"
    return facts.silence.reason(_key(turn))


def _quiet(delivery: Delivery, turn: Occurrence, at: datetime) -> bool:
    """What was late must not ring at night; what the patient put off into the quiet hours does."""
    quiet, zone = turn.reminder.plan.quiet, turn.reminder.timezone
    if quiet is None or delivery.channel == Reminder.Channel.INBOX:
        return False
    wanted = turn.snoozed_until or turn.due_at
    return quiet.covers(at.astimezone(zone).time()) and not quiet.covers(wanted.astimezone(zone).time())


def _others_wait(turn: Occurrence, delivery: Delivery) -> bool:
    """One message rings for all exercises of a day; what was said of the first ends it for that alone."""
    return exercises.rings_for_all(turn, delivery.key) and bool(exercises.told_with(turn, delivery.key))


def _waiting(turn: Occurrence, delivery: Delivery) -> bool:
    """Still due or put off, and this delivery is of the latest time it was put off to."""
    open_turn = turn.state in (Occurrence.State.DUE, Occurrence.State.SNOOZED)
    return open_turn and delivery.key.startswith(f"reminder:{turn.pk}:{turn.snoozes}:")

"""Whether a delivery is still wanted, asked again at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime

from journal.accounts.models import Patient
from journal.models import Flag
from reminders.channels.message import Message
from reminders.deliver import messages
from reminders.models import Delivery, Occurrence, Reminder


@dataclass(frozen=True)
class Unwanted:
    """Why it is not sent after all; `reason` is a word for the list in the admin."""

    state: Delivery.State
    reason: str


def prepare(delivery: Delivery, *, at: datetime) -> Message | Unwanted:
    """What to send, or why not."""
    if not delivery.to.is_active:
        return Unwanted(Delivery.State.DROPPED, "account closed")
    return _flag(delivery) if delivery.topic == Delivery.Topic.FLAG else _occurrence(delivery, at)


def _flag(delivery: Delivery) -> Message | Unwanted:
    """Until somebody has it in hand. A flag that an edit superseded is still told: nobody has seen it yet."""
    flag = Flag.objects.get(pk=delivery.subject_id)
    if flag.status not in (Flag.Status.OPEN, Flag.Status.SUPERSEDED):
        return Unwanted(Delivery.State.DROPPED, "in hand")
    person = delivery.to
    if (
        not person.is_superuser
        and not Patient.objects.filter(pk=flag.patient_id, clinic__clinicians__user=person).exists()
    ):
        return Unwanted(Delivery.State.DROPPED, "left the clinic")
    return messages.of_flag(delivery, flag)


def _occurrence(delivery: Delivery, at: datetime) -> Message | Unwanted:
    turn = Occurrence.objects.select_related("reminder", "patient").get(pk=delivery.subject_id)
    if delivery.expires_at is None or at > delivery.expires_at or _quiet(delivery, turn.reminder, at):
        return Unwanted(Delivery.State.EXPIRED, "too late")
    if not turn.reminder.active or delivery.channel not in turn.reminder.channels:
        return Unwanted(Delivery.State.DROPPED, "switched off")
    if turn.patient.user_id != delivery.to_id:
        return Unwanted(Delivery.State.DROPPED, "account closed")
    if not _waiting(turn, delivery):
        return Unwanted(Delivery.State.DROPPED, turn.state)
    if _held(turn):
        return Unwanted(Delivery.State.DROPPED, "held")
    return messages.of_occurrence(delivery, turn)


def _quiet(delivery: Delivery, reminder: Reminder, at: datetime) -> bool:
    """A mail that was late must not ring at night; a snooze is a time the patient chose."""
    quiet = reminder.plan.quiet
    ringing = delivery.channel != Reminder.Channel.INBOX and delivery.due_at < at
    return bool(quiet and ringing and quiet.covers(at.astimezone(reminder.timezone).time()))


def _waiting(turn: Occurrence, delivery: Delivery) -> bool:
    """Still due or put off, and this delivery is of the latest time it was put off to."""
    open_turn = turn.state in (Occurrence.State.DUE, Occurrence.State.SNOOZED)
    return open_turn and delivery.key.startswith(f"reminder:{turn.pk}:{turn.snoozes}:")


def _held(turn: Occurrence) -> bool:
    exercise = turn.reminder.kind == Reminder.Kind.EXERCISE
    return exercise and Flag.objects.holding_exercise().filter(patient=turn.patient_id).exists()

"""Messages to a patient's inbox."""

from datetime import datetime, timedelta

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import messages
from journal.models import Message, OutboxEvent

AGAIN_AFTER = timedelta(hours=24)  # the same words twice a day are pressed twice, not meant twice


def send(*, by: User, at: datetime, patient: Patient, template: str) -> Message:
    """One message in the patient's inbox; a phone is asked to open the app.

    Raises:
        NotFitError: no such template.
        NotPossibleNowError: no account to read it, or the same was sent within a day.
    """
    if template not in messages.TEMPLATES:
        raise NotFitError("There is no such message.")
    with changes.locked(patient) as locked:
        if locked.user_id is None:
            raise NotPossibleNowError("The patient has no account yet.")
        if Message.objects.filter(patient=locked, template=template, at__gt=at - AGAIN_AFTER).exists():
            raise NotPossibleNowError("The same message was sent within the last 24 hours.")
        revision = changes.next_revision(locked)
        sent = Message.objects.create(patient=locked, template=template, by=by, at=at, revision=revision)
        _record(by=by, at=at, patient=locked, verb="message.sent", message=sent)
        kind = OutboxEvent.Kind.MESSAGE_SENT
        OutboxEvent.objects.create(patient=locked, kind=kind, subject_id=sent.pk, at=at)
        return sent


def mark_read(*, by: User, at: datetime, message: Message) -> Message:
    """The patient confirms having read it; the first time counts."""
    with changes.locked(message.patient) as patient:
        message = Message.objects.get(pk=message.pk)
        if message.read_at is None:
            message.read_at = at
            message.revision = changes.next_revision(patient)
            message.save(update_fields=["read_at", "revision"])
            _record(by=by, at=at, patient=patient, verb="message.read", message=message)
        return message


def _record(*, by: User, at: datetime, patient: Patient, verb: str, message: Message) -> None:
    data = {"template": message.template}
    changes.record(by=by, at=at, patient=patient, verb=verb, subject=f"message:{message.pk}", data=data)

"""What a clinic's endpoints and a patient's phones hear of a flag, beside the mails to its people."""

from datetime import datetime, timedelta
from uuid import UUID

from journal.accounts.models import Patient
from journal.content.rule import URGENT
from journal.models import Flag, OutboxEvent
from reminders.models import Delivery, Device, Webhook
from reminders.models.deliveries import WEBHOOK_KEPT

# The app shows a flag in the answer to the entry that raised it; a phone that was looked at needs no push.
TIME_TO_SEE = timedelta(minutes=2)
MESSAGE = str(OutboxEvent.Kind.MESSAGE_SENT)
MESSAGE_KEPT = timedelta(days=7)  # a push; the message itself stays in the inbox
NEWS = {OutboxEvent.Kind.FLAG_OPENED, OutboxEvent.Kind.FLAG_REOPENED}


def tell_endpoints(*, patient: Patient, kind: str, flag_id: UUID, number: str, at: datetime) -> int:
    """One delivery for each endpoint of the clinic; `number` is the same whenever this news is told."""
    endpoints = Webhook.objects.present().filter(clinic=patient.clinic_id).order_by("pk")
    made = Delivery.objects.bulk_create(
        [
            Delivery(
                patient=patient,
                topic=Delivery.Topic.WEBHOOK,
                kind=kind,
                subject_id=flag_id,
                webhook=webhook,
                channel="webhook",
                lane=f"webhook:{webhook.pk}",
                key=f"{kind}:{number}:{flag_id}:{webhook.pk}",
                due_at=at,
                wanted_since=at,
                expires_at=at + WEBHOOK_KEPT,
            )
            for webhook in endpoints
        ],
        ignore_conflicts=True,
    )
    return len(made)


def tell_patient(*, patient: Patient, kind: str, flag_id: UUID, number: str, at: datetime) -> int:
    """A push that asks to open the app, for flags that can't wait; what it says is in the app alone."""
    if kind not in NEWS or patient.user_id is None:
        return 0
    urgent = Flag.objects.filter(pk=flag_id, urgency__in=URGENT)
    if not urgent.exists() or not Device.objects.present().filter(patient=patient).exists():
        return 0
    push = Delivery(
        patient=patient,
        topic=Delivery.Topic.FLAG,
        kind=kind,
        subject_id=flag_id,
        to_id=patient.user_id,
        channel="push",
        key=f"{kind}:{number}:{flag_id}:{patient.user_id}:push",
        due_at=at + TIME_TO_SEE,
        wanted_since=at + TIME_TO_SEE,
    )
    return len(Delivery.objects.bulk_create([push], ignore_conflicts=True))


def tell_of_message(*, patient: Patient, message_id: UUID, at: datetime) -> int:
    """A push that asks to open the app, when there is a phone; the inbox has the message anyway."""
    if patient.user_id is None or not Device.objects.present().filter(patient=patient).exists():
        return 0
    push = Delivery(
        patient=patient,
        topic=Delivery.Topic.REMINDER,
        kind=MESSAGE,
        subject_id=message_id,
        to_id=patient.user_id,
        channel="push",
        key=f"{MESSAGE}:{message_id}:{patient.user_id}:push",
        due_at=at,
        wanted_since=at,
        expires_at=at + MESSAGE_KEPT,
    )
    return len(Delivery.objects.bulk_create([push], ignore_conflicts=True))

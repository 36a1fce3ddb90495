"""From news to deliveries: who is to be told, once for each event, person and channel."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from journal.accounts.models import Clinician, Patient, User
from journal.models import OutboxEvent
from reminders import claims
from reminders.models import Delivery

BATCH = 100
# What the care team is told by mail; the rest of the news needs no message.
FOR_THE_CARE_TEAM = {OutboxEvent.Kind.FLAG_OPENED, OutboxEvent.Kind.FLAG_REOPENED}
CHANNEL = "email"

log = logging.getLogger(__name__)


def run(*, at: datetime) -> int:
    """Relays all waiting news; returns the number of new deliveries. Safe to run twice and in many places."""
    made, last = 0, 0
    while True:
        with transaction.atomic():
            events = claims.outbox(after=last, limit=BATCH)
            made += sum(_relay(event, at=at) for event in events)
        if not events:
            return made
        last = events[-1].pk


def _relay(event: OutboxEvent, *, at: datetime) -> int:
    """The event's deliveries and its mark, in one transaction. News without a recipient stays waiting."""
    people = care_team(event.patient) if event.kind in FOR_THE_CARE_TEAM else []
    if event.kind in FOR_THE_CARE_TEAM and not people:
        log.error("nobody can be told of event %s", event.pk)
        return 0
    made = Delivery.objects.bulk_create(
        [_delivery(event, person, at) for person in people], ignore_conflicts=True
    )
    event.relayed_at = at
    event.save(update_fields=["relayed_at"])
    return len(made)


def _delivery(event: OutboxEvent, person: User, at: datetime) -> Delivery:
    return Delivery(
        patient=event.patient,
        topic=Delivery.Topic.FLAG,
        kind=event.kind,
        subject_id=event.subject_id,
        to=person,
        channel=CHANNEL,
        key=f"{event.kind}:{event.pk}:{event.subject_id}:{person.pk}:{CHANNEL}",
        due_at=at,
    )


def care_team(patient: Patient) -> list[User]:
    """The patient's physiotherapist and the clinic's leads; the whole clinic when nobody is assigned.

    A clinic without anybody at work leaves the operators, so that no flag falls into a void.
    """
    clinicians = Clinician.objects.filter(clinic=patient.clinic_id, user__is_active=True).select_related(
        "user"
    )
    assigned = patient.physiotherapist
    if assigned and clinicians.filter(pk=assigned.pk).exists():
        clinicians = clinicians.filter(Q(pk=assigned.pk) | Q(role=Clinician.Role.LEAD))
    people = [clinician.user for clinician in clinicians.order_by("pk")]
    return people or list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))

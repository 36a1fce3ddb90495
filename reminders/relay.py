"""From news to deliveries: who is to be told, once for each event, person and channel."""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from journal.accounts.models import User
from journal.models import Flag, OutboxEvent
from reminders import claims
from reminders.hours import Hours
from reminders.models import Chase, Delivery
from reminders.team import hooks, pace
from reminders.team.clinics import Clinics
from reminders.team.roster import People

BATCH = 100
# What the care team is told, at once or in the digest, and chased for; the rest of the news needs no message.
FOR_THE_CARE_TEAM = {OutboxEvent.Kind.FLAG_OPENED, OutboxEvent.Kind.FLAG_REOPENED}
CHANNEL, GLASS = "email", "glass.broken"

log = logging.getLogger(__name__)


def run(*, at: datetime) -> int:
    """Relays all waiting news; returns the number of new deliveries. Safe to run twice and in many places."""
    made, last = _tell_of_glasses(at), 0
    while True:
        with transaction.atomic():
            events = claims.outbox(after=last, limit=BATCH)
            clinics = Clinics(at)
            made += sum(_guarded(event, clinics, at=at) for event in events)
        if not events:
            return made
        last = events[-1].pk


@transaction.atomic
def _tell_of_glasses(at: datetime) -> int:
    """The leads of a clinic hear that an operator looked in; all of its people when it has no lead."""
    made = 0
    for glass in claims.glasses(limit=BATCH):
        roster = Clinics(at).roster(glass.clinic)
        people = roster.leads or tuple(one.user for one in roster.clinicians)
        new = [
            Delivery(
                topic=Delivery.Topic.FLAG,
                kind=GLASS,
                subject_id=glass.pk,
                to=person,
                channel=CHANNEL,
                key=f"{GLASS}:{glass.pk}:{person.pk}:{CHANNEL}",
                due_at=at,
                wanted_since=at,
            )
            for person in people
        ]
        made += len(Delivery.objects.bulk_create(new, ignore_conflicts=True))
        glass.told_at = at
        glass.save(update_fields=["told_at"])
    return made


def _guarded(event: OutboxEvent, clinics: Clinics, *, at: datetime) -> int:
    """One event's error costs only that event, which stays waiting; a lost database ends the round."""
    try:
        with transaction.atomic():
            return _relay(event, clinics, at=at)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001  (one bad event must not stop the others)
        log.error("event %s could not be relayed: %s", event.pk, type(error).__name__)
        return 0


def _relay(event: OutboxEvent, clinics: Clinics, *, at: datetime) -> int:
    """The event's deliveries, its chase and its mark. News without a recipient stays waiting."""
    if event.kind == OutboxEvent.Kind.MESSAGE_SENT:
        made = hooks.tell_of_message(patient=event.patient, message_id=event.subject_id, at=at)
    else:
        made = _tell_beside(event, at)
    if event.kind in FOR_THE_CARE_TEAM:
        people = clinics.roster(event.patient.clinic).care_team(event.patient.physiotherapist_id)
        if not people:
            log.error("nobody can be told of event %s", event.pk)
            return 0
        flag = Flag.objects.get(pk=event.subject_id)
        hours = clinics.hours(event.patient.clinic)
        if pace.tells_at_once(flag) or not pace.digest_in_time(flag, at=at, hours=hours):
            made += _tell(event, people, at)
        _begin_chase(event, flag, hours, at)
    event.relayed_at = at
    event.save(update_fields=["relayed_at"])
    return made


def _tell_beside(event: OutboxEvent, at: datetime) -> int:
    """The clinic's endpoints, and the patient's phones."""
    number = str(event.pk)
    patient, kind, flag = event.patient, event.kind, event.subject_id
    made = hooks.tell_endpoints(patient=patient, kind=kind, flag_id=flag, number=number, at=at)
    return made + hooks.tell_patient(patient=patient, kind=kind, flag_id=flag, number=number, at=at)


def _tell(event: OutboxEvent, people: People, at: datetime) -> int:
    new = [_delivery(event, person, at) for person in people]
    return len(Delivery.objects.bulk_create(new, ignore_conflicts=True))


def _begin_chase(event: OutboxEvent, flag: Flag, hours: Hours, at: datetime) -> None:
    """One a flag: news of it starts the chase anew, the same news again changes nothing.

    It counts from when people were told: after an outage nobody is chased in the same moment.
    """
    due = pace.first(flag, began=at, hours=hours)
    begun = {"event_id": event.pk, "began_at": at, "stepped_at": None, "chases": 0, "next_chase_at": due}
    chase, new = Chase.objects.get_or_create(patient=event.patient, flag=flag, defaults=begun)
    if not new:
        Chase.objects.filter(pk=chase.pk, event_id__lt=event.pk).update(**begun)


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
        wanted_since=at,
    )

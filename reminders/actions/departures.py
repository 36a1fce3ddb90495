"""A patient leaves: the record is erased, and those who had a flag of it in hand are told."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from journal.accounts.models import Patient, User
from journal.actions import changes, erasure
from journal.models import Flag
from reminders.models import Delivery
from reminders.models.deliveries import DEPARTURE
from reminders.team.roster import Roster

CHANNEL = "email"


def leave(*, at: datetime, patient: Patient) -> None:
    """Erases the patient; tells the care team of each flag that was neither resolved nor superseded.

    Messages that are out already can't be called back. They hold a short id, and so does this one.
    """
    with changes.locked(patient) as locked:
        waiting = list(Flag.objects.unresolved().filter(patient=locked).values_list("pk", flat=True))
        people = Roster.of(locked.clinic, at=at).care_team(locked.physiotherapist_id) if waiting else ()
        erasure.erase(at=at, patient=locked)
        Delivery.objects.bulk_create(_told(locked, waiting, people, at))


def _told(patient: Patient, flags: list[UUID], people: Iterable[User], at: datetime) -> list[Delivery]:
    return [
        Delivery(
            patient=patient,
            topic=Delivery.Topic.FLAG,
            kind=DEPARTURE,
            subject_id=flag,
            to=person,
            channel=CHANNEL,
            key=f"{DEPARTURE}:{flag}:{person.pk}:{CHANNEL}",
            due_at=at,
            wanted_since=at,
        )
        for person in people
        for flag in flags
    ]

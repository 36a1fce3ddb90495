"""The morning's digest: one mail a person with how much waits: tasks, and flags that are not told at once."""

from datetime import datetime, timedelta

from django.db import transaction

from journal.accounts.models import Clinic, User
from reminders.models import Delivery, Digest
from reminders.team import pace, waiting
from reminders.team.roster import Roster

CHANNEL = "email"
KIND = "flag.digest"


def make_due(*, at: datetime) -> int:
    """Makes today's digest of every clinic that is open and has none yet; the number of new deliveries.

    A clinic opens once a local day, so it gets one digest however often and wherever this runs.
    """
    # Local days lie at most one day before UTC's.
    recent = Digest.objects.filter(day__gte=at.date() - timedelta(days=1))
    made = set(recent.values_list("clinic", "day"))
    total = 0
    for clinic in Clinic.objects.prefetch_related("hours", "holidays").order_by("pk"):
        hours = pace.hours_of(clinic)
        if hours.open_at(at) and (clinic.pk, hours.today(at)) not in made:
            total += _make(clinic, at=at)
    return total


@transaction.atomic
def _make(clinic: Clinic, *, at: datetime) -> int:
    """The digest's row decides between two who come at once; its deliveries are made with it."""
    day = at.astimezone(clinic.timezone).date()
    digest, new = Digest.objects.get_or_create(clinic=clinic, day=day, defaults={"made_at": at})
    if not new:
        return 0
    roster = Roster.of(clinic, at=at)
    told = waiting.readers(waiting.of_clinic(clinic.pk), roster)
    people = dict.fromkeys([*told, *waiting.task_readers(waiting.tasks_of_clinic(clinic.pk, day), roster)])
    return len(Delivery.objects.bulk_create([_delivery(digest, person, at) for person in people]))


def _delivery(digest: Digest, person: User, at: datetime) -> Delivery:
    return Delivery(
        topic=Delivery.Topic.FLAG,
        kind=KIND,
        subject_id=digest.pk,
        to=person,
        channel=CHANNEL,
        key=f"{KIND}:{digest.clinic_id}:{digest.day}:{person.pk}:{CHANNEL}",
        due_at=at,
        wanted_since=at,
    )

"""What waits for whom: a clinic's open flags, counted, without a word of what they say."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from journal.accounts.models import User
from journal.content.rule import URGENT
from journal.models import Flag
from reminders.models import Chase
from reminders.team.roster import People, Roster


@dataclass(frozen=True)
class Waiting:
    """So many open flags of one urgency and one physiotherapist, chased so many steps far."""

    urgency: str
    assigned: int | None
    steps: int
    count: int


def of_clinic(clinic_id: int) -> list[Waiting]:
    chase = Chase.objects.filter(patient=OuterRef("patient_id"), flag=OuterRef("pk"))
    steps = Coalesce(Subquery(chase.values("chases")[:1]), 0)
    flags = Flag.objects.open().filter(patient__clinic=clinic_id).annotate(steps=steps)
    groups = flags.order_by().values_list("urgency", "patient__physiotherapist", "steps")
    return [Waiting(*group) for group in groups.annotate(count=Count("pk"))]


def readers(waiting: list[Waiting], roster: Roster) -> People:
    """Those for whom the morning's digest has something that was not told at once."""
    rest = [group for group in waiting if group.urgency not in URGENT]
    return tuple(dict.fromkeys(one for group in rest for one in roster.reached(group.assigned, group.steps)))


def of_person(waiting: list[Waiting], roster: Roster, person: User) -> Counter[str]:
    """How many open flags have come to this person, by urgency."""
    mine: Counter[str] = Counter()
    for group in waiting:
        if person in roster.reached(group.assigned, group.steps):
            mine[group.urgency] += group.count
    return mine

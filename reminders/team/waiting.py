"""What waits for whom: a clinic's open flags and tasks, counted, without a word of what they say."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from journal.accounts.models import User
from journal.content.rule import URGENT
from journal.models import Flag, Task
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


def tasks_of_clinic(clinic_id: int, day: date) -> Counter[int | None]:
    """How many tasks wait on a local day, by the physiotherapist of their patients."""
    waiting = Task.objects.waiting(day).filter(patient__clinic=clinic_id)
    groups = waiting.order_by().values_list("patient__physiotherapist").annotate(count=Count("pk"))
    return Counter(dict(groups))


def task_readers(tasks: Counter[int | None], roster: Roster) -> People:
    """Those whom tasks go to: the care team of each patient."""
    return tuple(dict.fromkeys(one for assigned in tasks for one in roster.care_team(assigned)))


def tasks_of_person(tasks: Counter[int | None], roster: Roster, person: User) -> int:
    """How many of them are this person's."""
    return sum(count for assigned, count in tasks.items() if person in roster.care_team(assigned))

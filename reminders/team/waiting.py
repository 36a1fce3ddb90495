"""What waits for whom: a clinic's open flags and tasks, counted, without a word of what they say."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from journal.accounts.models import User
from journal.content.rule import URGENT
from journal.models import Flag, OutboxEvent, Task
from reminders.models import Chase
from reminders.team.roster import People, Roster


@dataclass(frozen=True)
class Waiting:
    """So many open flags of one urgency and one physiotherapist, chased so many steps far.

    None steps: nobody was told when they opened and nobody is chased, as of what is found in an old history.
    """

    urgency: str
    assigned: int | None
    steps: int | None
    count: int

    def people(self, roster: Roster) -> People:
        """Those to whom they have come."""
        return roster.reached(self.assigned, self.steps or 0)


def of_clinic(clinic_id: int) -> list[Waiting]:
    chase = Chase.objects.filter(patient=OuterRef("patient_id"), flag=OuterRef("pk"))
    news = OutboxEvent.objects.of_flags().filter(patient=OuterRef("patient_id"), subject_id=OuterRef("pk"))
    under_way = Case(When(Exists(news), then=0))
    steps = Coalesce(Subquery(chase.values("chases")[:1]), under_way)
    flags = Flag.objects.open().filter(patient__clinic=clinic_id).annotate(steps=steps)
    groups = flags.order_by().values_list("urgency", "patient__physiotherapist", "steps")
    return [Waiting(*group) for group in groups.annotate(count=Count("pk"))]


def readers(waiting: list[Waiting], roster: Roster) -> People:
    """Those for whom the morning's digest has something that was not told at once."""
    rest = [group for group in waiting if group.urgency not in URGENT or group.steps is None]
    return tuple(dict.fromkeys(one for group in rest for one in group.people(roster)))


def of_person(waiting: list[Waiting], roster: Roster, person: User) -> Counter[str]:
    """How many open flags have come to this person, by urgency."""
    mine: Counter[str] = Counter()
    for group in waiting:
        if person in group.people(roster):
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

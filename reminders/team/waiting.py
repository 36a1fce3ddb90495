"""What waits for whom: a clinic's open flags and tasks, as numbers and moments or as the rows that the desk
lists, without a word of what they say.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from journal.accounts.models import Clinician, User
from journal.content.rule import URGENT
from journal.models import Flag, OutboxEvent, Task
from reminders.models import Chase
from reminders.team.roster import People, Roster


@dataclass(frozen=True)
class Waiting:
    """When the open flags of one urgency and one physiotherapist, chased so many steps far, are due.

    None steps: nobody was told when they opened and nobody is chased, as of what is found in an old history.
    """

    urgency: str
    assigned: int | None
    steps: int | None
    due: list[datetime]

    def people(self, roster: Roster) -> People:
        """Those to whom they have come."""
        return roster.reached(self.assigned, self.steps or 0)


@dataclass(frozen=True)
class Told:
    """When the open flags that have come to one person by `at` are due, by urgency, the earliest first."""

    at: datetime
    due: dict[str, list[datetime]]

    def __bool__(self) -> bool:
        return bool(self.due)

    def total(self) -> int:
        return sum(map(len, self.due.values()))

    def overdue(self, urgency: str) -> int:
        """As the desk counts: what is due now has passed."""
        return sum(due <= self.at for due in self.due[urgency])

    def next_due(self, urgency: str) -> datetime | None:
        """None when all of them are overdue."""
        return next((due for due in self.due[urgency] if due > self.at), None)


def of_clinic(clinic_id: int) -> list[Waiting]:
    news = OutboxEvent.objects.of_flags().filter(patient=OuterRef("patient_id"), subject_id=OuterRef("pk"))
    under_way = Case(When(Exists(news), then=0))
    steps = Coalesce(_steps(), under_way)
    flags = Flag.objects.open().filter(patient__clinic=clinic_id).annotate(steps=steps)
    groups = flags.order_by().values_list("urgency", "patient__physiotherapist", "steps")
    return [Waiting(*group) for group in groups.annotate(due=ArrayAgg("due_at"))]


def _steps() -> Subquery:
    """How many steps a flag was chased."""
    chase = Chase.objects.filter(patient=OuterRef("patient_id"), flag=OuterRef("pk"))
    return Subquery(chase.values("chases")[:1])


def readers(waiting: list[Waiting], roster: Roster) -> People:
    """Those for whom the morning's digest has something that was not told at once."""
    rest = [group for group in waiting if group.urgency not in URGENT or group.steps is None]
    return tuple(dict.fromkeys(one for group in rest for one in group.people(roster)))


def of_person(waiting: list[Waiting], roster: Roster, person: User) -> Told:
    """The open flags that have come to this person."""
    mine: dict[str, list[datetime]] = {}
    for group in waiting:
        if person in group.people(roster):
            mine.setdefault(group.urgency, []).extend(group.due)
    return Told(roster.at, {urgency: sorted(due) for urgency, due in mine.items()})


def flags_told(flags: QuerySet[Flag], clinician: Clinician, at: datetime) -> QuerySet[Flag]:
    """Those of these flags of the clinic that have come to this colleague: the rows of `of_person`."""
    come = Q(pk__in=[])
    for assigned, steps in _came(Roster.of(clinician.clinic, at=at), clinician):
        come |= Q(patient__physiotherapist=assigned, steps__gte=steps)
    return flags.annotate(steps=Coalesce(_steps(), 0)).filter(come)


def _came(roster: Roster, clinician: Clinician) -> Iterator[tuple[int | None, int]]:
    """By physiotherapist of the patient, after how many steps flags come to this colleague, if ever."""
    for assigned in _assigned(clinician):
        for steps in range(len(roster.rungs(assigned)) + 1):
            if clinician.user in roster.reached(assigned, steps):
                yield assigned, steps
                break


def _assigned(clinician: Clinician) -> Iterator[int | None]:
    """To whom patients of the clinic may be assigned: nobody, or a colleague, of late or still."""
    yield None
    yield from Clinician.objects.filter(clinic=clinician.clinic_id).values_list("pk", flat=True)


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


def tasks_told(tasks: QuerySet[Task], clinician: Clinician, at: datetime) -> QuerySet[Task]:
    """Those of these tasks of the clinic that are this colleague's: the rows of `tasks_of_person`."""
    roster = Roster.of(clinician.clinic, at=at)
    mine = [one for one in _assigned(clinician) if clinician.user in roster.care_team(one)]
    whose = Q(patient__physiotherapist__in=[one for one in mine if one is not None])
    return tasks.filter(whose | Q(patient__physiotherapist=None) if None in mine else whose)

"""Who is told of a flag: at first, and one after the other while nobody acknowledges it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from django.db.models import CharField, DateField, DateTimeField, F, Func
from django.db.models.functions import Cast, Now

from journal.accounts.models import Clinician, Cover, User

People = tuple[User, ...]


@dataclass(frozen=True)
class Roster:
    """The people of one clinic whose accounts are open; the operators where there are none."""

    clinicians: tuple[Clinician, ...]
    operators: People = ()
    covers: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, clinic_id: int) -> Self:
        active = Clinician.objects.filter(clinic=clinic_id, user__is_active=True)
        clinicians = tuple(active.select_related("user").order_by("pk"))
        if clinicians:
            return cls(clinicians, covers=_covers(clinic_id))
        return cls((), tuple(User.objects.filter(is_superuser=True, is_active=True).order_by("pk")))

    def carrying(self, assigned: int | None) -> int | None:
        """Who has the patients of `assigned` today: the one standing in, while that account is open."""
        stands_in = self.covers.get(assigned) if assigned else None
        return stands_in if any(one.pk == stands_in for one in self.clinicians) else assigned

    def care_team(self, assigned: int | None) -> People:
        """Told first: the physiotherapist (an id) and the leads; the whole clinic when nobody is assigned.

        A clinic without anybody at work leaves the operators, so that no flag falls into a void.
        """
        assigned = self.carrying(assigned)
        close = [one for one in self.clinicians if one.pk == assigned]
        team = [one for one in self.clinicians if one.pk == assigned or one.role == Clinician.Role.LEAD]
        return _users(team if close else self.clinicians) or self.operators

    def rungs(self, assigned: int | None) -> list[People]:
        """Told next, a rung a step: who should have acted, those on call in their order, the leads."""
        close = [one for one in self.clinicians if one.pk == self.carrying(assigned)]
        first = _users(close) or self.care_team(assigned)
        on_call = [one for one in self.clinicians if one.on_call and one not in close]
        ordered = sorted(on_call, key=lambda one: (one.on_call or 0, one.pk))
        return [rung for rung in (first, *((one.user,) for one in ordered), self.leads) if rung]

    @property
    def leads(self) -> People:
        return _users([one for one in self.clinicians if one.role == Clinician.Role.LEAD])

    def step(self, assigned: int | None, number: int) -> People:
        """Who is told at step 1, 2, 3 … without end: up the rungs, then round again, with the leads."""
        rungs = self.rungs(assigned)
        if not rungs:
            return ()
        turn = rungs[(number - 1) % len(rungs)]
        return turn if number <= len(rungs) else tuple(dict.fromkeys((*turn, *self.leads)))

    def reached(self, assigned: int | None, steps: int) -> People:
        """Everybody whom a flag has come to after so many steps."""
        climbed = self.rungs(assigned)[:steps]
        return tuple(dict.fromkeys([*self.care_team(assigned), *(one for rung in climbed for one in rung)]))


def _covers(clinic_id: int) -> dict[int, int]:
    """Who stands in for whom on the clinic's local day, by the database's clock."""
    zone = Cast(F("clinic__timezone"), CharField())
    today = Cast(Func(zone, Now(), function="timezone", output_field=DateTimeField()), DateField())
    holds = Cover.objects.alias(today=today).filter(
        clinic=clinic_id, ended_at=None, first_day__lte=F("today"), last_day__gte=F("today")
    )
    return dict(holds.values_list("away", "standing_in"))


def _users(clinicians: Sequence[Clinician]) -> People:
    return tuple(one.user for one in clinicians)

"""Who is told of a flag: at first, and one after the other while nobody acknowledges it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from journal.accounts.models import Clinician, User

People = tuple[User, ...]


@dataclass(frozen=True)
class Roster:
    """The people of one clinic whose accounts are open; the operators where there are none."""

    clinicians: tuple[Clinician, ...]
    operators: People = ()

    @classmethod
    def of(cls, clinic_id: int) -> Self:
        active = Clinician.objects.filter(clinic=clinic_id, user__is_active=True)
        clinicians = tuple(active.select_related("user").order_by("pk"))
        if clinicians:
            return cls(clinicians)
        return cls((), tuple(User.objects.filter(is_superuser=True, is_active=True).order_by("pk")))

    def care_team(self, assigned: int | None) -> People:
        """Told first: the physiotherapist (an id) and the leads; the whole clinic when nobody is assigned.

        A clinic without anybody at work leaves the operators, so that no flag falls into a void.
        """
        close = [one for one in self.clinicians if one.pk == assigned]
        team = [one for one in self.clinicians if one.pk == assigned or one.role == Clinician.Role.LEAD]
        return _users(team if close else self.clinicians) or self.operators

    def rungs(self, assigned: int | None) -> list[People]:
        """Told next, a rung a step: who should have acted, those on call in their order, the leads."""
        close = [one for one in self.clinicians if one.pk == assigned]
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


def _users(clinicians: Sequence[Clinician]) -> People:
    return tuple(one.user for one in clinicians)

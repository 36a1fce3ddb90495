"""Who is told of a flag: at first, and one after the other while nobody acknowledges it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from journal.accounts.models import Clinic, Clinician, Cover, User

People = tuple[User, ...]


@dataclass(frozen=True)
class Roster:
    """The people of one clinic whose accounts are open at a moment; the operators where there are none."""

    at: datetime
    clinicians: tuple[Clinician, ...]
    operators: People = ()
    covers: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, clinic: Clinic, *, at: datetime) -> Self:
        active = Clinician.objects.filter(clinic=clinic, user__is_active=True)
        clinicians = tuple(active.select_related("user").order_by("pk"))
        if clinicians:
            return cls(at, clinicians, covers=_covers(clinic, at))
        return cls(at, (), tuple(User.objects.filter(is_superuser=True, is_active=True).order_by("pk")))

    def carrying(self, assigned: int | None) -> int | None:
        """Who has the patients of `assigned` today: the one standing in, while that account is open."""
        stands_in = self.covers.get(assigned) if assigned else None
        return stands_in if any(one.pk == stands_in for one in self.clinicians) else assigned

    def care_team(self, assigned: int | None) -> People:
        """Told first: the physiotherapist (an id) and the leads; the whole clinic when nobody is assigned.

        A clinic without anybody at work leaves the operators, so that no flag falls into a void.
        """
        close = self.carrying(assigned)
        if all(one.pk != close for one in self.clinicians):
            return _users(self.clinicians) or self.operators
        leads = {one.pk for one in self._leading()}
        return _users([one for one in self.clinicians if one.pk == close or one.pk in leads])

    def rungs(self, assigned: int | None) -> list[People]:
        """Told next, a rung a step: who should have acted, those on call in their order, the leads."""
        close = [one for one in self.clinicians if one.pk == self.carrying(assigned)]
        first = _users(close) or self.care_team(assigned)
        listed = sorted((one for one in self.clinicians if one.on_call), key=_turn_on_call)
        on_call = [one for one in self._present(listed) if one not in close]
        return [rung for rung in (first, *((one.user,) for one in on_call), self.leads) if rung]

    @property
    def leads(self) -> People:
        return _users(self._leading())

    def _leading(self) -> list[Clinician]:
        return self._present([one for one in self.clinicians if one.role == Clinician.Role.LEAD])

    def _present(self, people: Sequence[Clinician]) -> list[Clinician]:
        """In their order, each once; somebody on leave is left to the one who stands in."""
        here = {one.pk: one for one in self.clinicians}
        carried = (self.carrying(one.pk) for one in people)
        return list(dict.fromkeys(here[pk] for pk in carried if pk in here))

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


def _turn_on_call(one: Clinician) -> tuple[int, int]:
    return one.on_call or 0, one.pk


def _covers(clinic: Clinic, at: datetime) -> dict[int, int]:
    """Who stands in for whom on the clinic's local day."""
    holds = Cover.objects.on(at.astimezone(clinic.timezone).date()).filter(clinic=clinic)
    return dict(holds.values_list("away", "standing_in"))


def _users(clinicians: Sequence[Clinician]) -> People:
    return tuple(one.user for one in clinicians)

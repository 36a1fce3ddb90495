"""What each colleague carries: patients, flags that wait, and what was closed lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from journal.accounts.models import Clinic, Clinician, Patient
from journal.models import Flag, FlagAction

CLOSED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """One colleague's, or what is nobody's when `clinician` is None. `closed`: by this person, in 30 days."""

    clinician: Clinician | None
    patients: int
    open: int
    acknowledged: int
    overdue: int
    closed: int | None


def of(clinic: Clinic, as_of: datetime) -> list[Load]:
    """Those with most open flags first, what is nobody's last: four statements, however many people."""
    flags = _flags(clinic, as_of)
    patients = _counted(Patient.objects.filter(clinic=clinic), "physiotherapist")
    closed = _closed(clinic, as_of)
    people = Clinician.objects.filter(clinic=clinic, user__is_active=True).select_related("user")
    loads = [
        Load(one, patients.get(one.pk, 0), *flags.get(one.pk, (0, 0, 0)), closed.get(one.user_id, 0))
        for one in people
    ]
    nobodys = Load(None, patients.get(None, 0), *flags.get(None, (0, 0, 0)), None)
    return [*sorted(loads, key=lambda it: (-it.open, -it.patients, str(it.clinician))), nobodys]


def _flags(clinic: Clinic, as_of: datetime) -> dict[int | None, tuple[int, int, int]]:
    """Open, acknowledged and overdue, by owner."""
    found = (
        Flag.objects.unresolved()
        .filter(patient__clinic=clinic)
        .order_by()
        .values_list("owner")
        .annotate(
            open=Count("pk", filter=Q(status=Flag.Status.OPEN)),
            acknowledged=Count("pk", filter=Q(status=Flag.Status.ACKNOWLEDGED)),
            overdue=Count("pk", filter=Q(due_at__lte=as_of)),
        )
    )
    return {owner: (open_, known, late) for owner, open_, known, late in found}


def _counted(patients: QuerySet[Patient], by: str) -> dict[int | None, int]:
    return dict(patients.order_by().values_list(by).annotate(count=Count("pk")))


def _closed(clinic: Clinic, as_of: datetime) -> dict[int, int]:
    done = FlagAction.objects.filter(
        flag__patient__clinic=clinic,
        kind=FlagAction.Kind.RESOLVE,
        at__gt=as_of - timedelta(days=CLOSED_DAYS),
    )
    return dict(done.order_by().values_list("by").annotate(count=Count("pk")))

"""Who looks after whom: handing patients over, and standing in during leave."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from journal.accounts.models import Clinic, ClinicChange, Clinician, Cover, Patient, User
from journal.actions import patients
from journal.actions.refusals import NotPossibleNowError


@transaction.atomic
def hand_over(
    *,
    by: User | None,
    at: datetime,
    giving: Clinician,
    taking: Clinician,
    chosen: Iterable[Patient] | None = None,
    note: str = "",
) -> int:
    """The patients of one physiotherapist, all or those chosen, become another's; how many.

    Raises:
        NotPossibleNowError: the two are one person, or of two clinics, or a chosen patient is another's.
    """
    _of_one_clinic(giving, taking)
    theirs = Patient.objects.filter(physiotherapist=giving).order_by("pk")
    wanted = None if chosen is None else {patient.pk for patient in chosen}
    found = [patient for patient in theirs if wanted is None or patient.pk in wanted]
    if wanted is not None and wanted != {patient.pk for patient in found}:
        raise NotPossibleNowError("Only patients of the one who hands over can be handed over.")
    for patient in found:
        patients.assign(by=by, at=at, patient=patient, physiotherapist=taking, note=note)
    said = {"from": giving.pk, "to": taking.pk, "patients": len(found)}
    _record(by=by, at=at, clinic=giving.clinic, verb="clinic.handed-over", data=said)
    return len(found)


@transaction.atomic
def cover(
    *,
    by: User | None,
    at: datetime,
    away: Clinician,
    standing_in: Clinician,
    first_day: date,
    last_day: date,
) -> Cover:
    """From the first to the last local day of the clinic, both included, the patients of `away` count as
    those of `standing_in`: in their list, and for whom flags go to.

    Raises:
        NotPossibleNowError: one person, two clinics, the last day before the first, or covered already.
    """
    _of_one_clinic(away, standing_in)
    if last_day < first_day:
        raise NotPossibleNowError("The last day of a leave can't lie before its first.")
    Clinic.objects.select_for_update(no_key=True).get(pk=away.clinic_id)
    known = Cover.objects.filter(away=away, ended_at=None, first_day__lte=last_day, last_day__gte=first_day)
    if known.exists():
        raise NotPossibleNowError("Somebody stands in for some of these days already.")
    made = Cover.objects.create(
        clinic=away.clinic,
        away=away,
        standing_in=standing_in,
        first_day=first_day,
        last_day=last_day,
        by=by,
        at=at,
    )
    said = {"away": away.pk, "standing_in": standing_in.pk, "cover": made.pk}
    _record(by=by, at=at, clinic=away.clinic, verb="clinic.covered", data=said)
    return made


@transaction.atomic
def end_cover(*, by: User | None, at: datetime, cover: Cover) -> Cover:
    """Back earlier than planned.

    Raises:
        NotPossibleNowError: ended already.
    """
    found = Cover.objects.select_for_update().get(pk=cover.pk)
    if found.ended_at:
        raise NotPossibleNowError("This has ended already.")
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    _record(by=by, at=at, clinic=found.clinic, verb="clinic.cover-ended", data={"cover": found.pk})
    return found


def _of_one_clinic(one: Clinician, other: Clinician) -> None:
    if one.pk == other.pk or one.clinic_id != other.clinic_id:
        raise NotPossibleNowError("This takes two people of the same clinic.")


def _record(*, by: User | None, at: datetime, clinic: Clinic, verb: str, data: dict[str, Any]) -> None:
    ClinicChange.objects.create(clinic=clinic, verb=verb, by=by, at=at, data=data)

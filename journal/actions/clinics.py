"""A clinic, who works in it, and when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from journal.accounts.models import Clinic, ClinicChange, ClinicHoliday, ClinicHours, Clinician, User
from journal.actions import accounts
from journal.actions.refusals import NotFitError, NotPossibleNowError


def open_clinic(
    *, slug: str, name: str, timezone: str, phone: str = "", emergency_number: str = "112"
) -> Clinic:
    """A clinic without people; `timezone` is an IANA name."""
    return Clinic.objects.create(
        slug=slug, name=name, timezone=timezone, phone=phone, emergency_number=emergency_number
    )


@transaction.atomic
def add_clinician(
    *, by: User | None, at: datetime, clinic: Clinic, user: User, role: Clinician.Role
) -> Clinician:
    """The person sees the clinic's patients from now on, when the account is one of staff."""
    made = Clinician.objects.create(clinic=clinic, user=user, role=role)
    data = {"clinician": made.pk, "role": role}
    _record(by=by, at=at, clinic=clinic, verb="clinic.clinician-added", data=data)
    return made


@transaction.atomic
def change_role(*, by: User | None, at: datetime, clinician: Clinician, role: Clinician.Role) -> Clinician:
    """What the person is to the clinic from now on. Every session ends, as it was one of the earlier role; a
    mail says so.

    Raises:
        NotPossibleNowError: it is the role already, one's own, or the clinic would be without a lead.
    """
    if by is not None and by.pk == clinician.user_id:
        raise NotPossibleNowError("Somebody else has to do this for you.")
    _lock(clinician.clinic)
    found = Clinician.objects.select_related("user").get(pk=clinician.pk)
    if found.role == role:
        raise NotPossibleNowError("This is the person’s role already.")
    leads = Clinician.objects.filter(clinic=found.clinic_id, role=Clinician.Role.LEAD, user__is_active=True)
    if found.role == Clinician.Role.LEAD and not leads.exclude(pk=found.pk).exists():
        raise NotPossibleNowError("A clinic has at least one lead.")
    data = {"clinician": found.pk, "role": role, "was": found.role}
    found.role = role
    found.save(update_fields=["role"])
    accounts.sign_out_everywhere(by=by, at=at, user=found.user)
    _record(by=by, at=at, clinic=clinician.clinic, verb="clinic.role-changed", data=data)
    accounts.tell(user=found.user, what="role_changed")
    return found


@transaction.atomic
def set_hours(
    *, by: User | None, at: datetime, clinic: Clinic, week: Mapping[int, tuple[time, time]]
) -> list[ClinicHours]:
    """The week from now on: local opening and closing time by weekday (Monday is 0); others are closed.

    Raises:
        NotPossibleNowError: no weekday at all, one beyond 6, or a closing time before its opening time.
    """
    if not week or any(
        day not in ClinicHours.Weekday.values or opens >= closes for day, (opens, closes) in week.items()
    ):
        raise NotPossibleNowError("A clinic opens on at least one weekday, and closes later than it opens.")
    _lock(clinic)
    clinic.hours.all().delete()
    rows = [
        ClinicHours(clinic=clinic, weekday=day, opens=opens, closes=closes)
        for day, (opens, closes) in sorted(week.items())
    ]
    _record(by=by, at=at, clinic=clinic, verb="clinic.hours", data={"week": [str(row) for row in rows]})
    return ClinicHours.objects.bulk_create(rows)


@transaction.atomic
def add_holiday(*, by: User | None, at: datetime, clinic: Clinic, day: date, name: str = "") -> ClinicHoliday:
    """The clinic is closed on a local day. The same day again only changes the name.

    Raises:
        NotFitError: the day has passed in the clinic's zone; nothing would follow from it.
    """
    if day < at.astimezone(clinic.timezone).date():
        raise NotFitError("This day has passed.").at("/day")
    holiday, _ = ClinicHoliday.objects.update_or_create(clinic=clinic, day=day, defaults={"name": name})
    _record(by=by, at=at, clinic=clinic, verb="clinic.holiday-added", data={"day": day.isoformat()})
    return holiday


@transaction.atomic
def remove_holiday(*, by: User | None, at: datetime, clinic: Clinic, day: date) -> bool:
    """The clinic works on that day after all; whether it was a holiday."""
    removed, _ = clinic.holidays.filter(day=day).delete()
    if removed:
        _record(by=by, at=at, clinic=clinic, verb="clinic.holiday-removed", data={"day": day.isoformat()})
    return bool(removed)


@transaction.atomic
def set_on_call(*, by: User | None, at: datetime, clinic: Clinic, order: Sequence[Clinician]) -> None:
    """Who is told next of a flag that nobody acknowledges, in this order; everybody else is not on call.

    Raises:
        NotPossibleNowError: somebody of another clinic, or the same person twice.
    """
    ids = [clinician.pk for clinician in order]
    if len(set(ids)) != len(ids) or any(clinician.clinic_id != clinic.pk for clinician in order):
        raise NotPossibleNowError("The on-call order names people of this clinic, each once.")
    _lock(clinic)
    clinic.clinicians.update(on_call=None)
    for place, clinician in enumerate(order, start=1):
        clinician.on_call = place
        clinician.save(update_fields=["on_call"])
    _record(by=by, at=at, clinic=clinic, verb="clinic.on-call", data={"clinicians": ids})


def _lock(clinic: Clinic) -> None:
    """Two leads who save at once take turns."""
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)


def _record(*, by: User | None, at: datetime, clinic: Clinic, verb: str, data: dict[str, Any]) -> None:
    ClinicChange.objects.create(clinic=clinic, verb=verb, by=by, at=at, data=data)

"""What changes about a patient's own settings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from journal.accounts.models import Assignment, Clinician, Patient, User
from journal.actions import changes
from journal.actions.refusals import NotPossibleNowError
from journal.models import CareItem, Flag


def settle(
    *, by: User | None, at: datetime, patient: Patient, timezone: str | None, language: str | None
) -> Patient:
    """The patient's home zone (IANA name) and language; None leaves as it is, and what is so already changes
    nothing.
    """
    with changes.locked(patient) as locked:
        before = (locked.timezone.key, locked.language)
        wanted = (timezone or before[0], before[1] if language is None else language)
        if wanted == before:
            return locked
        locked.timezone, locked.language = ZoneInfo(wanted[0]), wanted[1]
        changes.next_revision(locked)
        locked.save(update_fields=["timezone", "language"])
        if locked.language != before[1]:  # phones hear of flags and plan again, in the other language
            Flag.objects.filter(patient=locked).update(revision=locked.revision)
            CareItem.objects.filter(patient=locked).update(revision=locked.revision)
        changes.record(by=by, at=at, patient=locked, verb="patient.settled", subject=f"patient:{locked.pk}")
        return locked


def assign(
    *, by: User | None, at: datetime, patient: Patient, physiotherapist: Clinician, note: str = ""
) -> Patient:
    """The physiotherapist to whom the patient's flags go first, from now on; who it was before is kept.

    Raises:
        NotPossibleNowError: somebody of another clinic.
    """
    with changes.locked(patient) as locked:
        if physiotherapist.clinic_id != locked.clinic_id:
            raise NotPossibleNowError("Patients are assigned to people of their own clinic.")
        if physiotherapist.pk == locked.physiotherapist_id:
            return locked
        Assignment.objects.filter(patient=locked, until=None).update(until=at)
        Assignment.objects.create(patient=locked, physiotherapist=physiotherapist, since=at, by=by, note=note)
        locked.physiotherapist = physiotherapist
        changes.next_revision(locked)
        locked.save(update_fields=["physiotherapist"])
        changes.record(by=by, at=at, patient=locked, verb="patient.assigned", subject=f"patient:{locked.pk}")
        return locked

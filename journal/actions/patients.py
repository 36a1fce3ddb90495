"""What changes about a patient's own settings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from journal.accounts.models import Clinician, Patient, User
from journal.actions import changes


def settle(
    *, by: User | None, at: datetime, patient: Patient, timezone: str | None, language: str | None
) -> Patient:
    """The patient's home zone (IANA name) and language; None leaves as it is."""
    with changes.locked(patient) as locked:
        if timezone is not None:
            locked.timezone = ZoneInfo(timezone)
        if language is not None:
            locked.language = language
        changes.next_revision(locked)
        locked.save(update_fields=["timezone", "language"])
        changes.record(by=by, at=at, patient=locked, verb="patient.settled", subject=f"patient:{locked.pk}")
        return locked


def assign(*, by: User | None, at: datetime, patient: Patient, physiotherapist: Clinician) -> Patient:
    """The physiotherapist to whom the patient's flags go first."""
    with changes.locked(patient) as locked:
        locked.physiotherapist = physiotherapist
        changes.next_revision(locked)
        locked.save(update_fields=["physiotherapist"])
        changes.record(by=by, at=at, patient=locked, verb="patient.assigned", subject=f"patient:{locked.pk}")
        return locked

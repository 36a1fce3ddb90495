"""A clinic, its people, a patient, a flag: rows as the actions would leave them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.models import Flag, OutboxEvent

ENROLLED = datetime(2026, 1, 1, 8, tzinfo=UTC)


def a_clinic(slug: str = "hill") -> Clinic:
    return Clinic.objects.create(slug=slug, name=f"{slug} clinic")


def a_clinician(
    clinic: Clinic, name: str, *, role: str = "physiotherapist", active: bool = True
) -> Clinician:
    user = User.objects.create(email=f"{name}@clinic.example", is_staff=True, is_active=active)
    return Clinician.objects.create(user=user, clinic=clinic, role=role)


def a_patient(clinic: Clinic, name: str = "pat", *, zone: str = "Europe/Berlin", **fields: Any) -> Patient:
    user = User.objects.create(email=f"{name}@home.example")
    return Patient.objects.create(user=user, clinic=clinic, timezone=zone, enrolled_at=ENROLLED, **fields)


def a_flag(patient: Patient, *, at: datetime, pattern: str = "hip-fracture", **fields: Any) -> Flag:
    """An open flag and its news, as an entry leaves them."""
    fields = {
        "urgency": "emergency-now",
        "due_at": at + timedelta(minutes=15),
        "holds_exercise": pattern in ("hip-fracture", "sudden-back-pain"),
        **fields,
    }
    day = at.astimezone(patient.timezone).date()
    flag = Flag.objects.create(
        patient=patient,
        pattern=pattern,
        rule_version=1,
        day=day,
        met={"whole": [day.isoformat()]},
        last_met=day,
        evidence={},
        why="Your new hip pain after a fall",
        why_clinician="hip 9/10 after a fall",
        raised_at=at,
        revision=1,
        **fields,
    )
    OutboxEvent.objects.create(patient=patient, kind="flag.opened", subject_id=flag.pk, at=at)
    return flag

"""A small cast: clinics, staff, patients and what they logged, saved as rows."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.content.rule import Urgency
from journal.models import Entry, Flag

PASSWORD = "a quiet walk by the river"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

BACK_PAIN = {
    "pains": [
        {
            "site": "lumbar",
            "side": "midline",
            "severity": 8,
            "onset": "sudden",
            "quality": ["sharp"],
            "radiates_to": None,
            "worse_with": ["standing"],
            "better_with": ["lying"],
        }
    ],
    "neuro": [],
    "activity": [{"type": "walking", "minutes": 20}],
}


def signed_in(client: Client, user: User) -> None:
    """With the password, just now: `force_login` alone showed nothing that an export would take."""
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, method="password")
    request.session.save()


@cache
def _hashed() -> str:
    """Hashed once for the whole run: a good hash is slow by design."""
    return make_password(PASSWORD)


def clinic(slug: str = "hill", timezone: str = "Europe/Berlin") -> Clinic:
    return Clinic.objects.create(slug=slug, name=f"Clinic {slug.title()}", timezone=timezone)


def clinician(
    at: Clinic, email: str = "mira@hill.example", *, lead: bool = False, name: str = "Mira Sol"
) -> User:
    """A member of staff who can sign in with PASSWORD."""
    first, last = name.split(" ", 1)
    user = User.objects.create(
        email=email, password=_hashed(), is_staff=True, first_name=first, last_name=last
    )
    role = Clinician.Role.LEAD if lead else Clinician.Role.PHYSIOTHERAPIST
    Clinician.objects.create(user=user, clinic=at, role=role)
    return user


def patient(at: Clinic, name: str = "Ada Berg", timezone: str = "Europe/Berlin", **fields: Any) -> Patient:
    return Patient.objects.create(clinic=at, name=name, timezone=timezone, enrolled_at=NOW, **fields)


def entry(of: Patient, report: dict[str, Any] | None = None, at: datetime = NOW, **fields: Any) -> Entry:
    local = at.astimezone(ZoneInfo(str(of.timezone)))
    offset = local.utcoffset()
    assert offset is not None
    return Entry.objects.create(
        patient=of,
        client_id=uuid.uuid4(),
        recorded_at=at,
        received_at=at + timedelta(seconds=4),
        utc_offset=int(offset.total_seconds() // 60),
        timezone=str(of.timezone),
        local_date=local.date(),
        report=BACK_PAIN if report is None else report,
        digest="0" * 64,
        revision=1,
        **fields,
    )


def flag(of: Patient, urgency: Urgency = Urgency.SAME_DAY, at: datetime = NOW, **fields: Any) -> Flag:
    day = at.astimezone(ZoneInfo(str(of.timezone))).date()
    standard: dict[str, Any] = {
        "pattern": "sudden-back-pain",
        "rule_version": 1,
        "day": day,
        "met": {"whole": [day.isoformat()]},
        "last_met": day,
        "evidence": {},
        "why": "You logged strong back pain that came on suddenly.",
        "why_clinician": "Sudden lower back pain 8 of 10, usual level 3.",
        "raised_at": at,
        "due_at": at + timedelta(hours=24),
        "revision": 1,
    }
    return Flag.objects.create(patient=of, urgency=urgency, **{**standard, **fields})

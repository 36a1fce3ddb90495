"""A clinic, an invitation, a signed-up phone."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from journal.accounts.models import Clinic, Patient
from journal.actions import invitations
from tests.api.phone import Phone


@pytest.fixture
def clinic(db: None) -> Clinic:
    return Clinic.objects.create(slug="hill", name="Hill clinic", phone="030 1234")


@pytest.fixture
def invite(clinic: Clinic) -> Callable[..., str]:
    def code(**profile: object) -> str:
        return invitations.create(by=None, at=timezone.now(), clinic=clinic, profile=profile)[1]  # type: ignore[arg-type]

    return code


@pytest.fixture
def phone(invite: Callable[..., str]) -> Phone:
    """The phone of a patient of 72."""
    phone = Phone()
    status, _ = phone.sign_up(invite(age=72, history=["osteoporosis"]))
    assert status == 200
    return phone


@pytest.fixture
def patient(phone: Phone) -> Patient:
    return Patient.objects.get()

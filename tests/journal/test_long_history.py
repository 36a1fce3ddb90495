"""What the rules are shown of a long history."""

from datetime import UTC, datetime, timedelta

import pytest

from journal.accounts.models import Clinic, Patient
from journal.actions import entries, invitations
from journal.models import Flag
from tests.support.said import said

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def patient() -> Patient:
    clinic = Clinic.objects.create(slug="hill", name="Hill clinic")
    profile = invitations.Profile(age=70)
    at = NOW - timedelta(days=800)
    return invitations.enrol(at=at, clinic=clinic, profile=profile, timezone="UTC", user=None)


def test_a_height_of_two_years_ago_is_still_the_reference(patient: Patient) -> None:
    said(patient, at=NOW - timedelta(days=790), height_cm=165.0)
    said(patient, at=NOW - timedelta(days=789), height_cm=164.0)
    said(patient, at=NOW - timedelta(days=100), height_cm=163.5)
    assert not Flag.objects.exists()
    said(patient, at=NOW, height_cm=162.5)
    flag = Flag.objects.get()
    assert flag.pattern == "height-recheck"
    assert flag.numbers == {"height_cm": 162.5, "loss_cm": 2.0}


def test_a_withdrawn_height_is_no_reference(patient: Patient) -> None:
    first = said(patient, at=NOW - timedelta(days=790), height_cm=165.0)
    said(patient, at=NOW - timedelta(days=700), height_cm=163.0)
    entries.withdraw(by=None, at=NOW - timedelta(days=690), patient=patient, client_id=first)
    said(patient, at=NOW, height_cm=162.5)
    assert not Flag.objects.filter(supported=True).exists()


def test_a_late_entry_changes_the_flags_of_the_days_after_it(patient: Patient) -> None:
    """A fall 200 days ago, told late, makes the one of last month a second one."""
    fell = [{"kind": "fall", "injury": False}]
    said(patient, at=NOW - timedelta(days=30), falls=fell)
    assert not Flag.objects.exists()
    said(patient, at=NOW - timedelta(days=200), received=NOW, falls=fell)
    flag = Flag.objects.get()
    assert (flag.pattern, flag.day) == ("recurrent-falls", (NOW - timedelta(days=30)).date())
    assert flag.raised_at == NOW

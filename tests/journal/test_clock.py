"""Silence after an urgent flag is noticed by the clock, once, on the patient's own day."""

from datetime import UTC, datetime, timedelta

import pytest

from journal.accounts.models import Patient, User
from journal.actions import accounts, clinics, clock, flags, invitations
from journal.models import Change, Flag
from tests.support.said import said

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SUDDEN = [{"site": "lumbar", "side": "midline", "severity": 8, "onset": "sudden"}]
SADDLE = [{"symptom": "saddle_numbness", "site": "saddle"}]


@pytest.fixture
def patient() -> Patient:
    """Lives in Auckland, where the day begins 13 hours before UTC's."""
    zone = "Pacific/Auckland"
    clinic = clinics.open_clinic(slug="hill", name="Hill clinic", timezone=zone)
    return invitations.enrol(at=MONDAY, clinic=clinic, profile={"age": 70}, timezone=zone, user=None)


def silent() -> list[Flag]:
    return list(Flag.objects.filter(pattern="silent-after-flag"))


def test_silence_is_a_flag_from_the_third_local_day_on(patient: Patient) -> None:
    said(patient, at=MONDAY, pains=SUDDEN)
    third_day = datetime(2026, 3, 4, 11, tzinfo=UTC)  # midnight in Auckland
    assert clock.run(at=third_day - timedelta(minutes=1)) == []
    [opened] = clock.run(at=third_day)
    assert [opened] == silent()
    assert (opened.urgency, opened.day.isoformat()) == ("same-day", "2026-03-05")


def test_an_entry_or_an_acknowledgement_in_between_is_no_silence(patient: Patient) -> None:
    said(patient, at=MONDAY, pains=SUDDEN)
    flags.acknowledge(by=_somebody(), at=MONDAY + timedelta(days=1), flag=Flag.objects.get())
    assert clock.run(at=MONDAY + timedelta(days=4)) == []
    said(patient, at=MONDAY + timedelta(days=20), neuro=SADDLE)
    said(patient, at=MONDAY + timedelta(days=21), pains=[])
    assert clock.run(at=MONDAY + timedelta(days=24)) == []


def test_a_second_silence_joins_the_first_and_then_the_clock_writes_nothing_more(patient: Patient) -> None:
    said(patient, at=MONDAY, pains=SUDDEN)
    assert len(clock.run(at=MONDAY + timedelta(days=3))) == 1
    said(patient, at=MONDAY + timedelta(days=4), neuro=SADDLE)
    assert clock.run(at=MONDAY + timedelta(days=8)) == []
    [flag] = silent()
    assert len(flag.days_met) == 2
    written = Change.objects.count()
    assert clock.run(at=MONDAY + timedelta(days=8, minutes=15)) == []
    assert Change.objects.count() == written


def _somebody() -> User:
    return accounts.open_account(at=MONDAY, email="thea@example.org", name="Thea", encoded_password="")

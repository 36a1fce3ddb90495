"""A consent that is taken back stops reminders at once, also those that already wait to be sent."""

from datetime import timedelta

import pytest

from journal.accounts.models import Clinic, Consent, Patient
from journal.actions import consents
from journal.content.consents import REMINDERS
from reminders.models import Delivery
from tests.reminders.test_delivery import PAT, TEN, THEA, due, raised, send
from tests.support.people import a_patient
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db


def agree(patient: Patient) -> None:
    consents.given_at_sign_up(by=None, at=TEN - timedelta(days=9), patient=patient, versions=None)


def take_back(patient: Patient, purpose: str = "reminders") -> None:
    consents.withdraw(by=None, at=TEN, patient=patient, purpose=purpose)


def test_a_reminder_that_waits_is_dropped_on_every_channel(patient: Patient, mailbox: Mailbox) -> None:
    agree(patient)
    due(patient)
    take_back(patient)
    send("reminder")
    assert mailbox.mails == []
    rows = Delivery.objects.filter(topic="reminder")
    assert set(rows.values_list("state", "last_error")) == {("dropped", "consent withdrawn")}
    assert rows.count() >= 1


def test_with_the_consent_it_is_sent(patient: Patient, mailbox: Mailbox) -> None:
    agree(patient)
    due(patient)
    send("reminder")
    assert len(mailbox.to(PAT)) == 1


def test_one_taken_back_and_given_again_is_sent(patient: Patient, mailbox: Mailbox) -> None:
    agree(patient)
    take_back(patient)
    consents.give(by=None, at=TEN, patient=patient, purpose="reminders", version=REMINDERS.version)
    due(patient)
    send("reminder")
    assert len(mailbox.to(PAT)) == 1


def test_an_earlier_version_counts_until_it_is_taken_back(patient: Patient, mailbox: Mailbox) -> None:
    Consent.objects.create(patient=patient, purpose="reminders", version="2019", given_at=TEN)
    due(patient)
    send("reminder")
    assert len(mailbox.to(PAT)) == 1


def test_who_agreed_to_the_journal_alone_gets_none(patient: Patient, mailbox: Mailbox) -> None:
    Consent.objects.create(patient=patient, purpose="journal", version="2026-11", given_at=TEN)
    due(patient)
    send("reminder")
    assert mailbox.mails == []


def test_a_flag_reaches_the_clinic_whatever_was_taken_back(patient: Patient, mailbox: Mailbox) -> None:
    agree(patient)
    take_back(patient, "journal")
    take_back(patient)
    raised(patient)
    send("flag")
    assert len(mailbox.to(THEA)) == 1


def test_one_patients_refusal_is_not_anothers(clinic: Clinic, patient: Patient, mailbox: Mailbox) -> None:
    other = a_patient(clinic, "quinn")
    for one in (patient, other):
        agree(one)
        due(one)
    take_back(patient)
    send("reminder")
    assert (mailbox.to(PAT), len(mailbox.to("quinn@home.example"))) == ([], 1)

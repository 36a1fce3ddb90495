"""A consent that is taken back stops reminders at once, also those that already wait to be sent."""

from datetime import timedelta

import pytest

from journal.accounts.models import Clinic, Consent, Patient
from journal.actions import consents
from journal.content.consents import REMINDERS
from reminders.actions import occurrences, planning
from reminders.models import Delivery
from tests.reminders.test_delivery import PAT, TEN, THEA, due, put_off, raised, send
from tests.support.browser_push import Browser
from tests.support.peer import Peer
from tests.support.people import a_patient
from tests.support.phones import a_phone
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db


def agree(patient: Patient) -> None:
    consents.given_at_sign_up(by=None, at=TEN - timedelta(days=9), patient=patient, versions=None)


def take_back(patient: Patient, purpose: str = "reminders") -> None:
    consents.withdraw(by=None, at=TEN, patient=patient, purpose=purpose)


@pytest.mark.usefixtures("vapid")
def test_what_waits_is_dropped_for_the_phone_and_the_mailbox(
    patient: Patient, mailbox: Mailbox, peer: Peer
) -> None:
    agree(patient)
    a_phone(patient, Browser(peer.url("/push/1")).subscription, at=TEN)
    due(patient, channels=["push", "email", "inbox"])
    rows = Delivery.objects.filter(topic="reminder")
    assert set(rows.values_list("channel", "state")) == {
        *(("push", "waiting"), ("email", "waiting"), ("inbox", "sent"))
    }
    take_back(patient)
    send("reminder")
    assert (mailbox.mails, peer.calls) == ([], [])
    assert set(rows.values_list("channel", "state", "last_error")) == {
        *(("push", "dropped", "consent"), ("email", "dropped", "consent"), ("inbox", "sent", ""))
    }


def test_what_was_put_off_comes_back_into_no_inbox(patient: Patient) -> None:
    agree(patient)
    due(patient, channels=["inbox"])
    put_off(patient)
    take_back(patient)
    send("reminder", at=TEN + occurrences.SNOOZE)
    again = Delivery.objects.get(due_at=TEN + occurrences.SNOOZE)
    assert (again.state, again.last_error) == ("dropped", "consent")


@pytest.mark.usefixtures("vapid")
def test_nothing_more_rings_the_next_day(patient: Patient, mailbox: Mailbox, peer: Peer) -> None:
    agree(patient)
    a_phone(patient, Browser(peer.url("/push/1")).subscription, at=TEN)
    take_back(patient)
    due(patient, channels=["push", "email", "inbox"])
    for day in range(1, 4):
        planning.plan_due(at=TEN + timedelta(days=day))
        send("reminder", at=TEN + timedelta(days=day, minutes=1))
    assert (mailbox.mails, peer.calls) == ([], [])
    assert not Delivery.objects.filter(topic="reminder", state="sent").exists()


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

"""Who hangs delays nobody else: ways and channels have their share of the threads, and no more."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from journal.accounts.models import Clinic, Patient
from reminders import relay
from reminders.actions import occurrences, webhooks
from reminders.deliver import dispatch, outcomes
from reminders.models import Delivery, Tally
from tests.reminders.test_delivery import TEN, due, put_off, send
from tests.support.browser_push import Browser
from tests.support.peer import Peer
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.phones import a_phone
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

MANY = 12
# Seconds that somebody who hangs is waited for: long enough for the others on a busy machine.
SLOW = 1.5


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """In which order outcomes came: the way, and what came of it."""
    seen: list[tuple[str, str]] = []
    record = outcomes.record

    def note(delivery: Delivery, outcome: outcomes.Outcome, *, at: datetime) -> None:
        seen.append((delivery.way, "sent" if outcome is None else "not"))
        record(delivery, outcome, at=at)

    monkeypatch.setattr(outcomes, "record", note)
    return seen


def endpoint(slug: str, url: str, flags: int) -> Patient:
    clinic = a_clinic(slug)
    a_clinician(clinic, f"t-{slug}")
    webhooks.add(by=None, at=TEN, clinic=clinic, url=url)
    patient = a_patient(clinic, slug)
    for number in range(flags):
        a_flag(patient, at=TEN, pattern=f"pattern-{number}")
    return patient


def test_an_endpoint_that_hangs_with_much_to_hear_delays_no_other(
    db: None, peer: Peer, settings: Any, order: list[tuple[str, str]]
) -> None:
    settings.OUTBOUND_TIMEOUT = SLOW
    peer.hanging.add("/stuck")
    endpoint("stuck", peer.url("/stuck"), MANY)
    endpoint("well", peer.url("/well"), 3)
    relay.run(at=TEN)
    send("webhook")
    assert [outcome for _, outcome in order[:3]] == ["sent", "sent", "sent"]
    assert len(peer.to("/well")) == 3
    assert Counter(outcome for _, outcome in order) == {"sent": 3, "not": MANY}


def test_what_was_not_tried_is_not_counted_as_a_try(db: None, peer: Peer) -> None:
    endpoint("busy", peer.url("/busy"), MANY)
    relay.run(at=TEN)
    assert send("webhook") == MANY
    assert set(Delivery.objects.filter(channel="webhook").values_list("attempts", flat=True)) == {1}
    assert len(peer.to("/busy")) == MANY


@pytest.mark.usefixtures("vapid")
def test_a_push_service_that_hangs_delays_no_mail_and_no_other_service(
    clinic: Clinic, peer: Peer, mailbox: Mailbox, settings: Any, order: list[tuple[str, str]]
) -> None:
    settings.OUTBOUND_TIMEOUT = SLOW
    settings.OUTBOUND_TRUSTED = [peer.place, f"localhost:{peer.port}"]
    for number in range(MANY):
        one = a_patient(clinic, f"p{number}")
        peer.hanging.add(f"/stuck/{number}")
        a_phone(one, Browser(peer.url(f"/stuck/{number}")).subscription, at=TEN)
        due(one, channels=["push"])
    other = a_patient(clinic, "other")
    a_phone(other, Browser(f"http://localhost:{peer.port}/well").subscription, at=TEN)
    due(other, channels=["push", "email", "inbox"])
    send("reminder")
    assert {way for way, _ in order[:2]} == {"push:localhost", f"email:{other.user_id}"}
    assert {outcome for _, outcome in order[:2]} == {"sent"}


@pytest.mark.usefixtures("vapid")
def test_a_mail_server_that_hangs_delays_no_push(
    clinic: Clinic, peer: Peer, mailbox: Mailbox, settings: Any, order: list[tuple[str, str]]
) -> None:
    settings.EMAIL_TIMEOUT = 1
    for number in range(dispatch.CONCURRENCY):
        mailbox.hanging.add(f"p{number}@home.example")
        due(a_patient(clinic, f"p{number}"), channels=["email"])
    other = a_patient(clinic, "other")
    a_phone(other, Browser(peer.url("/well")).subscription, at=TEN)
    due(other, channels=["push"])
    send("reminder")
    assert order[0] == ("push:127.0.0.1", "sent")


def test_a_thousand_turns_for_the_inbox_stand_before_no_mail(
    clinic: Clinic, patient: Patient, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "INBOX_BATCH", 5)
    for number in range(12):
        other = a_patient(clinic, f"p{number}")
        due(other, channels=["inbox"])
        put_off(other)
    due(patient, channels=["email"])
    put_off(patient)
    assert send("reminder", TEN + occurrences.SNOOZE) == 14
    assert set(Delivery.objects.filter(key__contains=":1:").values_list("state", flat=True)) == {"sent"}
    assert len(mailbox.mails) == 1


def test_a_turn_lies_in_the_inbox_as_soon_as_it_is_there(patient: Patient) -> None:
    due(patient, channels=["inbox"])
    found = Delivery.objects.get()
    assert (found.state, found.sent_at, found.attempts, found.lease_until) == ("sent", TEN, 1, None)
    assert Tally.objects.get(channel="inbox", outcome="sent").count == 1


def test_a_turn_for_an_account_that_was_closed_lies_in_no_inbox(patient: Patient) -> None:
    assert patient.user
    patient.user.is_active = False
    patient.user.save(update_fields=["is_active"])
    due(patient, channels=["inbox"])
    send("reminder")
    found = Delivery.objects.get()
    assert (found.state, found.last_error) == ("dropped", "account closed")


def test_a_turn_put_off_is_checked_again_before_it_is_back_in_the_inbox(patient: Patient) -> None:
    reminder = due(patient, channels=["inbox"])
    put_off(patient)
    reminder.active = False
    reminder.next_due_at = reminder.next_local_date = None
    reminder.save()
    send("reminder", TEN + occurrences.SNOOZE)
    found = Delivery.objects.get(due_at=TEN + occurrences.SNOOZE)
    assert (found.state, found.last_error, found.lease_until) == ("dropped", "switched off", None)


def test_an_address_where_nobody_lives_is_not_mailed_each_day(patient: Patient, mailbox: Mailbox) -> None:
    mailbox.answers["pat@home.example"] = "550 no such person"
    due(patient, channels=["email"])
    send("reminder")
    due(patient, channels=["email"], kind="custom")
    send("reminder")
    states = dict(Delivery.objects.order_by("pk").values_list("state", "last_error"))
    assert states == {"refused": "SMTP 550", "dropped": "address refused before"}
    assert mailbox.attempts["pat@home.example"] == 1


@pytest.mark.parametrize("way", ["another address", "a month later"])
def test_a_refused_address_gets_another_chance(patient: Patient, mailbox: Mailbox, way: str) -> None:
    mailbox.answers["pat@home.example"] = "550 no such person"
    due(patient, channels=["email"])
    send("reminder")
    mailbox.answers.clear()
    at = TEN
    if way == "another address":
        assert patient.user
        patient.user.email = "new@home.example"
        patient.user.save(update_fields=["email"])
    else:
        at = TEN + timedelta(days=31)
        Delivery.objects.all().delete()
    due(patient, channels=["email"], kind="custom")
    Delivery.objects.filter(state="waiting").update(due_at=at, expires_at=at + timedelta(hours=1))
    send("reminder", at)
    assert len(mailbox.mails) == 1


def test_news_of_a_flag_is_mailed_to_a_refused_address_without_end(
    patient: Patient, mailbox: Mailbox
) -> None:
    mailbox.answers["thea@clinic.example"] = "550 no such person"
    a_flag(patient, at=TEN)
    relay.run(at=TEN)
    send("flag")
    send("flag", TEN + timedelta(minutes=5))
    assert mailbox.attempts["thea@clinic.example"] == 2

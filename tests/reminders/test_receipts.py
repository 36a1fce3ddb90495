"""How far a message is known to have come: the words of the app, and what the patient did."""

from datetime import timedelta
from typing import Any

import pytest

from journal.accounts.models import Patient
from journal.accounts.sealed import opened
from reminders.actions import deliveries, occurrences
from reminders.models import Delivery, Device, Occurrence
from tests.reminders.test_delivery import TEN, due, send
from tests.support.browser_push import Browser
from tests.support.peer import Peer
from tests.support.people import a_patient
from tests.support.phones import a_phone

pytestmark = pytest.mark.django_db

SOON = TEN + timedelta(minutes=1)


@pytest.fixture
def phones(patient: Patient, peer: Peer, vapid: str) -> list[Device]:
    """Two phones to which a reminder was pushed; it lies in the inbox as well."""
    found = [a_phone(patient, Browser(peer.url(f"/push/{n}")).subscription, at=TEN) for n in (1, 2)]
    due(patient, channels=["push", "inbox"])
    send("reminder")
    send("reminder")
    return found


def said(patient: Patient, **change: Any) -> None:
    wish = {"channel": "push", "opened": False, "session_key": "", "at": SOON, **change}
    deliveries.received(patient=patient, subject=Occurrence.objects.get().pk, **wish)


def receipts(channel: str) -> list[str]:
    rows = Delivery.objects.filter(channel=channel).order_by("device__registered_at", "pk")
    return [row.receipt for row in rows]


def test_the_phone_that_speaks_is_the_one_that_is_marked(patient: Patient, phones: list[Device]) -> None:
    said(patient, session_key=opened(phones[0].sealed_session))
    assert sorted(receipts("push")) == ["delivered", "sent"]
    assert Delivery.objects.get(device=phones[0]).delivered_at == SOON
    assert receipts("inbox") == ["sent"]


def test_opened_is_delivered_as_well_and_the_first_time_counts(
    patient: Patient, phones: list[Device]
) -> None:
    said(patient, session_key=opened(phones[0].sealed_session), opened=True)
    said(patient, session_key=opened(phones[0].sealed_session), opened=True, at=SOON + timedelta(hours=1))
    row = Delivery.objects.get(device=phones[0])
    assert (row.delivered_at, row.opened_at, row.receipt) == (SOON, SOON, "opened")


def test_done_is_acted_and_a_put_off_turn_is_snoozed_then_queued_anew(
    patient: Patient, phones: list[Device]
) -> None:
    assert patient.user
    occurrences.snooze(by=patient.user, at=SOON, occurrence=Occurrence.objects.get())
    assert sorted(receipts("inbox")) == ["queued", "snoozed"]
    later = SOON + occurrences.SNOOZE
    send("reminder", later)
    occurrences.done(by=patient.user, at=later, occurrence=Occurrence.objects.get())
    assert receipts("inbox") == ["acted", "acted"]
    assert Delivery.objects.filter(channel="inbox", snoozed_at=SOON).count() == 1


def test_what_the_patient_was_faster_than_is_not_needed_and_no_answer_to_it(
    patient: Patient, phones: list[Device]
) -> None:
    assert patient.user
    for minutes in (30, 60):
        until = SOON + timedelta(minutes=minutes)
        occurrences.snooze(by=patient.user, at=SOON, occurrence=Occurrence.objects.get(), until=until)
    occurrences.done(by=patient.user, at=SOON, occurrence=Occurrence.objects.get())
    assert receipts("inbox") == ["acted", "queued", "queued"]
    send("reminder", SOON + timedelta(hours=1))
    assert receipts("inbox") == ["acted", "not needed", "not needed"]


def test_nobody_marks_what_was_sent_to_another(patient: Patient, phones: list[Device]) -> None:
    other = a_patient(patient.clinic, "other")
    with pytest.raises(Delivery.DoesNotExist):
        said(other, session_key=opened(phones[0].sealed_session))
    assert receipts("push") == ["sent", "sent"]


def test_what_was_never_sent_has_no_receipt(patient: Patient, phones: list[Device]) -> None:
    with pytest.raises(Delivery.DoesNotExist):
        said(patient, channel="email")


@pytest.mark.parametrize(
    ("state", "word"),
    [("waiting", "queued"), ("dropped", "not needed"), ("expired", "expired"), ("refused", "failed")],
)
def test_every_state_has_its_word(state: str, word: str) -> None:
    assert Delivery(state=state).receipt == word

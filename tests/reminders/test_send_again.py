"""News of a flag sent again by hand: recorded, under its own key, and only where it is of use."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from journal.accounts.models import Clinician, Patient
from journal.actions import flags
from journal.actions.refusals import NotPossibleNowError
from journal.models import Change
from reminders import claims, relay
from reminders.actions import deliveries
from reminders.deliver import dispatch
from reminders.models import Delivery
from tests.reminders.test_admin import signed_in
from tests.support.people import a_clinic, a_clinician, a_flag
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def delivery(patient: Patient) -> Delivery:
    a_flag(patient, at=AT)
    relay.run(at=AT)
    return Delivery.objects.get()


def test_a_message_that_waits_for_its_next_try_goes_out_now(
    delivery: Delivery, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    Delivery.objects.update(due_at=LATER + timedelta(minutes=5), last_error="SMTP 450")
    deliveries.send_again(by=physiotherapist.user, at=LATER, delivery=delivery)
    assert dispatch.run(clock=lambda: LATER, topic="flag") == 1
    (_, mail) = mailbox.mails[0]
    assert mail["X-Osteon-Key"] == delivery.key
    change = Change.objects.get(verb="delivery.send-again")
    assert (change.by, change.subject) == (physiotherapist.user, f"delivery:{delivery.pk}")


def test_a_dropped_message_waits_again(delivery: Delivery, physiotherapist: Clinician) -> None:
    Delivery.objects.update(state="dropped", last_error="account closed")
    row = deliveries.send_again(by=physiotherapist.user, at=LATER, delivery=delivery)
    assert (row.state, row.due_at, row.wanted_since) == ("waiting", LATER, LATER)


def test_a_message_that_a_dispatcher_has_in_hand_is_not_taken_twice(
    delivery: Delivery, physiotherapist: Clinician
) -> None:
    claims.deliveries(at=AT, topic="flag", limit=1)
    deliveries.send_again(by=physiotherapist.user, at=AT, delivery=delivery)
    assert claims.deliveries(at=AT, topic="flag", limit=1) == []


@pytest.mark.parametrize("change", [{"state": "sent", "sent_at": AT}, {"state": "dropped"}])
def test_what_was_sent_or_is_in_hand_is_refused(
    delivery: Delivery, physiotherapist: Clinician, change: dict[str, Any]
) -> None:
    if change["state"] == "dropped":
        flags.acknowledge(by=physiotherapist.user, at=AT, flag=delivery.patient.flags.get())  # type: ignore[union-attr]
    Delivery.objects.update(**change)
    with pytest.raises(NotPossibleNowError):
        deliveries.send_again(by=physiotherapist.user, at=LATER, delivery=delivery)
    assert Delivery.objects.get().state == change["state"]
    assert not Change.objects.filter(verb="delivery.send-again").exists()


def press(client: Client, delivery: Delivery) -> None:
    chosen = {"action": "send_again_selected", "_selected_action": [delivery.pk]}
    client.post("/admin/reminders/delivery/?time=all", chosen)


def test_the_desk_sends_again_and_another_clinics_desk_does_not(
    delivery: Delivery, physiotherapist: Clinician, settings: Any
) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = settings.SECURE_SSL_REDIRECT = False
    Delivery.objects.update(state="dropped")
    press(signed_in(a_clinician(a_clinic("valley"), "val", role="lead")), delivery)
    assert Delivery.objects.get().state == "dropped"
    press(signed_in(physiotherapist), delivery)
    assert Delivery.objects.get().state == "waiting"

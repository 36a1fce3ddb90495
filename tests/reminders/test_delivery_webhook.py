"""A clinic's endpoint: told of its own flags, signed, tried again, and in nobody's way."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from journal.accounts.models import Clinic, ClinicChange, Clinician, Patient
from journal.actions import flags
from journal.actions.refusals import NotFitError, NotPossibleNowError
from reminders import escalate, relay
from reminders.actions import deliveries, webhooks
from reminders.channels import webhook as channel
from reminders.models import Delivery, Webhook
from reminders.models.deliveries import WEBHOOK_KEPT
from tests.reminders.test_delivery import TEN, send
from tests.support.peer import Call, Peer
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(clinic: Clinic, peer: Peer) -> str:
    """The clinic has an endpoint; its secret."""
    return webhooks.add(by=None, at=TEN, clinic=clinic, url=peer.url("/hook"))[1]


def told(patient: Patient, **fields: Any) -> None:
    a_flag(patient, at=TEN, **fields)
    relay.run(at=TEN)
    send("webhook")


def row() -> Delivery:
    return Delivery.objects.get(channel="webhook")


def signed(secret: str, call: Call) -> bool:
    """As the endpoint checks it, with what Standard Webhooks prescribes."""
    names = ("webhook-id", "webhook-timestamp")
    text = b".".join([*(call.headers[name].encode() for name in names), call.body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    proof = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return call.headers["webhook-signature"] == f"v1,{proof}"


def test_an_endpoint_learns_ids_and_urgency_signed_with_its_secret(
    patient: Patient, peer: Peer, secret: str
) -> None:
    told(patient, urgency="same-day")
    [call] = peer.calls
    flag = patient.flags.get()
    assert signed(secret, call)
    assert not signed("whsec_" + base64.b64encode(b"another").decode(), call)
    assert call.json == {
        "type": "flag.opened",
        "clinic": "hill",
        "flag": str(flag.pk),
        "urgency": "same-day",
        "status": "open",
        "raised_at": TEN.isoformat(),
        "due_at": (TEN + timedelta(minutes=15)).isoformat(),
        "link": call.json["link"],
    }
    assert call.json["link"].endswith(f"/admin/journal/flag/{flag.pk}/change/")


def test_it_says_nothing_of_patient_pattern_or_symptom(patient: Patient, peer: Peer, secret: str) -> None:
    patient.name = "Greta Gram"
    patient.save(update_fields=["name"])
    told(patient, pattern="hip-fracture")
    text = f"{peer.calls[0].outside} {peer.calls[0].body!r}".lower()
    for word in ("greta", "gram", "hip", "fracture", "pain", "fall"):
        assert word not in text


def test_it_hears_of_each_step_of_a_flag(
    patient: Patient, physiotherapist: Clinician, peer: Peer, secret: str
) -> None:
    told(patient)
    escalate.run(at=TEN + timedelta(minutes=15))
    flag = patient.flags.get()
    later = TEN + timedelta(minutes=20)
    flags.acknowledge(by=physiotherapist.user, at=later, flag=flag)
    flags.resolve(by=physiotherapist.user, at=later, flag=flag, outcome="contacted", note="rang")
    relay.run(at=later)
    send("webhook", later)
    found = [call.json["type"] for call in peer.calls]
    assert sorted(found) == ["flag.acknowledged", "flag.chased", "flag.opened", "flag.resolved"]
    assert "rang" not in str([call.body for call in peer.calls])


def test_the_same_news_twice_is_told_once(patient: Patient, peer: Peer, secret: str) -> None:
    told(patient)
    for _ in range(3):
        relay.run(at=TEN)
        send("webhook")
    assert len(peer.calls) == 1


def test_another_clinics_flags_are_not_told(peer: Peer, secret: str) -> None:
    valley = a_clinic("valley")
    a_clinician(valley, "val")
    told(a_patient(valley))
    assert peer.calls == []


def test_a_refusal_is_tried_again_under_the_same_id_and_logged(
    patient: Patient, peer: Peer, secret: str
) -> None:
    peer.answers["/hook"] = (500, {}, b"")
    told(patient)
    assert (row().state, row().last_error) == ("waiting", "HTTP 500")
    peer.answers["/hook"] = (429, {"Retry-After": "900"}, b"")
    send("webhook", row().due_at)
    assert row().due_at >= TEN + timedelta(minutes=15)
    peer.answers.clear()
    send("webhook", row().due_at)
    assert row().state == "sent"
    assert [each.code for each in row().tries.all()] == ["HTTP 500", "HTTP 429", ""]
    assert len({call.headers["webhook-id"] for call in peer.calls}) == 1


def test_a_redirect_leads_nowhere(patient: Patient, peer: Peer, secret: str) -> None:
    peer.answers["/hook"] = (302, {"Location": peer.url("/inside")}, b"")
    told(patient)
    assert [call.path for call in peer.calls] == ["/hook"]
    assert row().last_error == "HTTP 302"


def test_what_nobody_took_for_five_days_expires_and_can_be_sent_again(
    patient: Patient, physiotherapist: Clinician, peer: Peer, secret: str
) -> None:
    peer.answers["/hook"] = (500, {}, b"")
    told(patient)
    late = TEN + WEBHOOK_KEPT + timedelta(hours=1)
    send("webhook", late)
    assert (row().state, len(peer.calls)) == ("expired", 1)
    peer.answers.clear()
    deliveries.send_again(by=physiotherapist.user, at=late, delivery=row())
    send("webhook", late)
    assert row().state == "sent"


def test_what_a_program_lost_is_sent_again(
    patient: Patient, physiotherapist: Clinician, peer: Peer, secret: str
) -> None:
    told(patient)
    deliveries.send_again(by=physiotherapist.user, at=TEN, delivery=row())
    send("webhook")
    first, second = peer.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_removed_endpoint_hears_no_more_and_keeps_no_secret(
    clinic: Clinic, patient: Patient, peer: Peer, secret: str
) -> None:
    a_flag(patient, at=TEN)
    relay.run(at=TEN)
    webhooks.remove(by=None, at=TEN, clinic=clinic, url=peer.url("/hook"))
    send("webhook")
    assert (peer.calls, row().state, row().last_error) == ([], "dropped", "endpoint removed")
    assert Webhook.objects.get().sealed_secret == ""
    verbs = list(ClinicChange.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["clinic.webhook-added", "clinic.webhook-removed"]


def test_the_secret_lies_sealed(peer: Peer, secret: str) -> None:
    stored = Webhook.objects.get()
    assert secret not in stored.sealed_secret
    assert stored.secret == secret


@pytest.mark.parametrize("url", ["http://emr.example/x", "https://10.0.0.5/x", "https://a:b@emr.example/x"])
def test_an_endpoint_inside_or_in_the_clear_is_refused(clinic: Clinic, url: str) -> None:
    with pytest.raises(NotFitError):
        webhooks.add(by=None, at=TEN, clinic=clinic, url=url)


def test_there_is_room_for_five_different_endpoints(clinic: Clinic) -> None:
    for number in range(webhooks.MOST):
        webhooks.add(by=None, at=TEN, clinic=clinic, url=f"https://emr.example/{number}")
    for url in ("https://emr.example/0", "https://emr.example/6"):
        with pytest.raises(NotPossibleNowError):
            webhooks.add(by=None, at=TEN, clinic=clinic, url=url)


def test_a_command_adds_lists_and_removes(clinic: Clinic) -> None:
    def ask(*words: str) -> str:
        said = StringIO()
        call_command("webhook", "--clinic", "hill", *words, stdout=said)
        return said.getvalue().strip()

    assert ask("--add", "https://emr.example/x") == Webhook.objects.get().secret
    assert ask("--list") == "https://emr.example/x"
    ask("--remove", "https://emr.example/x")
    assert ask("--list") == ""
    for words in (("--remove", "https://emr.example/x"), ("--add", "http://emr.example/x")):
        with pytest.raises(CommandError):
            ask(*words)


def test_the_body_that_is_signed_is_the_body_that_travels() -> None:
    body = json.dumps({"type": "flag.opened"}).encode()
    assert channel.signature("whsec_c2VjcmV0", "1", "2", body) != channel.signature(
        "whsec_c2VjcmV0", "1", "2", body + b" "
    )

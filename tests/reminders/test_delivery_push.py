"""From a due reminder to the phones of its patient, over a real push service."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from journal.accounts.models import Clinician, Patient
from journal.actions import flags, messages
from journal.models import Flag
from reminders import flow, relay
from reminders.actions import occurrences
from reminders.deliver import dispatch
from reminders.models import Delivery, Device, Occurrence, Tally
from reminders.team import hooks
from tests.reminders.test_delivery import TEN, due, send
from tests.support.browser_push import Browser, vapid_claims
from tests.support.peer import Call, Peer
from tests.support.people import a_flag
from tests.support.phones import a_phone, end_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _signed(vapid: str) -> None:
    """Web Push is set up."""


@pytest.fixture
def browser(peer: Peer, patient: Patient) -> Browser:
    """The patient's phone."""
    browser = Browser(peer.url("/push/1"))
    a_phone(patient, browser.subscription, at=TEN)
    return browser


def pushed(browser: Browser, call: Call) -> dict[str, str]:
    found: dict[str, str] = json.loads(browser.read(call))
    return found


def row() -> Delivery:
    return Delivery.objects.get(channel="push")


def test_a_due_reminder_asks_to_open_the_app_and_says_nothing_else(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    due(patient, kind="custom", title="Tramadol for my burning foot", channels=["push"])
    send("reminder")
    [call] = peer.calls
    turn = Occurrence.objects.get()
    assert pushed(browser, call) == {
        "title": "Osteon",
        "body": "Please open the app.",
        "about": "occurrence",
        "id": str(turn.pk),
    }
    assert call.headers["urgency"] == "normal"
    assert int(call.headers["ttl"]) == 2 * 3600
    assert (row().state, row().sent_at) == ("sent", TEN)


def test_it_asks_in_the_patients_language(patient: Patient, peer: Peer, browser: Browser) -> None:
    patient.language = "es"
    patient.save(update_fields=["language"])
    due(patient, kind="custom", channels=["push"])
    send("reminder")
    assert pushed(browser, peer.calls[0])["body"] == "Por favor, abra la aplicación."


def test_each_phone_gets_it_once_under_a_key_of_its_own(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    a_phone(patient, Browser(peer.url("/push/2")).subscription, at=TEN + timedelta(seconds=1))
    due(patient, channels=["push", "inbox"])
    for _ in range(3):
        send("reminder")
    assert Counter(call.path for call in peer.calls) == {"/push/1": 1, "/push/2": 1}
    rows = Delivery.objects.filter(channel="push")
    assert len({each.key for each in rows}) == len({each.device_id for each in rows}) == 2
    assert len({call.headers["topic"] for call in peer.calls}) == 1


def test_a_reminder_that_was_put_off_takes_the_place_of_the_one_before(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    due(patient, channels=["push"])
    send("reminder")
    assert patient.user
    occurrences.snooze(by=patient.user, at=TEN, occurrence=Occurrence.objects.get())
    send("reminder", TEN + occurrences.SNOOZE)
    first, second = peer.calls
    assert first.headers["topic"] == second.headers["topic"]


def test_a_crash_repeats_it_under_the_same_topic(patient: Patient, peer: Peer, browser: Browser) -> None:
    due(patient, channels=["push"])
    send("reminder")
    Delivery.objects.update(state="waiting", sent_at=None)
    send("reminder")
    first, second = peer.calls
    assert first.headers["topic"] == second.headers["topic"]
    assert Delivery.objects.count() == 1


def test_a_patient_without_a_phone_is_not_pushed_to(patient: Patient, peer: Peer) -> None:
    due(patient, channels=["push"])
    send("reminder")
    assert (row().state, row().last_error, peer.calls) == ("dropped", "no phone", [])


def test_a_phone_that_signed_out_is_not_pushed_to(patient: Patient, peer: Peer, browser: Browser) -> None:
    due(patient, channels=["push"])
    end_session(Device.objects.get())
    send("reminder")
    assert (row().state, peer.calls) == ("dropped", [])
    assert Device.objects.get().removed_because == "signed out"


def test_a_phone_that_signs_out_between_two_tries_hears_no_more(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    peer.answers["/push/1"] = (503, {}, b"")
    due(patient, channels=["push"])
    send("reminder")
    end_session(Device.objects.get())
    send("reminder", row().due_at)
    assert (row().state, row().last_error, len(peer.calls)) == ("dropped", "phone signed out", 1)


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_token_is_removed_and_not_tried_again(
    patient: Patient, peer: Peer, browser: Browser, status: int
) -> None:
    peer.answers["/push/1"] = (status, {}, b"")
    due(patient, channels=["push"])
    send("reminder")
    device = Device.objects.get()
    assert (device.removed_because, device.sealed_token) == (f"HTTP {status}", "")
    assert (row().state, row().receipt, row().last_error) == ("refused", "failed", f"HTTP {status}")
    due(patient, channels=["push"], kind="custom")
    send("reminder")
    assert len(peer.calls) == 1


def test_a_service_that_asks_for_a_pause_gets_it(patient: Patient, peer: Peer, browser: Browser) -> None:
    peer.answers["/push/1"] = (429, {"Retry-After": "600"}, b"")
    due(patient, channels=["push"])
    send("reminder")
    assert (row().state, row().due_at) == ("waiting", TEN + timedelta(minutes=10))
    send("reminder", TEN + timedelta(minutes=9))
    assert len(peer.calls) == 1
    peer.answers.clear()
    send("reminder", TEN + timedelta(minutes=10))
    assert (row().state, row().attempts) == ("sent", 2)
    assert [(each.number, each.code) for each in row().tries.all()] == [(1, "HTTP 429"), (2, "")]


def test_a_kind_of_push_that_is_not_set_up_is_said_in_the_receipt(patient: Patient, peer: Peer) -> None:
    a_phone(patient, "f" * 60, at=TEN, kind="fcm")
    due(patient, channels=["push"])
    send("reminder")
    assert (row().receipt, row().last_error, row().over) == ("failed", "not set up", "fcm")
    assert Device.objects.present().count() == 1


def test_figures_are_kept_by_channel_and_outcome(patient: Patient, peer: Peer, browser: Browser) -> None:
    due(patient, channels=["push", "inbox"])
    peer.answers["/push/1"] = (503, {}, b"")
    send("reminder")
    peer.answers.clear()
    send("reminder", row().due_at)
    found = {(each.channel, each.outcome): each.count for each in Tally.objects.all()}
    assert found == {("inbox", "sent"): 1, ("webpush", "failed"): 1, ("webpush", "sent"): 1}


# --- news of a flag, to the patient's own phone ---


def raised(patient: Patient, **fields: Any) -> Flag:
    flag = a_flag(patient, at=TEN, **fields)
    relay.run(at=TEN)
    return flag


LATER = TEN + hooks.TIME_TO_SEE


@pytest.mark.parametrize(("urgency", "wakes"), [("emergency-now", "high"), ("same-day", "high")])
def test_an_urgent_flag_wakes_the_phone_without_a_word_of_why(
    patient: Patient, peer: Peer, browser: Browser, urgency: str, wakes: str
) -> None:
    flag = raised(patient, urgency=urgency, pattern="hip-fracture")
    send("flag", LATER)
    [call] = peer.calls
    told = pushed(browser, call)
    assert told == {"title": "Osteon", "body": "Please open the app.", "about": "flag", "id": str(flag.pk)}
    assert call.headers["urgency"] == wakes


def test_a_flag_that_can_wait_wakes_nobody(patient: Patient, peer: Peer, browser: Browser) -> None:
    raised(patient, urgency="within-48h")
    send("flag", LATER)
    assert peer.calls == []


def test_a_flag_that_was_read_in_time_is_not_pushed(patient: Patient, peer: Peer, browser: Browser) -> None:
    flag = raised(patient)
    send("flag", TEN)
    assert patient.user
    flags.mark_seen(by=patient.user, at=TEN, flag=flag)
    send("flag", LATER)
    assert (peer.calls, row().state, row().last_error) == ([], "dropped", "seen")


def test_a_dead_phone_ends_the_push_and_never_the_news(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    peer.answers["/push/1"] = (410, {}, b"")
    raised(patient)
    dispatch.run(clock=lambda: LATER, topic="flag")
    assert row().state == "dropped"
    assert Delivery.objects.get(channel="email").state in ("waiting", "sent")


def test_a_push_that_went_out_is_no_reason_to_believe_that_a_clinician_knows(
    patient: Patient, peer: Peer, browser: Browser
) -> None:
    raised(patient)
    Delivery.objects.filter(channel="push").update(state="sent", sent_at=LATER)
    assert flow.look(at=LATER).oldest_untold_flag == hooks.TIME_TO_SEE.total_seconds()


def test_nothing_of_the_record_reaches_a_push_service(
    patient: Patient, peer: Peer, browser: Browser, vapid: str
) -> None:
    """The canary stands in everything that a person wrote, or that a rule said."""
    patient.name = "Canary Greta"
    patient.save(update_fields=["name"])
    raised(patient, pattern="hip-fracture")
    Flag.objects.update(why="canary", why_clinician="canary")
    due(patient, kind="custom", title="canary", channels=["push"])
    send("flag", LATER)
    send("reminder")
    assert len(peer.calls) == 2
    for call in peer.calls:
        claims = vapid_claims(call, audience=peer.url(""), public_key=vapid)
        text = f"{call.outside} {claims} {browser.read(call)}".lower()
        for secret in ("canary", "greta", "hip", "fracture", "pain", "exercise", "pat@home"):
            assert secret not in text


def test_a_message_of_the_clinic_asks_to_open_the_app_and_says_nothing_else(
    patient: Patient, physiotherapist: Clinician, peer: Peer, browser: Browser
) -> None:
    sent = messages.send(by=physiotherapist.user, at=TEN, patient=patient, template="please-call")
    assert relay.run(at=TEN) == 1
    assert relay.run(at=TEN) == 0
    send("reminder")
    [call] = peer.calls
    said = pushed(browser, call)
    assert (said["body"], said["about"], said["id"]) == ("Please open the app.", "message", str(sent.pk))


def test_a_message_that_was_read_meanwhile_needs_no_push(
    patient: Patient, physiotherapist: Clinician, peer: Peer, browser: Browser
) -> None:
    sent = messages.send(by=physiotherapist.user, at=TEN, patient=patient, template="please-call")
    relay.run(at=TEN)
    messages.mark_read(by=physiotherapist.user, at=TEN, message=sent)
    send("reminder")
    assert peer.calls == []
    assert (row().state, row().last_error) == ("dropped", "read")

"""Phones as an app registers them, and the receipts that it gives."""

import json
from typing import Any

import pytest
from allauth.usersessions.models import UserSession

from journal.accounts.models import Patient
from journal.models import Change
from reminders.models import Delivery, Device, Occurrence
from tests.api.phone import PASSWORD, Phone
from tests.api.test_reminders import one_is_due
from tests.support.browser_push import Browser

pytestmark = pytest.mark.django_db

DEVICES = "/api/v1/devices"
FCM = {"kind": "fcm", "token": "c" * 40 + ":APA91bH-_x", "label": "My phone"}


def subscription() -> dict[str, Any]:
    return Browser("https://fcm.googleapis.com/fcm/send/abc").subscription


def devices(phone: Phone) -> list[dict[str, Any]]:
    status, page = phone.send("GET", DEVICES)
    assert (status, page["next"], page["previous"]) == (200, None, None)
    found: list[dict[str, Any]] = page["results"]
    return found


def signed_in_again(phone: Phone, patient: Patient) -> Phone:
    """A second phone of the same patient."""
    assert patient.user
    other = Phone()
    login = {"email": patient.user.email, "password": PASSWORD}
    _, answer = other.send("POST", "/_allauth/app/v1/auth/login", login)
    other.token = answer["meta"]["session_token"]
    return other


def test_a_phone_is_registered_listed_and_removed(phone: Phone) -> None:
    status, made = phone.send("POST", DEVICES, FCM)
    assert status == 201
    assert (made["kind"], made["label"], made["current"]) == ("fcm", "My phone", True)
    assert devices(phone) == [made]
    assert phone.send("DELETE", f"{DEVICES}/{made['id']}") == (204, None)
    assert devices(phone) == []
    assert phone.send("DELETE", f"{DEVICES}/{made['id']}")[0] == 404


def test_the_token_is_never_told_again(phone: Phone) -> None:
    sent = subscription()
    answers = [
        phone.request("POST", DEVICES, FCM),
        phone.request("POST", DEVICES, {"kind": "webpush", "token": sent}),
    ]
    answers.append(phone.request("GET", DEVICES))
    text = b"".join(answer.content for answer in answers).decode()
    for secret in (FCM["token"], FCM["token"][-8:], sent["keys"]["auth"], "fcm/send"):
        assert secret not in text


def test_the_same_token_again_is_the_same_device(phone: Phone) -> None:
    status, made = phone.send("POST", DEVICES, FCM)
    again_status, again = phone.send("POST", DEVICES, FCM)
    assert (status, again_status) == (201, 200)
    assert made["id"] == again["id"]


def test_a_subscription_comes_as_an_object_or_as_text(phone: Phone) -> None:
    sent = subscription()
    _, made = phone.send("POST", DEVICES, {"kind": "webpush", "token": sent})
    status, again = phone.send("POST", DEVICES, {"kind": "webpush", "token": json.dumps(sent)})
    assert (status, again["id"], again["kind"]) == (200, made["id"], "webpush")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "pigeon"}, "/kind"),
        ({"token": "short"}, "/token"),
        ({"token": "with a space in it, and so none"}, "/token"),
        ({"token": None}, "/token"),
        ({"label": "x" * 61}, "/label"),
        ({"label": "two\nlines"}, "/label"),
        ({"owner": 7}, "/owner"),
    ],
)
def test_what_cannot_be_a_device_is_refused_by_its_field(
    phone: Phone, change: dict[str, Any], pointer: str
) -> None:
    status, answer = phone.send("POST", DEVICES, {**FCM, **change})
    assert status == 422
    assert answer["errors"][0]["pointer"].startswith(pointer)
    assert Device.objects.count() == 0


@pytest.mark.parametrize(
    ("endpoint", "pointer"),
    [
        ("https://evil.example/x", "/token/endpoint"),
        ("https://169.254.169.254/latest", "/token/endpoint"),
        ("http://fcm.googleapis.com/x", "/token/endpoint"),
    ],
)
def test_a_subscription_that_leads_elsewhere_is_refused(phone: Phone, endpoint: str, pointer: str) -> None:
    wish = {"kind": "webpush", "token": Browser(endpoint).subscription}
    status, answer = phone.send("POST", DEVICES, wish)
    assert (status, answer["type"], answer["errors"][0]["pointer"]) == (
        422,
        "/problems/invalid-token",
        pointer,
    )


@pytest.mark.parametrize(
    "wish", [{"kind": "fcm", "token": subscription()}, {"kind": "webpush", "token": "c" * 40}]
)
def test_a_token_of_the_other_kind_is_refused(phone: Phone, wish: dict[str, Any]) -> None:
    assert phone.send("POST", DEVICES, wish)[0] == 422


def test_who_signs_in_on_the_same_phone_takes_it_over(phone: Phone, invite: Any) -> None:
    other = Phone()
    other.sign_up(invite(age=70))
    phone.send("POST", DEVICES, FCM)
    assert other.send("POST", DEVICES, FCM)[0] == 201
    assert devices(phone) == []
    assert len(devices(other)) == 1


def test_another_patients_device_is_missing(phone: Phone, invite: Any) -> None:
    other = Phone()
    other.sign_up(invite(age=70))
    _, made = phone.send("POST", DEVICES, FCM)
    foreign = other.request("DELETE", f"{DEVICES}/{made['id']}")
    unknown = other.request("DELETE", f"{DEVICES}/0192f000-0000-7000-8000-000000000000")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert len(devices(phone)) == 1


def test_signing_out_removes_that_phone_alone(phone: Phone, patient: Patient) -> None:
    other = signed_in_again(phone, patient)
    phone.send("POST", DEVICES, FCM)
    other.send("POST", DEVICES, {**FCM, "token": FCM["token"] + "2", "label": "Tablet"})
    phone.send("DELETE", "/_allauth/app/v1/auth/session")
    assert [each["label"] for each in devices(other)] == ["Tablet"]


def test_a_revoked_session_takes_its_phone_along(phone: Phone, patient: Patient) -> None:
    other = signed_in_again(phone, patient)
    phone.send("POST", DEVICES, FCM)
    UserSession.objects.get(session_key=phone.token).end()
    assert devices(other) == []
    assert Device.objects.get().sealed_token == ""


def test_every_change_of_devices_is_recorded(phone: Phone, patient: Patient) -> None:
    _, made = phone.send("POST", DEVICES, FCM)
    phone.send("DELETE", f"{DEVICES}/{made['id']}")
    found = Change.objects.filter(patient=patient, subject=f"device:{made['id']}").order_by("pk")
    assert [each.verb for each in found] == ["device.registered", "device.removed"]
    assert {each.by for each in found} == {patient.user}


@pytest.mark.parametrize(("method", "path"), [("GET", DEVICES), ("POST", DEVICES), ("GET", "/api/v1/push")])
def test_who_is_not_signed_in_has_no_devices(db: None, method: str, path: str) -> None:
    assert Phone().send(method, path, FCM if method == "POST" else None)[0] == 401


def test_an_app_learns_how_to_subscribe(phone: Phone, settings: Any) -> None:
    assert phone.send("GET", "/api/v1/push")[1] == {
        "webpush": {"available": False, "public_key": ""},
        "fcm": {"available": False},
    }
    settings.VAPID_PRIVATE_KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
    _, told = phone.send("GET", "/api/v1/push")
    assert told["webpush"]["available"] is True
    assert len(told["webpush"]["public_key"]) == 87


def test_the_app_says_that_a_turn_arrived_and_was_opened(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    turn = str(Occurrence.objects.get().pk)
    for state in ("delivered", "opened"):
        wish = {"id": turn, "channel": "inbox", "receipt": state}
        assert phone.send("POST", "/api/v1/receipts", wish) == (204, None)
        assert Delivery.objects.get(channel="inbox").receipt == state


def test_a_receipt_for_nothing_is_missing_and_one_of_no_kind_is_refused(
    phone: Phone, patient: Patient, invite: Any
) -> None:
    one_is_due(patient)
    other = Phone()
    other.sign_up(invite(age=70))
    wish = {"id": str(Occurrence.objects.get().pk), "channel": "inbox", "receipt": "opened"}
    assert other.send("POST", "/api/v1/receipts", wish)[0] == 404
    assert phone.send("POST", "/api/v1/receipts", {**wish, "channel": "push"})[0] == 404
    assert phone.send("POST", "/api/v1/receipts", {**wish, "receipt": "burnt"})[0] == 422
    assert Delivery.objects.get(channel="inbox").opened_at is None


def test_a_reminder_can_be_asked_for_over_push(phone: Phone) -> None:
    wish = {"kind": "custom", "title": "Walk", "rrule": "FREQ=DAILY", "local_time": "10:00"}
    status, made = phone.send("POST", "/api/v1/reminders", {**wish, "channels": ["push", "inbox"]})
    assert (status, made["channels"]) == (201, ["push", "inbox"])

"""Web Push against a receiver that decrypts with another library and checks the signature."""

import json
from dataclasses import replace
from typing import Any

import pytest

from reminders.channels import webpush
from reminders.channels.message import Message, SendError
from tests.support.browser_push import Browser, vapid_claims
from tests.support.peer import Peer

MESSAGE = Message(
    to="",
    title="Osteon",
    body="Please open the app.",
    link="",
    key="reminder:1",
    topic="abcdefghijklmnopqrstuvwxyz_-0123",
    urgency="high",
    ttl=7200,
    data={"about": "occurrence", "id": "7"},
)


@pytest.fixture
def browser(peer: Peer) -> Browser:
    return Browser(peer.url("/push/1"))


def send(browser: Browser, **change: Any) -> None:
    webpush.send(replace(MESSAGE, to=json.dumps(browser.subscription), **change))


def test_the_phone_reads_the_text_and_nobody_on_the_way_does(
    peer: Peer, browser: Browser, vapid: str
) -> None:
    send(browser)
    [call] = peer.calls
    assert json.loads(browser.read(call)) == {
        "title": "Osteon",
        "body": "Please open the app.",
        "about": "occurrence",
        "id": "7",
    }
    assert b"open the app" not in call.body


def test_the_service_learns_how_long_how_urgent_and_what_is_replaced(
    peer: Peer, browser: Browser, vapid: str
) -> None:
    send(browser)
    headers = peer.calls[0].headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("7200", "high", MESSAGE.topic)


def test_each_service_gets_a_signature_of_its_own(peer: Peer, vapid: str, settings: Any) -> None:
    """The library writes into the claims that it signs: those of one service must not reach the next."""
    settings.OUTBOUND_TRUSTED = [peer.place, f"localhost:{peer.port}"]
    for host in ("127.0.0.1", "localhost"):
        send(Browser(f"http://{host}:{peer.port}/push/1"))
    for host, call in zip(("127.0.0.1", "localhost"), peer.calls, strict=True):
        claims = vapid_claims(call, audience=f"http://{host}:{peer.port}", public_key=vapid)
        assert claims["sub"] == "mailto:it@clinic.example"


@pytest.mark.parametrize(
    "answer",
    [(404, True, True), (410, True, True), (400, True, False), (403, True, False), (413, True, False),
     (429, False, False), (500, False, False), (503, False, False), (307, True, False)],
)  # fmt: skip
def test_an_answer_says_whether_to_come_again_and_whether_the_phone_is_gone(
    peer: Peer, browser: Browser, vapid: str, answer: tuple[int, bool, bool]
) -> None:
    status, permanent, gone = answer
    peer.answers["/push/1"] = (status, {"Retry-After": "90"}, b"")
    with pytest.raises(SendError) as error:
        send(browser)
    found = error.value
    assert (found.code, found.permanent, found.gone, found.wait) == (f"HTTP {status}", permanent, gone, 90)


def test_without_a_key_nothing_is_sent(peer: Peer, browser: Browser, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    with pytest.raises(SendError) as error:
        send(browser)
    assert (error.value.code, error.value.permanent, peer.calls) == ("not set up", True, [])


def test_the_same_subscription_is_the_same_text_whatever_its_order(settings: Any) -> None:
    one = Browser("https://fcm.googleapis.com/fcm/send/x").subscription
    other = {"keys": dict(reversed(one["keys"].items())), "endpoint": one["endpoint"]}
    assert webpush.checked(one) == webpush.checked(other)
    assert webpush.checked(one)[1] == "fcm.googleapis.com"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("endpoint", "https://evil.example/x"),
        ("endpoint", "http://fcm.googleapis.com/x"),
        ("endpoint", "https://127.0.0.1/x"),
        ("endpoint", "https://169.254.169.254/x"),
        ("endpoint", None),
        ("keys/p256dh", "AAAA"),
        ("keys/p256dh", "not base64url!"),
        ("keys/auth", "AAAA"),
        ("keys/auth", None),
    ],
)
def test_a_subscription_that_cannot_be_used_is_refused_by_its_part(part: str, value: Any) -> None:
    sent = Browser("https://fcm.googleapis.com/fcm/send/x").subscription
    place, _, name = part.rpartition("/")
    (sent[place] if place else sent)[name] = value
    with pytest.raises(webpush.NotASubscriptionError) as error:
        webpush.checked(sent)
    assert error.value.part == f"/{part}"


def test_any_public_service_is_taken_when_the_operator_says_so(settings: Any) -> None:
    settings.PUSH_HOSTS = ["*"]
    assert webpush.checked(Browser("https://push.clinic.example/x").subscription)[1] == "push.clinic.example"
    with pytest.raises(webpush.NotASubscriptionError):
        webpush.checked(Browser("https://10.0.0.5/x").subscription)

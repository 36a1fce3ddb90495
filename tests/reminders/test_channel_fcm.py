"""Firebase's HTTP API, version 1, against a peer on the loopback address that checks the sign-in."""

import json
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reminders.channels import fcm
from reminders.channels.message import Message, SendError
from tests.support.peer import Peer

SEND = "/v1/projects/osteon-test/messages:send"
MESSAGE = Message(
    to="phone-token",
    title="Osteon",
    body="Please open the app.",
    link="",
    key="k",
    topic="topic-1",
    urgency="high",
    ttl=600,
    data={"about": "occurrence", "id": "7"},
)


@pytest.fixture(autouse=True)
def account(peer: Peer, settings: Any) -> rsa.RSAPrivateKey:
    """A service account whose sign-in is the peer."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    given = {
        "project_id": "osteon-test",
        "client_email": "sender@osteon-test.example",
        "private_key": pem,
        "token_uri": peer.url("/token"),
    }
    settings.FCM_CREDENTIALS, settings.FCM_URL = json.dumps(given), f"http://{peer.place}"
    peer.answers["/token"] = (200, {}, b'{"access_token": "ya29.x", "expires_in": 3599}')
    return key


def refusal() -> SendError:
    with pytest.raises(SendError) as error:
        fcm.send(MESSAGE)
    return error.value


def test_it_signs_in_once_and_sends_with_that_token(peer: Peer, account: rsa.RSAPrivateKey) -> None:
    fcm.send(MESSAGE)
    fcm.send(MESSAGE)
    [sign_in] = peer.to("/token")
    asked = parse_qs(sign_in.body.decode())
    claims = jwt.decode(
        asked["assertion"][0], account.public_key(), algorithms=["RS256"], audience=peer.url("/token")
    )
    assert asked["grant_type"] == [fcm.GRANT]
    assert (claims["iss"], claims["scope"]) == ("sender@osteon-test.example", fcm.SCOPE)
    assert [call.headers["authorization"] for call in peer.to(SEND)] == ["Bearer ya29.x"] * 2


def test_both_systems_learn_what_is_replaced_how_urgent_and_how_long(peer: Peer) -> None:
    fcm.send(MESSAGE)
    sent = peer.to(SEND)[0].json["message"]
    assert sent["token"] == "phone-token"
    assert sent["notification"] == {"title": "Osteon", "body": "Please open the app."}
    assert sent["data"] == {"about": "occurrence", "id": "7"}
    android, apple = sent["android"], sent["apns"]["headers"]
    assert (android["collapse_key"], android["priority"], android["ttl"]) == ("topic-1", "high", "600s")
    assert android["notification"]["tag"] == apple["apns-collapse-id"] == "topic-1"
    assert apple["apns-priority"] == "10"


@pytest.mark.parametrize(
    ("status", "code", "permanent", "gone"),
    [
        (404, "UNREGISTERED", True, True),
        (403, "SENDER_ID_MISMATCH", True, True),
        (404, "", True, False),  # a wrong project says nothing about the phone
        (400, "INVALID_ARGUMENT", True, False),
        (429, "QUOTA_EXCEEDED", False, False),
        (503, "UNAVAILABLE", False, False),
    ],
)
def test_a_refusal_says_whether_the_phone_is_gone(
    peer: Peer, status: int, code: str, permanent: bool, gone: bool
) -> None:
    body = json.dumps({"error": {"details": [{"errorCode": code}]}}).encode()
    peer.answers[SEND] = (status, {"Retry-After": "30"}, body)
    found = refusal()
    assert (found.code, found.permanent, found.gone, found.wait) == (f"HTTP {status}", permanent, gone, 30)


def test_a_token_that_is_no_longer_taken_is_asked_for_anew(peer: Peer) -> None:
    peer.answers[SEND] = (401, {}, b"")
    assert refusal().permanent is False
    peer.answers.pop(SEND)
    fcm.send(MESSAGE)
    assert len(peer.to("/token")) == 2


def test_a_sign_in_that_fails_is_tried_again_later(peer: Peer) -> None:
    peer.answers["/token"] = (500, {}, b"")
    found = refusal()
    assert (found.code, found.permanent) == ("sign-in HTTP 500", False)
    assert peer.to(SEND) == []


def test_without_an_account_it_says_that_it_is_not_set_up(peer: Peer, settings: Any) -> None:
    settings.FCM_CREDENTIALS = ""
    found = refusal()
    assert (found.code, found.permanent, peer.calls) == ("not set up", True, [])


def test_the_account_may_lie_in_a_file(peer: Peer, settings: Any, tmp_path: Any) -> None:
    file = tmp_path / "account.json"
    file.write_text(settings.FCM_CREDENTIALS)
    settings.FCM_CREDENTIALS = str(file)
    fcm.send(MESSAGE)
    assert len(peer.to(SEND)) == 1

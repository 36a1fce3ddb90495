"""Firebase Cloud Messaging, version 1 of its HTTP API: Android, and Apple's phones through it.

Used only with a Firebase project of your own. It needs no library of Google's: one signed question for an
access token (RFC 7523), and one POST for each message.
"""

import json
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
from django.conf import settings

from reminders.channels import web
from reminders.channels.message import Message, SendError

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SIGNED_FOR = 3600
# An access token is renewed so many seconds before it ends.
MARGIN = 300
# Of https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode those that mean: never this phone.
GONE = ("UNREGISTERED", "SENDER_ID_MISMATCH")


@dataclass
class _Access:
    """The access token in use, and until when."""

    token: str = ""
    ends: float = 0.0


_access: dict[str, _Access] = {}
_lock = threading.Lock()


def send(message: Message) -> None:
    """Hands one message to FCM."""
    account = _account()
    token = _token(account)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{settings.FCM_URL}/v1/projects/{account['project_id']}/messages:send"
    answer = web.post(url, json.dumps({"message": content(message)}).encode(), headers)
    if answer.status == 401:
        with _lock:
            _access.clear()
        raise SendError("HTTP 401", permanent=False)
    _check(answer)


def content(message: Message) -> dict[str, Any]:
    """Only the latest of a topic is shown, on both systems, and none after its time."""
    quick = message.urgency == "high"
    return {
        "token": message.to,
        "notification": {"title": message.title, "body": message.body},
        "data": dict(message.data),
        "android": {
            "collapse_key": message.topic,
            "priority": "high" if quick else "normal",
            "ttl": f"{message.ttl}s",
            "notification": {"tag": message.topic},
        },
        "apns": {
            "headers": {
                "apns-collapse-id": message.topic,
                "apns-priority": "10" if quick else "5",
                "apns-expiration": str(int(time.time()) + message.ttl),
            }
        },
    }


def _check(answer: web.Answer) -> None:
    if 200 <= answer.status < 300:
        return
    again = answer.status == 429 or answer.status >= 500
    # By its code alone: a wrong project's 404 says nothing about the phone.
    gone = not again and any(code in answer.body.decode(errors="replace") for code in GONE)
    raise SendError(f"HTTP {answer.status}", permanent=not again, gone=gone, wait=answer.wait)


def _account() -> dict[str, Any]:
    if not settings.FCM_CREDENTIALS:
        raise SendError("not set up", permanent=True)
    return _read(settings.FCM_CREDENTIALS)


@lru_cache(maxsize=4)
def _read(given: str) -> dict[str, Any]:
    """The JSON of a service account, or the path of a file that has it."""
    text = given if given.lstrip().startswith("{") else Path(given).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _token(account: dict[str, Any]) -> str:
    """One access token for all threads of this process."""
    name = f"{account['client_email']} {account['token_uri']}"
    with _lock:
        access = _access.get(name)
        if access and access.ends > time.time():
            return access.token
    fresh = _fresh(account)
    with _lock:
        _access[name] = fresh
    return fresh.token


def _fresh(account: dict[str, Any]) -> _Access:
    now = int(time.time())
    claims = {
        "iss": account["client_email"],
        "scope": SCOPE,
        "aud": account["token_uri"],
        "iat": now,
        "exp": now + SIGNED_FOR,
    }
    signed = jwt.encode(claims, account["private_key"], algorithm="RS256")
    body = urlencode({"grant_type": GRANT, "assertion": signed}).encode()
    answer = web.post(account["token_uri"], body, {"Content-Type": "application/x-www-form-urlencoded"})
    if answer.status != 200:
        raise SendError(f"sign-in HTTP {answer.status}", permanent=False, wait=answer.wait)
    found = json.loads(answer.body)
    return _Access(found["access_token"], now + int(found["expires_in"]) - MARGIN)

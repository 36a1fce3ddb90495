"""Signing in as an app does it, and what came by mail."""

import re
import time
from typing import Any

from django.core import mail

from tests.api.phone import PASSWORD, Phone

AUTH = "/_allauth/app/v1/auth"
ACCOUNT = "/_allauth/app/v1/account"
LOGIN = f"{AUTH}/login"
CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")


def sign_in(phone: Phone, email: str, password: str = PASSWORD, **headers: str) -> tuple[int, Any]:
    """The status and the answer; the phone keeps the token and the device's token."""
    phone.token = ""
    response = phone.request("POST", LOGIN, {"email": email, "password": password}, **headers)
    answer = response.json()
    phone.token = answer.get("meta", {}).get("session_token", "")
    return response.status_code, answer


def go_on(phone: Phone, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """One step; the token changes with each."""
    status, answer = phone.send(method, path, body)
    phone.token = (answer or {}).get("meta", {}).get("session_token") or phone.token
    return status, answer


def mailed(count: int) -> str:
    """The last of so many mails: they go out beside the answer."""
    end = time.monotonic() + 30
    while len(mail.outbox) < count:
        assert time.monotonic() < end, f"only {len(mail.outbox)} mails"
        time.sleep(0.02)
    return str(mail.outbox[-1].body)


def mailed_code(count: int) -> str:
    found = CODE.search(mailed(count))
    assert found, mail.outbox[-1].body
    return found[0]

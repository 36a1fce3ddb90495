"""A phone as the API sees it: signs up with an invitation, keeps the newest token, talks JSON."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone as clock

PASSWORD = "a long walk by the sea"
SIGNUP = "/_allauth/app/v1/auth/signup"


@dataclass
class Phone:
    """`send` returns status and body; the token of the last sign-in goes with it."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def sign_up(self, code: str, *, email: str = "", timezone: str = "Europe/Berlin") -> tuple[int, Any]:
        body = {
            "email": email or f"{uuid.uuid4()}@example.org",
            "password": PASSWORD,
            "invitation_code": code,
            "timezone": timezone,
        }
        status, answer = self.send("POST", SIGNUP, body)
        self.token = answer.get("meta", {}).get("session_token", "")
        return status, answer

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        response = self.request(method, path, body, **headers)
        text = response.getvalue()
        return response.status_code, json.loads(text) if text else None

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"X-Session-Token": self.token, **headers} if self.token else headers
        return self.client.generic(
            method,
            path,
            data=body if isinstance(body, bytes) else b"" if body is None else _json(body),
            content_type="application/json",
            headers=sent,
        )

    def log(self, **report: Any) -> tuple[int, Any]:
        return self.send("POST", "/api/v1/entries", entry(**report))


def entry(*, recorded_at: str = "", timezone: str = "Europe/Berlin", **report: Any) -> dict[str, Any]:
    """The body of one entry, recorded now unless said otherwise."""
    return {
        "id": str(uuid.uuid4()),
        "recorded_at": recorded_at or clock.now().isoformat(),
        "timezone": timezone,
        **report,
    }


def pain(site: str, severity: int, *, side: str = "midline", **more: Any) -> dict[str, Any]:
    return {"site": site, "side": side, "severity": severity, **more}


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()

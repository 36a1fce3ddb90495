"""Whether there is an account is told to nobody: login, sign-up and reset answer alike, and work as hard."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from journal.accounts.models import User
from tests.api.doors import AUTH, LOGIN, mailed
from tests.api.phone import PASSWORD, SIGNUP

pytestmark = pytest.mark.django_db
KINDS = ("existing", "missing", "disabled", "password-less")
TOKEN = re.compile(r'"session_token": "\w+"')


@pytest.fixture(autouse=True)
def _accounts() -> None:
    for kind in KINDS:
        if kind != "missing":
            password = None if kind == "password-less" else PASSWORD
            user = User.objects.create_user(f"{kind}@example.org", password, is_active=kind != "disabled")
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@pytest.fixture
def verifying(settings: Any) -> None:
    """As outside the demo."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


@contextmanager
def hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each hash of a password that is made within."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: BasePasswordHasher, password: str, salt: str) -> str:
        made.append("hash")
        return str(encode(self, password, salt))

    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "encode", counted)
        yield made


def told(response: Any) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without what differs from request to request."""
    headers = {name: value for name, value in response.items() if name not in ("X-Request-ID", "Expires")}
    return response.status_code, headers, TOKEN.sub("", response.content.decode())


def post(path: str, body: Any) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("password", [PASSWORD, "a wrong password"])
@pytest.mark.parametrize("kind", ["missing", "disabled", "password-less"])
def test_the_apps_login_refuses_alike(kind: str, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with hashing(monkeypatch) as for_existing:
        existing = post(LOGIN, {"email": "existing@example.org", "password": "a wrong password"})
    with hashing(monkeypatch) as for_kind:
        response = post(LOGIN, {"email": f"{kind}@example.org", "password": password})
    assert told(response) == told(existing)
    assert existing.status_code == 400
    assert len(for_kind) == len(for_existing) == 1


@pytest.mark.parametrize("password", [PASSWORD, "a wrong password"])
@pytest.mark.parametrize("kind", ["missing", "disabled", "password-less"])
def test_the_desks_login_refuses_alike(kind: str, password: str) -> None:
    def shown(email: str, password: str) -> tuple[int, str]:
        response = Client().post(reverse("account_login"), {"login": email, "password": password})
        page = re.sub(r'value="[^"]*"', "", response.content.decode())
        return response.status_code, page

    existing = shown("existing@example.org", "a wrong password")
    assert shown(f"{kind}@example.org", password) == existing
    assert "are not correct" in existing[1]


@pytest.mark.parametrize("kind", ["missing", "disabled", "password-less"])
def test_a_reset_is_answered_alike_and_always_sends_a_mail(kind: str) -> None:
    existing = post(f"{AUTH}/password/request", {"email": "existing@example.org"})
    response = post(f"{AUTH}/password/request", {"email": f"{kind}@example.org"})
    assert told(response) == told(existing)
    assert existing.status_code == 401
    mailed(2)
    assert sorted(to for one in mail.outbox for to in one.to) == sorted(
        ["existing@example.org", f"{kind}@example.org"]
    )


@pytest.mark.usefixtures("verifying")
@pytest.mark.parametrize("kind", ["existing", "disabled", "password-less"])
def test_signing_up_again_is_answered_as_for_the_first_time(
    kind: str, invite: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_up(email: str, code: str) -> tuple[Any, int]:
        body = {"email": email, "password": PASSWORD, "invitation_code": code, "timezone": "UTC"}
        with hashing(monkeypatch) as made:
            response = post(SIGNUP, body)
        return told(response), len(made)

    fresh = sign_up("missing@example.org", invite())
    assert sign_up(f"{kind}@example.org", invite()) == fresh
    assert fresh[0][0] == 401
    mailed(2)
    assert User.objects.filter(email=f"{kind}@example.org").count() == 1


@pytest.mark.parametrize("kind", ["existing", "disabled"])
def test_without_an_invitation_sign_up_says_nothing_of_the_address(kind: str) -> None:
    def refused(email: str) -> Any:
        body = {"email": email, "password": PASSWORD, "invitation_code": "WRONG", "timezone": "UTC"}
        return told(post(SIGNUP, body))

    assert refused(f"{kind}@example.org") == refused("missing@example.org")


def test_a_mail_server_that_fails_is_not_felt(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.EMAIL_BACKEND = "nowhere.Backend"
    response = post(f"{AUTH}/password/request", {"email": "existing@example.org"})
    assert response.status_code == 401
    assert "existing@example.org" not in caplog.text

"""Whether there is an account costs the same work at every step of every door, and is answered the same.

The clock is steadier counted: the statements that a step sends, the passwords that it hashes, the mails.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.accounts.models import ClinicChange, Invitation, Patient, User
from tests.api.doors import AUTH, LOGIN, mailed
from tests.api.phone import PASSWORD, SIGNUP
from tests.api.test_same_answers import hashing, told

pytestmark = pytest.mark.django_db
KINDS = ("disabled", "password-less", "unconfirmed", "with a second factor", "staff")
WRONG = "BCDF-GHJK"
# Values, and which row a lock is taken on; what a statement is about stays.
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\bx\d+\b|s\d+_x\d+")


@pytest.fixture(autouse=True)
def _accounts(settings: Any) -> None:
    """As outside the demo, with an account of each kind; nobody is `missing`."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    for kind in ("existing", *KINDS):
        password = None if kind == "password-less" else PASSWORD
        user = User.objects.create_user(address(kind), password, first_name="Wilhelmina")
        EmailAddress.objects.create(user=user, email=user.email, verified=kind != "unconfirmed", primary=True)
        if kind == "with a second factor":
            TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    User.objects.filter(email=address("disabled")).update(is_active=False)
    User.objects.filter(email=address("staff")).update(is_staff=True)


def address(kind: str) -> str:
    return f"{kind.replace(' ', '-')}@example.org"


class App:
    """One app that goes through a door step by step; each step's answer and work are kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.token = ""
        self.answers: list[Any] = []
        self.work: list[tuple[list[str], int]] = []

    def step(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        if self.token:
            headers["X-Session-Token"] = self.token
        sent = json.dumps(body) if body is not None else ""
        with CaptureQueriesContext(connection) as asked, hashing(self.monkeypatch) as hashes:
            answer = Client(raise_request_exception=False).generic(
                method, path, sent, content_type="application/json", headers=headers
            )
        self.token = answer.json().get("meta", {}).get("session_token") or self.token
        self.answers.append(told(answer))
        self.work.append((sorted(VALUES.sub("", one["sql"]) for one in asked), len(hashes)))


def login(app: App, email: str) -> None:
    for _ in range(3):
        app.step("POST", LOGIN, {"email": email, "password": "a wrong password"})
    app.step("POST", LOGIN, {"email": email, "password": "wrong"}, **{"X-Device-Token": "x" * 43})


def reset(app: App, email: str) -> None:
    """With passwords that some accounts may have and others not: eight signs, one's own name."""
    app.step("POST", f"{AUTH}/password/request", {"email": email})
    app.step("GET", f"{AUTH}/session")
    for password in ("quarrels", "Wilhelmina Wilhelmina"):
        app.step("POST", f"{AUTH}/password/reset", {"key": WRONG, "password": password})


def reset_by_get(app: App, email: str) -> None:
    app.step("POST", f"{AUTH}/password/request", {"email": email})
    for _ in range(4):
        app.step("GET", f"{AUTH}/password/reset", **{"X-Password-Reset-Key": WRONG})
    app.step("GET", f"{AUTH}/session")


def reset_until_it_ends(app: App, email: str) -> None:
    app.step("POST", f"{AUTH}/password/request", {"email": email})
    for _ in range(5):
        app.step("POST", f"{AUTH}/password/reset", {"key": WRONG, "password": PASSWORD})


DOORS = (login, reset, reset_by_get, reset_until_it_ends)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
@pytest.mark.parametrize("kind", ["missing", *KINDS])
def test_each_step_is_answered_and_costs_as_for_an_account(
    kind: str, door: Callable[[App, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    existing, other = App(monkeypatch), App(monkeypatch)
    door(existing, address("existing"))
    door(other, address(kind))
    assert other.answers == existing.answers
    assert other.work == existing.work


def signed_up(app: App, email: str, code: str) -> None:
    """With the wrong code, the code asked for again, and one's own session."""
    body = {"email": email, "password": PASSWORD, "invitation_code": code, "timezone": "Europe/Berlin"}
    app.step("POST", SIGNUP, body)
    app.step("GET", f"{AUTH}/session")
    app.step("POST", f"{AUTH}/email/verify/resend", {})
    app.step("GET", f"{AUTH}/email/verify", **{"X-Email-Verification-Key": WRONG})
    for _ in range(4):
        app.step("POST", f"{AUTH}/email/verify", {"key": WRONG})


@pytest.mark.parametrize("kind", ["existing", *KINDS])
def test_a_sign_up_for_an_address_that_is_taken_goes_as_for_a_free_one(
    kind: str, invite: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    free, taken = App(monkeypatch), App(monkeypatch)
    signed_up(free, "nobody@example.org", invite())
    people, patients = User.objects.count(), Patient.objects.count()
    signed_up(taken, address(kind), invite())
    assert taken.answers == free.answers
    assert taken.work[1:] == free.work[1:]
    # The sign-up itself: the same work taken back, then the code is used up. Two statements more of ninety.
    (done, hashes), (undone, hashes_too) = free.work[0], taken.work[0]
    assert hashes == hashes_too == 1
    assert len(done) > 80
    assert abs(len(done) - len(undone)) <= 2
    assert (User.objects.count(), Patient.objects.count()) == (people, patients)
    mailed(2)


def test_the_code_is_used_up_whether_or_not_the_address_was_taken(
    invite: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the code that still opens tells that the address before it was taken."""
    for email in (address("existing"), "nobody@example.org"):
        code, statuses = invite(), []
        for said in (email, f"second-{email}"):
            app = App(monkeypatch)
            body = {"email": said, "password": PASSWORD, "invitation_code": code, "timezone": "UTC"}
            app.step("POST", SIGNUP, body)
            statuses.append(app.answers[0][0])
        assert statuses == [401, 400]
    assert Invitation.objects.filter(revoked_at=None, used_at=None).count() == 0
    assert ClinicChange.objects.filter(verb="clinic.invitation-revoked").count() == 1


def browsing(monkeypatch: pytest.MonkeyPatch, email: str) -> Iterator[Any]:
    browser = Client()
    steps = [("account_login", {"login": email, "password": "a wrong password"})]
    steps += [("account_reset_password", {"email": email})]
    steps += [("account_confirm_password_reset_code", {"code": WRONG})] * 4
    for name, said in steps:
        with CaptureQueriesContext(connection) as asked, hashing(monkeypatch) as hashes:
            answer = browser.post(reverse(name), said)
        page = re.sub(r'value="[^"]*"', "", answer.content.decode()).replace(email, "")
        work = sorted(VALUES.sub("", one["sql"]) for one in asked)
        yield name, answer.status_code, answer.get("Location"), page, work, len(hashes)


@pytest.mark.parametrize("kind", ["missing", *KINDS])
def test_each_step_of_the_desk_too(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for one, other in zip(
        browsing(monkeypatch, address("existing")), browsing(monkeypatch, address(kind)), strict=True
    ):
        assert other == one
    mailed(2)
    assert {to for one in mail.outbox for to in one.to} == {address("existing"), address(kind)}

"""Passkeys, one-time codes, mailed codes: every way in that an app has, to its end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api import doors
from journal.accounts.models import Invitation, Patient, User
from tests.api.doors import ACCOUNT, AUTH, go_on, mailed, mailed_code, sign_in
from tests.api.passkeys import Passkey
from tests.api.phone import PASSWORD, SIGNUP, Phone

pytestmark = pytest.mark.django_db
PASSKEYS = f"{ACCOUNT}/authenticators/webauthn"
TOTP = f"{ACCOUNT}/authenticators/totp"
PASSKEY_LOGIN = f"{AUTH}/webauthn/login"
PAT = "pat@example.org"


@pytest.fixture
def _https(settings: Any) -> None:
    """Passkeys are of secure pages alone."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.fixture
def verifying(settings: Any) -> None:
    """As outside the demo."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    settings.MFA_PASSKEY_SIGNUP_ENABLED = True
    settings.ROOT_URLCONF = "tests.api.urls_verifying"


@pytest.fixture
def email(patient: Patient) -> str:
    assert patient.user
    return patient.user.email


def fresh(phone: Phone) -> None:
    assert go_on(phone, "POST", f"{AUTH}/reauthenticate", {"password": PASSWORD})[0] == 200


def add_passkey(phone: Phone) -> Passkey:
    fresh(phone)
    passkey = Passkey()
    _, answer = go_on(phone, "GET", f"{PASSKEYS}?passwordless")
    body = {"name": "My phone", "credential": passkey.create(answer["data"]["creation_options"])}
    assert go_on(phone, "POST", PASSKEYS, body)[0] == 200
    return passkey


def by_passkey(passkey: Passkey, phone: Phone | None = None, **said: Any) -> tuple[int, Phone]:
    phone = phone or Phone()
    _, answer = go_on(phone, "GET", PASSKEY_LOGIN)
    credential = {**passkey.sign(answer["data"]["request_options"]), **said}
    return go_on(phone, "POST", PASSKEY_LOGIN, {"credential": credential})[0], phone


def add_totp(phone: Phone) -> tuple[pyotp.TOTP, list[str]]:
    fresh(phone)
    _, answer = go_on(phone, "GET", TOTP)
    totp = pyotp.TOTP(answer["meta"]["secret"])
    assert go_on(phone, "POST", TOTP, {"code": totp.now()})[0] == 200
    _, codes = go_on(phone, "GET", f"{ACCOUNT}/authenticators/recovery-codes")
    return totp, codes["data"]["unused_codes"]


# --- passkeys ---


def test_a_passkey_signs_in_without_a_password(phone: Phone) -> None:
    status, again = by_passkey(add_passkey(phone))
    assert status == 200
    assert again.send("GET", "/api/v1/me")[0] == 200


def test_a_passkey_counts_as_second_factor_so_the_password_alone_no_longer_opens(
    phone: Phone, email: str
) -> None:
    passkey, other = add_passkey(phone), Phone()
    status, answer = sign_in(other, email)
    assert status == 401
    assert [flow["types"] for flow in answer["data"]["flows"] if flow["id"] == "mfa_authenticate"] == [
        ["recovery_codes", "webauthn"]
    ]
    _, options = go_on(other, "GET", f"{AUTH}/webauthn/authenticate")
    credential = passkey.sign(options["data"]["request_options"])
    assert go_on(other, "POST", f"{AUTH}/webauthn/authenticate", {"credential": credential})[0] == 200


def test_an_assertion_works_once(phone: Phone) -> None:
    passkey, attacker = add_passkey(phone), Phone()
    _, answer = go_on(attacker, "GET", PASSKEY_LOGIN)
    credential = passkey.sign(answer["data"]["request_options"])
    assert go_on(Phone(token=attacker.token), "POST", PASSKEY_LOGIN, {"credential": credential})[0] == 200
    for replay in (Phone(token=attacker.token), Phone()):
        assert go_on(replay, "POST", PASSKEY_LOGIN, {"credential": credential})[0] in (400, 409, 410)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver", "https://testserver.evil.example"]
)
def test_another_sites_passkey_page_gets_nobody_in(phone: Phone, origin: str) -> None:
    passkey, caught = add_passkey(phone), Phone()
    _, answer = go_on(caught, "GET", PASSKEY_LOGIN)
    credential = passkey.sign(answer["data"]["request_options"], origin=origin)
    assert go_on(caught, "POST", PASSKEY_LOGIN, {"credential": credential})[0] == 400


def test_a_strangers_key_gets_nobody_in_and_counts_as_a_guess(phone: Phone) -> None:
    mine = add_passkey(phone)
    stranger = Passkey(identity=mine.identity, person=mine.person)
    for _ in range(doors.STRANGERS[0]):
        assert by_passkey(stranger)[0] == 400
    assert by_passkey(stranger)[0] == 429


@pytest.mark.parametrize(
    "credential", [None, "x", "[]", {"response": 7}, {"response": {"userHandle": "!"}}, [1]]
)
def test_what_is_no_credential_is_refused(credential: Any) -> None:
    phone = Phone()
    go_on(phone, "GET", PASSKEY_LOGIN)
    assert go_on(phone, "POST", PASSKEY_LOGIN, {"credential": credential})[0] == 400


@pytest.mark.usefixtures("verifying")
def test_signing_up_with_a_passkey_and_no_password(invite: Callable[..., str]) -> None:
    phone, passkey = Phone(), Passkey()
    body = {"email": PAT, "invitation_code": invite(), "timezone": "Europe/Berlin"}
    path = f"{AUTH}/webauthn/signup"
    assert go_on(phone, "POST", path, body)[0] == 401
    code = {"key": mailed_code(1)}
    assert go_on(phone, "POST", f"{AUTH}/email/verify", code)[0] == 401
    _, answer = go_on(phone, "GET", path)
    made = {"name": "My phone", "credential": passkey.create(answer["data"]["creation_options"])}
    assert go_on(phone, "PUT", path, made)[0] == 200
    assert phone.send("GET", "/api/v1/me")[0] == 200
    assert not User.objects.get().has_usable_password()
    assert by_passkey(passkey)[0] == 200
    assert sign_in(Phone(), PAT, "")[0] == 400


def test_a_found_phone_without_a_password_is_given_none(phone: Phone, patient: Patient) -> None:
    """Who signed up by passkey has none; a first one would be a way in beside the passkey."""
    passkey = add_passkey(phone)
    user = patient.user
    assert user
    user.set_unusable_password()
    user.save()
    status, found = by_passkey(passkey)
    assert status == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        body = {"new_password": "a thief by the river"}
        assert found.send("POST", f"{ACCOUNT}/password/change", body)[0] == 401
        browser = Client()
        browser.cookies["osteon_session"] = found.token
        said = {"password1": body["new_password"], "password2": body["new_password"]}
        assert "reauthenticate" in browser.post(reverse("account_set_password"), said)["Location"]
        assert not User.objects.get(pk=user.pk).has_usable_password()
        _, asked = go_on(found, "GET", f"{AUTH}/webauthn/reauthenticate")
        shown = {"credential": passkey.sign(asked["data"]["request_options"])}
        assert go_on(found, "POST", f"{AUTH}/webauthn/reauthenticate", shown)[0] == 200
        found.send("POST", f"{ACCOUNT}/password/change", body)
    assert User.objects.get(pk=user.pk).has_usable_password()


@pytest.mark.usefixtures("verifying")
def test_a_passkey_sign_up_needs_an_invitation_too() -> None:
    body = {"email": PAT, "invitation_code": "WRONG", "timezone": "Europe/Berlin"}
    assert Phone().send("POST", f"{AUTH}/webauthn/signup", body)[0] == 400
    assert not User.objects.exists()


# --- one-time codes ---


def test_a_one_time_code_is_asked_for_and_works_once(phone: Phone, email: str) -> None:
    totp, _ = add_totp(phone)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(60)
        first, second = Phone(), Phone()
        assert (sign_in(first, email)[0], sign_in(second, email)[0]) == (401, 401)
        assert first.send("GET", "/api/v1/me")[0] == 401
        code = {"code": totp.at(timezone.now())}
        assert go_on(first, "POST", f"{AUTH}/2fa/authenticate", code)[0] == 200
        assert first.send("GET", "/api/v1/me")[0] == 200
        assert go_on(second, "POST", f"{AUTH}/2fa/authenticate", code)[0] == 400


def test_a_recovery_code_works_once(phone: Phone, email: str) -> None:
    _, codes = add_totp(phone)
    for expected in (200, 400):
        other = Phone()
        sign_in(other, email)
        assert go_on(other, "POST", f"{AUTH}/2fa/authenticate", {"code": codes[3]})[0] == expected


def test_guesses_at_the_code_count_with_those_at_the_password(phone: Phone, email: str) -> None:
    add_totp(phone)
    other = Phone()
    for _ in range(5):
        sign_in(Phone(), email, "a wrong password")
    sign_in(other, email)
    for _ in range(doors.STRANGERS[0] - 5):
        assert go_on(other, "POST", f"{AUTH}/2fa/authenticate", {"code": "000000"})[0] == 400
    assert go_on(other, "POST", f"{AUTH}/2fa/authenticate", {"code": "000000"})[0] == 429
    assert sign_in(Phone(), email)[0] == 429


def test_with_a_second_factor_eight_signs_are_enough(phone: Phone) -> None:
    def change(new: str) -> int:
        body = {"current_password": PASSWORD, "new_password": new}
        return phone.send("POST", f"{ACCOUNT}/password/change", body)[0]

    assert change("otters-9") == 400
    add_totp(phone)
    assert change("otter-9") == 400
    assert change("otters-9") in (200, 401)


# --- passwords ---


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("fourteen signs", 400),
        ("fifteen signs !", 200),
        ("ñ" * 7 + " 日本語 ümläut", 200),
        ("all lower case and nothing else " * 4, 200),
        ("x y" * 341, 200),
        ("x y" * 342, 400),
        ("111111111111111", 400),
    ],
)
def test_a_password_is_long_and_not_common_and_nothing_else(
    invite: Callable[..., str], password: str, status: int
) -> None:
    body = {"email": PAT, "password": password, "invitation_code": invite(), "timezone": "UTC"}
    assert Phone().send("POST", SIGNUP, body)[0] == status
    if status == 200:
        assert sign_in(Phone(), PAT, password)[0] == 200
        assert sign_in(Phone(), PAT, password[:-1])[0] == 400


def test_a_password_is_compared_exactly_blanks_included(invite: Callable[..., str]) -> None:
    said = "  two blanks before and after  "
    body = {"email": PAT, "password": said, "invitation_code": invite(), "timezone": "UTC"}
    assert Phone().send("POST", SIGNUP, body)[0] == 200
    assert sign_in(Phone(), PAT, said.strip())[0] == 400
    assert sign_in(Phone(), PAT, said)[0] == 200


# --- mailed codes ---


@pytest.mark.usefixtures("verifying")
def test_an_address_is_proved_by_the_mailed_code(invite: Callable[..., str]) -> None:
    phone = Phone()
    body = {"email": PAT, "password": PASSWORD, "invitation_code": invite(), "timezone": "UTC"}
    assert go_on(phone, "POST", SIGNUP, body)[0] == 401
    assert phone.send("GET", "/api/v1/me")[0] == 401
    code = mailed_code(1)
    assert go_on(phone, "POST", f"{AUTH}/email/verify", {"key": "BBBB-BBBB"})[0] == 400
    assert go_on(phone, "POST", f"{AUTH}/email/verify", {"key": code})[0] == 200
    assert phone.send("GET", "/api/v1/me")[0] == 200
    assert Invitation.objects.get().used_at is not None


@pytest.mark.usefixtures("verifying")
def test_a_mailed_code_stands_three_guesses(invite: Callable[..., str]) -> None:
    phone = Phone()
    body = {"email": PAT, "password": PASSWORD, "invitation_code": invite(), "timezone": "UTC"}
    go_on(phone, "POST", SIGNUP, body)
    code = mailed_code(1)
    for _ in range(3):
        assert go_on(phone, "POST", f"{AUTH}/email/verify", {"key": "BBBB-BBBB"})[0] == 400
    assert go_on(phone, "POST", f"{AUTH}/email/verify", {"key": code})[0] == 409


def test_a_forgotten_password_is_set_anew_with_the_mailed_code_and_ends_all_sessions(
    phone: Phone, email: str
) -> None:
    forgot = Phone()
    assert go_on(forgot, "POST", f"{AUTH}/password/request", {"email": email})[0] == 401
    code, new = mailed_code(1), "quite another long walk"
    assert mail.outbox[0].to == [email]
    assert "http" not in mail.outbox[0].body.replace("http://testserver", "")
    wrong = {"key": "BBBB-BBBB", "password": new}
    assert go_on(forgot, "POST", f"{AUTH}/password/reset", wrong)[0] == 400
    assert go_on(forgot, "POST", f"{AUTH}/password/reset", {"key": code, "password": new})[0] == 401
    assert phone.send("GET", "/api/v1/me")[0] == 401
    assert (sign_in(Phone(), email)[0], sign_in(Phone(), email, new)[0]) == (400, 200)
    again = {"key": code, "password": "a third one, as long"}
    assert go_on(forgot, "POST", f"{AUTH}/password/reset", again)[0] in (400, 409)


def test_a_reset_does_not_take_the_second_factor_away(phone: Phone, email: str) -> None:
    add_totp(phone)
    forgot, sent = Phone(), len(mail.outbox)
    go_on(forgot, "POST", f"{AUTH}/password/request", {"email": email})
    code, new = mailed_code(sent + 1), "quite another long walk"
    assert go_on(forgot, "POST", f"{AUTH}/password/reset", {"key": code, "password": new})[0] == 401
    assert sign_in(Phone(), email, new)[0] == 401
    assert Authenticator.objects.filter(type="totp").exists()


# --- what the person is told by mail ---


@pytest.mark.django_db(transaction=True)
def test_a_new_password_and_a_changed_factor_are_told_by_mail_in_neutral_words(
    phone: Phone, email: str
) -> None:
    """What happened and when; nothing of health or of the clinic, and nothing that a stranger wrote."""
    phone.client.defaults["HTTP_USER_AGENT"] = "Please open evil.example"
    add_passkey(phone)
    mailed(1)
    add_totp(phone)
    mailed(2)
    body = {"current_password": PASSWORD, "new_password": "a quiet walk by the sea"}
    phone.send("POST", f"{ACCOUNT}/password/change", body)
    mailed(3)
    assert {to for one in mail.outbox for to in one.to} == {email}
    for one in mail.outbox:
        said = f"{one.subject} {one.body}".lower()
        assert "if it was not you" in said
        for word in ("evil.example", "127.0.0.1", "hill", "pain", "symptom", "journal", "patient", "health"):
            assert word not in said


def test_the_old_address_is_told_that_there_is_another_and_not_which(phone: Phone, email: str) -> None:
    user = User.objects.get(email=email)
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"primary": True, "verified": True}
    )
    EmailAddress.objects.create(user=user, email="new@example.org", verified=True)
    fresh(phone)
    body = {"email": "new@example.org", "primary": True}
    assert phone.send("PATCH", f"{ACCOUNT}/email", body)[0] == 200
    assert "new@example.org" not in mailed(1)
    assert mail.outbox[0].to == [email]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_show_one_mailed_code_at_once_one_sets_the_password(phone: Phone, email: str) -> None:
    forgot = Phone()
    assert go_on(forgot, "POST", f"{AUTH}/password/request", {"email": email})[0] == 401
    code = mailed_code(1)
    wishes = [f"quite another walk {number}" for number in range(6)]

    def shown(new: str) -> int:
        try:
            body = {"key": code, "password": new}
            return Phone(forgot.token).send("POST", f"{AUTH}/password/reset", body)[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(shown, wishes))
    assert sorted(statuses) == [401, 409, 409, 409, 409, 409]  # 401: sign in with it now
    [taken] = [wish for wish, status in zip(wishes, statuses, strict=True) if status == 401]
    assert sign_in(Phone(), email, taken)[0] == 200

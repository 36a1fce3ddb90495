"""Somebody has a copy of the whole database: nothing in it opens anything."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.core import mail
from django.db import connection
from django.test import Client
from psycopg import sql

from api.doors import DEVICE_HEADER
from journal.accounts.models import Session
from tests.api.doors import ACCOUNT, AUTH, LOGIN, go_on, mailed, mailed_code, sign_in
from tests.api.phone import PASSWORD, SIGNUP, Phone

pytestmark = pytest.mark.django_db
PAT = "pat@example.org"
# Whatever could be a token, a code or a key: a run of signs without blanks.
WORD = re.compile(r"[A-Za-z0-9+/=_:.-]{8,}")


def dump() -> str:
    """Every row of every table, as text. The trail, which the app can't read, holds names of columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


@pytest.fixture
def secrets(invite: Callable[..., str], settings: Any) -> dict[str, str]:
    """Everything that opens something, while it is still good for it."""
    found = {"unused invitation": invite(), "password": PASSWORD}
    phone = Phone()
    found["invitation"] = invite()
    body = {
        "email": PAT,
        "password": PASSWORD,
        "invitation_code": found["invitation"],
        "timezone": "Europe/Berlin",
    }
    response = phone.request("POST", SIGNUP, body)
    phone.token = response.json()["meta"]["session_token"]
    found["device"] = response[DEVICE_HEADER]
    go_on(phone, "POST", f"{AUTH}/reauthenticate", {"password": PASSWORD})
    _, waiting = go_on(phone, "GET", f"{ACCOUNT}/authenticators/totp")
    found["one-time secret"] = waiting["meta"]["secret"]
    code = pyotp.TOTP(found["one-time secret"]).now()
    assert go_on(phone, "POST", f"{ACCOUNT}/authenticators/totp", {"code": code})[0] == 200
    _, answer = go_on(phone, "GET", f"{ACCOUNT}/authenticators/recovery-codes")
    found |= {f"recovery code {one}": one for one in answer["data"]["unused_codes"]}
    found["session"] = phone.token
    half_way = Phone()
    assert sign_in(half_way, PAT)[0] == 401
    found["half a session"] = half_way.token
    sent = len(mail.outbox)
    forgot = Phone()
    go_on(forgot, "POST", f"{AUTH}/password/request", {"email": PAT})
    mailed(sent + 1)
    found |= {"reset code": mailed_code(sent + 1), "resetting session": forgot.token}
    setting_up = Phone()
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    body |= {"email": "sue@example.org", "invitation_code": invite()}
    go_on(setting_up, "POST", SIGNUP, body)
    found |= {"mailed code": mailed_code(sent + 2), "verifying session": setting_up.token}
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
    return found


def test_no_secret_stands_in_the_database(secrets: dict[str, str]) -> None:
    assert len(secrets) > 15
    assert all(secrets.values())
    stored = dump()
    spelled = {name: {value, value.replace("-", "")} for name, value in secrets.items()}
    assert [name for name, forms in spelled.items() if any(form in stored for form in forms)] == []


def test_nothing_that_stands_in_it_signs_anybody_in(secrets: dict[str, str]) -> None:
    """Each word of it is tried as a session of the app, as a browser's cookie and as a password."""
    words = set(WORD.findall(dump()))
    assert len(words) > 100
    tried = {word for word in words if len(word) <= 100}
    for word in tried:
        opened = Phone(token=word).request("GET", "/api/v1/me").status_code
        assert opened == 401, word
    keys = {key for key in tried if len(key) in (32, 40, 64)}
    assert {str(key) for key in Session.objects.values_list("pk", flat=True)} <= keys
    for word in keys:
        browser = Client()
        browser.cookies[configured.SESSION_COOKIE_NAME] = word
        assert browser.get("/accounts/2fa/").status_code == 302, word


def test_the_tokens_themselves_still_work(secrets: dict[str, str]) -> None:
    """So the two tests above would notice."""
    assert Phone(token=secrets["session"]).request("GET", "/api/v1/me").status_code == 200
    body = {"email": PAT, "password": PASSWORD}
    phone = Phone(token="")
    assert phone.request("POST", LOGIN, body).status_code == 401
    half = Phone(token=secrets["half a session"])
    code = next(value for name, value in secrets.items() if name.startswith("recovery"))
    assert go_on(half, "POST", f"{AUTH}/2fa/authenticate", {"code": code})[0] == 200
    assert half.request("GET", "/api/v1/me").status_code == 200


def test_after_a_change_of_the_secret_key_what_was_sealed_opens_with_the_earlier_one(
    secrets: dict[str, str], settings: Any
) -> None:
    totp = Authenticator.objects.get(type="totp")
    code = pyotp.TOTP(secrets["one-time secret"])
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret " * 5
    assert code.verify(code.now())
    assert secrets["one-time secret"] not in str(totp.data)
    assert Phone(token=secrets["session"]).request("GET", "/api/v1/me").status_code == 200
    half = Phone(token=secrets["half a session"])
    recovery = [value for name, value in secrets.items() if name.startswith("recovery")]
    assert go_on(half, "POST", f"{AUTH}/2fa/authenticate", {"code": recovery[1]})[0] == 200


def test_no_token_is_ever_in_an_address() -> None:
    """Mails carry codes to type, no links that open something."""
    from tests.api.test_doors import SIGN_IN

    assert [route for route in SIGN_IN if "key>" in route and "confirm-email" not in route] == []

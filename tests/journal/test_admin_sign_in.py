"""Who comes to the desk, and how."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, User
from tests.support import desk as people

LOGIN = reverse("account_login")
QUEUE = reverse("admin:journal_flag_changelist")
PASSWORD = {"password": people.PASSWORD}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(browser: Client, next_url: str = "") -> Any:
    said = {"login": "mira@hill.example", "password": people.PASSWORD, "next": next_url}
    return browser.post(LOGIN, said, follow=True)


def show_code(browser: Client, address: str) -> Any:
    return browser.post(address, {"code": pyotp.TOTP(SECRET).now()}, follow=True)


@pytest.fixture
def strict(settings: Any) -> None:
    """As outside the demo."""
    settings.STAFF_NEEDS_SECOND_FACTOR = True


@pytest.fixture
def with_totp(mira: User) -> None:
    TOTP.activate(mira, SECRET)


def test_the_admin_has_no_sign_in_of_its_own(client: Client, db: None) -> None:
    response = client.get(QUEUE, follow=True)
    assert response.request["PATH_INFO"] == LOGIN
    assert "Are you a patient?" in response.content.decode()
    client.post("/admin/login/", {"username": "mira@hill.example", "password": people.PASSWORD})
    assert "_auth_user_id" not in client.session


def test_after_signing_in_one_lands_where_one_wanted_to_go(client: Client, mira: User) -> None:
    patients = reverse("admin:accounts_patient_changelist")
    response = client.get(patients, follow=True)
    assert sign_in(client, response.context["redirect_field_value"]).request["PATH_INFO"] == patients


def test_sign_in_leads_nowhere_else(client: Client, mira: User) -> None:
    client.force_login(mira)
    response = client.get("/admin/login/", {"next": "https://evil.example/"})
    assert response["Location"] == "/admin/"


def test_a_wrong_password_is_refused_in_words(client: Client, mira: User) -> None:
    response = client.post(LOGIN, {"login": "mira@hill.example", "password": "wrong"})
    assert "are not correct" in response.content.decode()
    assert client.get(QUEUE).status_code == 302


def test_signing_out_ends_the_session(desk: Client) -> None:
    assert desk.get("/admin/logout/").status_code == 405
    assert desk.get(QUEUE).status_code == 200
    assert desk.post("/admin/logout/", follow=True).request["PATH_INFO"] == LOGIN
    assert desk.get(QUEUE).status_code == 302


def test_sign_up_is_closed_in_the_browser(client: Client, db: None) -> None:
    said = {"email": "x@example.org", "password1": people.PASSWORD, "invitation_code": "x", "timezone": "UTC"}
    for response in (client.get("/accounts/signup/"), client.post("/accounts/signup/", said)):
        assert "Sign-up is in the app" in response.content.decode()
    assert not User.objects.exists()


# --- the second factor ---


def test_password_alone_leads_to_the_set_up_and_to_no_page_of_the_desk(
    client: Client, mira: User, hill: Clinic, strict: None
) -> None:
    flag = people.flag(people.patient(hill, "Ada Berg"))
    sign_in(client)
    for address in ["/admin/", QUEUE, reverse("admin:journal_flag_change", args=[flag.pk]), "/admin/jsi18n/"]:
        response = client.get(address, follow=True)
        assert (reverse("mfa_activate_totp"), 302) in [
            (url.split("?")[0], code) for url, code in response.redirect_chain
        ]
        assert "Ada Berg" not in response.content.decode()
    client.post(reverse("admin:journal_flag_acknowledge", args=[flag.pk]))
    flag.refresh_from_db()
    assert flag.status == "open"


@pytest.mark.django_db(transaction=True)
def test_setting_the_factor_up_opens_the_desk(client: Client, mira: User, strict: None) -> None:
    asked_again = sign_in(client)  # allauth wants the password once more before it changes factors
    page = client.post(
        asked_again.request["PATH_INFO"] + "?next=" + reverse("mfa_activate_totp"), PASSWORD, follow=True
    )
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": pyotp.TOTP(secret).now()}, follow=True)
    assert "To the desk" in done.content.decode()
    assert client.get(QUEUE).status_code == 200


def test_the_password_does_not_sign_in_where_a_code_is_due(
    client: Client, mira: User, with_totp: None, strict: None
) -> None:
    landed = sign_in(client)
    assert landed.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(QUEUE).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get(QUEUE).status_code == 302
    assert show_code(client, reverse("mfa_authenticate")).request["PATH_INFO"] == QUEUE


def test_a_session_from_before_the_set_up_must_show_the_factor_too(
    client: Client, mira: User, strict: None
) -> None:
    sign_in(client)
    TOTP.activate(mira, SECRET)  # on another machine
    response = client.get(QUEUE, follow=True)
    assert response.request["PATH_INFO"] == reverse("mfa_reauthenticate")
    show_code(client, reverse("mfa_reauthenticate"))
    assert client.get(QUEUE).status_code == 200


def test_taking_the_factor_away_closes_the_desk_at_once(
    client: Client, mira: User, with_totp: None, strict: None
) -> None:
    sign_in(client)
    show_code(client, reverse("mfa_authenticate"))
    assert client.get(QUEUE).status_code == 200
    Authenticator.objects.all().delete()
    assert client.get(QUEUE).status_code == 302


def test_the_demo_asks_for_no_second_factor(client: Client, mira: User, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    assert sign_in(client).request["PATH_INFO"] == QUEUE


# --- idle sessions ---


def test_twenty_idle_minutes_end_a_staff_session(client: Client, mira: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=19))
        assert client.get(QUEUE).status_code == 200
        clock.shift(timedelta(minutes=19))
        assert client.get(QUEUE).status_code == 200
        clock.shift(timedelta(minutes=21))
        assert client.get(QUEUE).status_code == 302


def test_the_session_is_short_from_the_sign_in_on(client: Client, mira: User) -> None:
    client.post(LOGIN, {"login": "mira@hill.example", "password": people.PASSWORD})
    assert client.session.get_expiry_age() == 20 * 60


# --- what a browser may do on these pages ---


def policy(response: Any) -> dict[str, str]:
    rules = (rule.strip().split(" ", 1) for rule in response["Content-Security-Policy"].split(";"))
    return {name: "".join(value) for name, *value in rules}


def test_only_the_desks_pages_loosen_the_policy_and_nothing_lets_other_origins_in(desk: Client) -> None:
    loose = policy(desk.get(QUEUE))
    assert loose["script-src"] == "'self' 'unsafe-eval'"
    assert loose["style-src"] == "'self' 'unsafe-inline'"
    assert "http" not in "".join(loose.values())
    for address in [reverse("mfa_index"), "/health/live", "/api/v1/entries", "/admin/nothing/"]:
        strict = policy(desk.get(address))
        assert "script-src" not in strict
        assert strict["default-src"] == "'self'"
    desk.logout()
    assert "script-src" not in policy(desk.get(LOGIN))


def test_pages_of_the_desk_are_not_stored(desk: Client) -> None:
    assert "no-store" in desk.get(QUEUE)["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["account_change_password", "mfa_index", "usersessions_list", "account_logout"]
)
def test_the_account_pages_look_like_the_product(desk: Client, name: str) -> None:
    page = desk.get(reverse(name), follow=True).content.decode()
    assert "desk/entrance.css" in page
    assert "Menu:" not in page


def test_the_list_of_sessions_names_browsers_as_their_owner_does(client: Client, mira: User) -> None:
    chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0"
    client.defaults["HTTP_USER_AGENT"] = chrome
    sign_in(client)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "Chrome on Android <strong>(this one)</strong>" in page
    assert "AppleWebKit" not in page


def test_staff_who_may_not_open_a_page_find_the_way_back(desk: Client) -> None:
    answer = desk.get(reverse("admin:glass"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert '<a href="/admin/">Back to the queue</a>' in page
    assert "If you are a patient" not in page


def test_the_desk_has_one_word_for_leaving(desk: Client) -> None:
    page = desk.get(QUEUE).content.decode()
    assert "Sign out" in page
    assert "Log out" not in page

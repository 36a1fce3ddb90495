"""Every address of the sign-in has a reason to be there; no page of the desk is pressed from elsewhere."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from journal.accounts.models import Guesses
from tests.support.desk import signed_in
from tests.support.records import Cast, a_cast
from tests.support.routes import every_route

pytestmark = pytest.mark.django_db
APP = "_allauth/app/v1/"
# What a request must have shown before the address gives or changes anything.
OPEN = "anybody: a secret is asked for and counted, or nothing is told"
SESSION = "a session, and then only what is its own"
PASSWORD = "a session and the password of now"
FRESH = "a session that has shown a password or a factor in the last minutes"
PENDING = "the step before, in the same session"
DESK = {
    "login/": OPEN,
    "logout/": SESSION,
    "inactive/": OPEN,
    "signup/": OPEN,  # says that it is closed
    "reauthenticate/": SESSION,
    "email/": FRESH,
    "confirm-email/": PENDING,
    "confirm-email/no-key/": OPEN,  # links of earlier versions; mails have codes
    "password/change/": PASSWORD,
    "password/set/": PASSWORD,  # or a fresh session, of who has none
    "password/reset/": OPEN,
    "password/reset/confirm/": PENDING,
    "password/reset/complete/": PENDING,
    "password/reset/done/": OPEN,
    "login/code/confirm/": PENDING,  # no code to sign in with is ever sent
    "2fa/": SESSION,
    "2fa/authenticate/": PENDING,
    "2fa/reauthenticate/": SESSION,
    "2fa/totp/activate/": FRESH,
    "2fa/totp/deactivate/": FRESH,
    "2fa/recovery-codes/": FRESH,
    "2fa/recovery-codes/generate/": FRESH,
    "2fa/recovery-codes/download/": FRESH,
    "2fa/webauthn/": SESSION,
    "2fa/webauthn/add/": FRESH,
    "2fa/webauthn/reauthenticate/": SESSION,
    "2fa/webauthn/keys/<int:pk>/remove/": FRESH,
    "2fa/webauthn/keys/<int:pk>/edit/": FRESH,
    "2fa/webauthn/login/": OPEN,
    "sessions/": SESSION,
}
HEADLESS = {
    "config": OPEN,
    "auth/session": OPEN,
    "auth/login": OPEN,
    "auth/signup": OPEN,  # with an invitation
    "auth/webauthn/login": OPEN,
    "auth/webauthn/authenticate": PENDING,
    "auth/webauthn/reauthenticate": SESSION,
    "auth/reauthenticate": SESSION,
    "auth/code/confirm": PENDING,
    "auth/password/request": OPEN,
    "auth/password/reset": PENDING,
    "auth/email/verify": PENDING,
    "auth/email/verify/resend": PENDING,
    "auth/phone/verify": OPEN,  # 404: there are no telephone numbers
    "auth/phone/verify/resend": OPEN,
    "account/phone": OPEN,
    "auth/2fa/authenticate": PENDING,
    "auth/2fa/reauthenticate": SESSION,
    "auth/sessions": SESSION,
    "tokens/refresh": OPEN,  # of another kind of token, which nobody has
    "account/password/change": PASSWORD,
    "account/email": FRESH,
    "account/authenticators": SESSION,
    "account/authenticators/totp": FRESH,
    "account/authenticators/recovery-codes": FRESH,
    "account/authenticators/webauthn": FRESH,
}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def hill(db: None) -> Cast:
    return a_cast("hill", "heron")


def test_each_address_of_the_sign_in_is_named_with_what_it_asks() -> None:
    """One that a later version adds fails here, until somebody has looked at it."""
    found = {route.pattern for route in every_route() if route.pattern.startswith(("accounts/", "_allauth/"))}
    named = {f"accounts/{each}" for each in DESK} | {f"{APP}{each}" for each in HEADLESS}
    assert found == named


def test_without_a_session_nothing_of_an_account_is_changed() -> None:
    for start, addresses in (("accounts/", DESK), (APP, HEADLESS)):
        for each, asks in addresses.items():
            if asks == OPEN or each == "logout/":
                continue
            for method in CHANGING:
                address = f"/{start}{each}".replace("<int:pk>", "1")
                answer = Client().generic(method, address, "{}", "application/json")
                assert answer.status_code in (302, 400, 401, 404, 405, 409), (method, address)


def test_a_session_that_showed_nothing_lately_changes_no_factor_and_no_address(hill: Cast) -> None:
    TOTP.activate(hill.person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    browser = Client()
    browser.force_login(hill.person)
    token = browser.cookies["osteon_session"].value
    for each in [each for each, asks in HEADLESS.items() if asks in (FRESH, PASSWORD)]:
        for method in CHANGING:
            answer = Client().generic(
                method, f"/{APP}{each}", "{}", "application/json", headers={"X-Session-Token": token}
            )
            assert answer.status_code in (400, 401, 403, 404, 405), (method, each)
    for each in [each for each, asks in DESK.items() if asks == FRESH]:
        Guesses.objects.all().delete()  # the counter would end this too early
        address = f"/accounts/{each.replace('<int:pk>', '1')}"
        answer = browser.post(address, {"action_add": "", "email": "x@away.example"})
        answer = browser.get(address) if answer.status_code == 405 else answer
        assert answer.status_code == 404 or "reauthenticate" in answer.get("Location", ""), each
    assert Authenticator.objects.filter(user=hill.person).count() == 1


def test_nothing_is_pressed_on_the_desk_by_a_page_from_elsewhere(hill: Cast) -> None:
    """Without the desk's own token every change is refused, whatever the address; the API takes no cookie."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    signed_in(browser, hill.lead)
    for route in every_route():
        address = next(iter(route.filled(hill))) if route.parameters else route.address({})
        for method in CHANGING:
            status = browser.generic(method, address, "{}", "application/json").status_code
            by_cookie = {403, 404} if not route.pattern.startswith(("api/", "_allauth/")) else {401, 404, 405}
            if route.pattern.startswith("_allauth/"):
                by_cookie |= {400, 403, 409, 410}
            assert status in by_cookie, (method, address, status)

"""Second factors of staff in a real browser: passkeys, security keys, authenticator apps, recovery codes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from journal.accounts.models import User
from tests.browser.test_morning_round import ward
from tests.browser.watch import Watch
from tests.support import desk as people

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("strict")]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def strict(settings: Any, settings_for_http: None) -> None:
    """As outside the demo."""
    settings.STAFF_NEEDS_SECOND_FACTOR = True


@pytest.fixture
def authenticator(page: Page) -> Iterator[CDPSession]:
    """What a laptop with a fingerprint reader has: keeps passkeys and verifies who touches it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield devtools
    devtools.detach()


def password(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Email").fill("mira@hill.example")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """allauth wants the password once more before factors are changed."""
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def at_the_queue(page: Page) -> None:
    page.wait_for_url("**/admin/journal/flag/**")
    expect(page.get_by_text("Ada Berg")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    page.get_by_role("main").get_by_role("button", name="Sign Out").click()
    page.wait_for_url("**/accounts/login/**")


def enrol(page: Page, *, passkey: bool) -> None:
    """The first factor of an account that has none."""
    password(page)
    confirm(page)
    page.get_by_role("link", name="add one instead").click()
    if passkey:
        page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()


def test_a_passkey_is_enrolled_and_signs_in_by_itself(
    page: Page, watch: Watch, ward: User, authenticator: CDPSession
) -> None:
    enrol(page, passkey=True)
    page.get_by_role("link", name="To the desk").click()
    at_the_queue(page)
    sign_out(page)
    page.goto("/admin/")
    page.get_by_role("button", name="Use a passkey").click()
    at_the_queue(page)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}


def test_a_security_key_is_the_second_factor_beside_the_password(
    page: Page, watch: Watch, ward: User, authenticator: CDPSession
) -> None:
    enrol(page, passkey=False)
    sign_out(page)
    password(page)
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    assert page.request.get(reverse("admin:journal_flag_changelist"), max_redirects=0).status == 302
    page.get_by_role("button", name="Use a security key").click()
    at_the_queue(page)


def test_a_session_from_before_the_key_shows_it_to_come_in(
    page: Page, watch: Watch, ward: User, authenticator: CDPSession, settings: Any
) -> None:
    enrol(page, passkey=True)
    page.context.clear_cookies()
    kept = list(Authenticator.objects.all())
    Authenticator.objects.all().delete()
    password(page)
    page.wait_for_url("**/accounts/reauthenticate/**")
    Authenticator.objects.bulk_create(kept)  # as if enrolled on another machine meanwhile
    page.goto("/admin/")
    page.wait_for_url(f"**{reverse('mfa_reauthenticate_webauthn')}**")
    page.get_by_role("button", name="Use a security key").click()
    at_the_queue(page)


def test_a_passkey_confirms_the_closing_of_a_flag(
    page: Page, watch: Watch, ward: User, authenticator: CDPSession, settings: Any
) -> None:
    enrol(page, passkey=True)
    page.goto("/admin/")
    page.locator("tr.data-row", has_text="Ben Okafor").get_by_role("link", name="Cauda equina").click()
    page.get_by_label("What came of it").select_option("emergency-care")
    page.get_by_label("Note, for your colleagues").fill("The ambulance took her at nine.")
    settings.CLOSING_CONFIRMED_FOR = timedelta(0)
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("link", name="Use a security key").click()
    settings.CLOSING_CONFIRMED_FOR = timedelta(minutes=15)
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_label("Note, for your colleagues")).to_have_value("The ambulance took her at nine.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Sent to emergency care")).to_be_visible()


def test_somebody_elses_passkey_confirms_nothing(
    page: Page, watch: Watch, ward: User, authenticator: CDPSession
) -> None:
    """Ben's key is in the same laptop; the session is Mira's."""
    enrol(page, passkey=True)
    sign_out(page)
    ben = people.clinician(ward.clinician.clinic, "ben@hill.example", name="Ben Ortiz")
    Authenticator.objects.filter(type="webauthn").update(user=ben)
    Authenticator.objects.filter(type="recovery_codes").delete()
    TOTP.activate(ward, SECRET)
    password(page)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.get_by_role("button", name="Use a security key").click()
    assert sent.value.status == 200
    assert page.request.get(reverse("admin:journal_flag_changelist"), max_redirects=0).status == 302


def test_an_authenticator_app_is_set_up_and_a_recovery_code_opens_once(
    page: Page, watch: Watch, ward: User
) -> None:
    password(page)
    confirm(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Activate").click()
    codes = page.get_by_label("Unused codes").input_value().split()
    assert len(codes) == 10
    page.get_by_role("link", name="To the desk").click()
    at_the_queue(page)
    sign_out(page)
    password(page)
    page.locator("input[name=code]").fill(codes[0])
    page.get_by_role("button", name="Sign In", exact=True).click()
    at_the_queue(page)
    sign_out(page)
    password(page)
    page.locator("input[name=code]").fill(codes[0])
    page.get_by_role("button", name="Sign In", exact=True).click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()

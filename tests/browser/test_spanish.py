"""The desk in Spanish in a real browser: chosen in the menu, as accessible as in English, no wider."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Patient, User
from tests.browser.test_accessibility import findings
from tests.browser.test_morning_round import sign_in, ward
from tests.browser.test_pages import ada, addresses
from tests.browser.watch import Watch

__all__ = ["ada", "ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]


def test_the_menu_changes_the_language_and_stays_on_the_page(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_changelist"))
    page.get_by_text("mira@hill.example").click()
    page.get_by_role("button", name="Español").click()
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}{reverse('admin:accounts_patient_changelist')}")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("link", name="Cola de triaje")).to_be_visible()
    page.goto(reverse("mfa_index"))
    expect(page.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("size", [(640, 450), (820, 1180)])
def test_spanish_pages_pass_axe_and_do_not_scroll_sideways(
    chromium: Browser, live_server: LiveServer, ada: Patient, axe: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height})
    page = context.new_page()
    sign_in(page)
    User.objects.filter(email="mira@hill.example").update(language="es")
    found = []
    for address in addresses(ada):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.lang") == "es"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found += [f"{address} {fault}" for fault in findings(page, axe)]
    assert not found, "\n".join(found)
    context.close()

"""A physiotherapist writes down a fracture and plans an exercise, in a real browser."""


import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Patient, User
from journal.models import CareItem, Fact, Note
from tests.browser.test_accessibility import findings
from tests.browser.test_morning_round import sign_in, ward
from tests.browser.watch import Watch

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]


def open_page(page: Page) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_change", args=[Patient.objects.get(name="Ada Berg").pk]))


def write(page: Page) -> None:
    """A fracture, a note, an exercise and a brace for Ada."""
    facts, plan, notes = (page.locator(f"section#{name}") for name in ("facts", "care-plan", "notes"))
    facts.get_by_text("Add a fact").first.click()
    facts.get_by_label("What is known").select_option("fracture:spine")
    facts.get_by_label("Day, or first day").fill("2024-03-01")
    facts.get_by_label("Fracture from little force").select_option("true")
    facts.get_by_label("Details").fill("L1, seen on X-ray")
    facts.get_by_role("button", name="Add a fact").click()
    expect(facts.get_by_text("Fracture: spine")).to_be_visible()
    notes.get_by_text("Add a note").first.click()
    notes.get_by_label("About").select_option("kyphoplasty")
    notes.get_by_label("Day of it").fill("2024-05-02")
    notes.get_by_label("Note, for your colleagues").fill("L1, no complication.")
    notes.get_by_role("button", name="Add a note").click()
    expect(notes.get_by_text("L1, no complication.")).to_be_visible()
    plan.get_by_text("Add to the plan").first.click()
    plan.get_by_label("What is planned").select_option("exercise:resistance")
    plan.get_by_label("Exercise: how much").fill("8 to 12 times, two days a week")
    plan.get_by_label("Twisting").check()
    plan.get_by_role("button", name="Add to the plan").click()


def test_a_fracture_a_note_and_a_plan_are_written_and_the_risk_is_told(
    page: Page, watch: Watch, ward: User
) -> None:
    open_page(page)
    write(page)
    plan = page.locator("section#care-plan")
    expect(page.get_by_text("Planned. Please think twice.")).to_be_visible()
    expect(plan.get_by_text("Exercise: strength")).to_be_visible()
    expect(plan.get_by_text("Held", exact=True)).to_be_visible()
    plan.locator("summary", has_text="Stop").click()
    plan.get_by_label("Why it is stopped").fill("Too hard after the fracture")
    plan.get_by_role("button", name="Stop").click()
    expect(plan.get_by_text("Stopped or over (1)")).to_be_visible()
    assert Fact.objects.standing().filter(code="spine", by=ward).exists()
    assert Note.objects.get().by == ward
    assert CareItem.objects.get().stop_reason == "Too hard after the fracture"


def test_the_open_forms_pass_axe(
    chromium: Browser, live_server: LiveServer, ward: User, axe: str, scheme: str
) -> None:
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    open_page(page)
    write(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert findings(page, axe) == []
    context.close()

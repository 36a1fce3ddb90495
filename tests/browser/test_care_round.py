"""Writing at the desk in a real browser: facts, notes, the care plan, messages, invitations."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Patient, User
from journal.actions import care_plan
from journal.content.plan import Planned
from journal.models import CareItem, Change, ExercisePause, Fact, Flag, Message, Note
from tests.browser import pictures
from tests.browser.test_accessibility import findings
from tests.browser.test_morning_round import sign_in, ward
from tests.browser.watch import Watch

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]


def open_page(page: Page) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_change", args=[Patient.objects.get(name="Ada Berg").pk]))


def write(page: Page) -> None:
    """A fracture and a note for Ada."""
    facts, notes = (page.locator(f"section#{name}") for name in ("facts", "notes"))
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


def plan_a_twist(page: Page) -> None:
    """Strength with twisting, chosen from the library, as far as the warning."""
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("navigation", name="What to plan").get_by_role("link", name="Exercise").click()
    page.get_by_role("link", name="Plan “Strength practice”").click()
    form = page.locator("section#plan-add")
    expect(form.get_by_label("What", exact=True)).to_have_value("resistance")
    form.get_by_label("How much and how often").fill("8 to 12 times")
    form.get_by_label("Rhythm").select_option(label="On days of the week")
    form.get_by_label("Tuesday").check()
    form.get_by_label("Friday").check()
    form.get_by_label("Twisting – think twice: earlier spine fracture").check()
    form.get_by_role("button", name="Add to the plan").click()


def test_a_fracture_and_a_note_are_written_and_an_exercise_is_planned_against_a_warning(
    page: Page, watch: Watch, ward: User
) -> None:
    open_page(page)
    write(page)
    plan_a_twist(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed yet.")
    page.get_by_role("link", name="See what is asked").click()
    warning = page.locator(".desk-warning").filter(has_text="Please think twice")
    expect(warning).to_contain_text("Earlier spine fracture on record: twisting.")
    pictures.take(page, "plan-warning", at="#plan-add")
    assert not CareItem.objects.exists()
    page.get_by_role("button", name="Plan it all the same").click()
    expect(page.get_by_text("Planned.", exact=True)).to_be_visible()
    planned = page.locator("section#care-plan")
    expect(planned.get_by_text("8 to 12 times; every week on Tuesday, Friday")).to_be_visible()
    item = CareItem.objects.get()
    assert (item.rrule, item.tags) == ("FREQ=WEEKLY;BYDAY=TU,FR", ["twist", "supervised"])
    assert Fact.objects.standing().filter(code="spine", by=ward).exists()
    assert Note.objects.get().by == ward
    assert Change.objects.get(verb="care.prescribed").data["warned"] == ["twist:prior_vertebral_fracture"]


def test_an_exercise_is_changed_held_lifted_and_stopped(page: Page, watch: Watch, ward: User) -> None:
    Flag.objects.filter(patient__name="Ada Berg").update(status="resolved")
    ada = Patient.objects.get(name="Ada Berg")
    today = timezone.now().astimezone(ada.timezone).date()
    walking = Planned("exercise", "walking", today, dose="10 minutes")
    care_plan.prescribe(by=ward, at=timezone.now(), patient=ada, planned=walking)
    open_page(page)
    page.get_by_role("link", name="Plan, change, hold or stop").click()
    line = page.locator("section#care-plan li", has_text="Exercise: walking")
    pictures.take(page, "plan")

    line.locator("summary", has_text="Change").click()
    line.get_by_label("How much and how often").fill("20 minutes")
    line.get_by_label("Why it is changed").fill("Stronger now")
    line.get_by_role("button", name="Change").click()
    expect(line.get_by_text("20 minutes; since")).to_be_visible()
    line.locator("summary", has_text="1 earlier version").click()
    expect(line.get_by_text("10 minutes; on your feet")).to_be_visible()

    line.locator("summary", has_text="Hold").click()
    line.get_by_role("button", name="Hold").click()
    expect(line.get_by_text("Held by Mira Sol since")).to_be_visible()
    line.locator("summary", has_text="Lift the hold").click()
    line.get_by_role("button", name="Lift the hold").click()
    expect(page.get_by_text("The patient may go on with this exercise.")).to_be_visible()
    expect(line.get_by_text("Held", exact=True)).to_have_count(0)

    line.locator("summary", has_text="Stop").click()
    line.get_by_label("Why it is stopped").fill("Too hard after the fracture")
    line.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped or over (1)")).to_be_visible()
    item = CareItem.objects.get()
    assert (item.version, item.stop_reason) == (2, "Too hard after the fracture")
    assert ExercisePause.objects.get().lifted_by == ward


def test_a_message_is_read_over_and_sent(page: Page, watch: Watch, ward: User) -> None:
    ada = Patient.objects.get(name="Ada Berg")
    ada.user = User.objects.create(email="ada@home.example")
    ada.save(update_fields=["user"])
    open_page(page)
    box = page.locator("section#messages")
    box.get_by_text("What each message says").click()
    expect(box.get_by_text("We would like to see you at the clinic.")).to_be_visible()
    box.locator("summary", has_text="Send a message").click()
    box.get_by_label("Message").select_option("appointment")
    pictures.take(page, "message", at="#messages")
    box.get_by_role("button", name="Send a message").click()
    expect(box.get_by_text("Not yet confirmed as read.")).to_be_visible()
    assert Message.objects.get().by == ward


def test_a_code_is_shown_once_listed_and_revoked(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    page.get_by_role("link", name="Invitations").click()
    page.get_by_role("link", name="Invite a patient").click()
    page.get_by_label("Name").fill("Gus Hartmann")
    page.get_by_role("button", name="Make an invitation code").click()
    code = page.locator(".desk-code").inner_text()
    assert re.fullmatch(r"([A-Z2-9]{5}-){3}[A-Z2-9]{5}", code)
    page.get_by_role("link", name="Back to the invitations").click()
    rows = page.locator("#result_list tbody tr.data-row")
    expect(rows).to_contain_text(["Gus Hartmann"])
    pictures.take(page, "invitations")
    assert code not in page.content()
    rows.get_by_role("link", name="Gus Hartmann").click()
    page.get_by_role("button", name="Revoke").click()
    views = page.get_by_role("navigation", name="Invitations by state")
    page.goto(reverse("admin:accounts_invitation_changelist"))
    views.get_by_role("link", name="Waiting").click()
    expect(rows).to_have_count(0)
    views.get_by_role("link", name="Revoked").click()
    expect(rows).to_contain_text(["Gus Hartmann"])


def test_the_open_forms_pass_axe(
    chromium: Browser, live_server: LiveServer, ward: User, axe: str, scheme: str
) -> None:
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    open_page(page)
    write(page)
    found = opened(page, axe)
    plan_a_twist(page)
    found += opened(page, axe)
    page.get_by_role("button", name="Plan it all the same").click()
    for address in ("?kind=brace", "?kind=medicine", "?kind=referral"):
        page.goto(page.url.split("?")[0] + address)
        found += opened(page, axe)
    assert found == []
    context.close()


def opened(page: Page, axe: str) -> list[str]:
    """What axe finds with every form open."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return findings(page, axe)

"""Between two treatments: the desk by keyboard, what comes in meanwhile, and what is out of date."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from journal.accounts.models import Patient, User
from journal.actions import care_plan, flags
from journal.content.plan import Planned
from journal.content.rule import Urgency
from journal.models import Entry, Flag, FlagAction
from reminders.actions import follow
from tests.browser import months, pictures
from tests.browser.test_morning_round import resolve, sign_in, ward
from tests.browser.watch import Watch
from tests.support import desk as people

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def row(page: Page, name: str) -> Any:
    return page.locator("tr.data-row", has_text=name)


def test_who_signs_in_shows_the_second_factor(page: Page, watch: Watch, ward: User, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    TOTP.activate(ward, SECRET)
    page.goto("/admin/")
    page.get_by_label("Email").fill("mira@hill.example")
    page.get_by_label("Password").fill(people.PASSWORD)
    pictures.take(page, "sign-in")
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=code]").fill(pyotp.TOTP(SECRET).now())
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/admin/journal/flag/")


def test_a_flag_is_acknowledged_by_keyboard_alone(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "Sudden back pain" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.get_by_text("Acknowledged. The reminders")).to_be_visible()
    assert FlagAction.objects.get().flag.patient.name == "Ben Okafor"
    page.keyboard.press("?")
    expect(page.get_by_text("open the patient’s page")).to_be_visible()


def test_a_flag_is_assigned_and_resolved_without_leaving_the_list(
    page: Page, watch: Watch, ward: User
) -> None:
    people.clinician(ward.clinician.clinic, "otto@hill.example", name="Otto Lux")
    sign_in(page)
    cleo = row(page, "Cleo Marsh")
    cleo.get_by_text("Assign, note, resolve").click()
    cleo.get_by_label("Who deals with it").select_option(label="Otto Lux")
    cleo.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Assigned.", exact=True)).to_be_visible()
    expect(row(page, "Cleo Marsh")).to_contain_text("Otto Lux")
    cleo.get_by_text("Assign, note, resolve").click()
    cleo.get_by_label("Note").fill("Seen in the practice; known for years.")
    cleo.get_by_label("What came of it").select_option("known")
    cleo.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
    expect(row(page, "Cleo Marsh")).to_have_count(0)


def test_closing_asks_who_is_at_the_desk_and_loses_nothing_that_was_typed(
    page: Page, watch: Watch, ward: User, settings: Any
) -> None:
    """On a flag's own page, in its row, and for several at once."""

    def asked() -> None:
        """The confirmation has run out, as after a quarter of an hour; then the password is typed."""
        page.wait_for_url("**/accounts/reauthenticate/**")
        expect(page.get_by_text("What you typed is kept.")).to_be_visible()
        settings.CLOSING_CONFIRMED_FOR = timedelta(minutes=15)
        page.get_by_label("Password").fill(people.PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("press Resolve once more to close")).to_be_visible()

    sign_in(page)
    row(page, "Ben Okafor").get_by_role("link", name="Cauda equina").click()
    page.get_by_label("What came of it").select_option("emergency-care")
    page.get_by_label("Note, for your colleagues").fill("The ambulance took her at nine.")
    settings.CLOSING_CONFIRMED_FOR = timedelta(0)
    page.get_by_role("button", name="Resolve").click()
    asked()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ben Okafor")
    expect(page.get_by_label("Note, for your colleagues")).to_have_value("The ambulance took her at nine.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Sent to emergency care")).to_be_visible()

    page.goto(reverse("admin:journal_flag_changelist") + "?owner=nobody")
    cleo = row(page, "Cleo Marsh")
    cleo.get_by_text("Assign, note, resolve").click()
    cleo.get_by_label("Note").fill("Known for years.")
    cleo.get_by_label("What came of it").select_option("known")
    settings.CLOSING_CONFIRMED_FOR = timedelta(0)
    cleo.get_by_role("button", name="Resolve").click()
    asked()
    expect(page.get_by_label("What came of it")).to_have_value("known")
    page.get_by_role("button", name="Resolve").click()
    page.wait_for_url("**/admin/journal/flag/?owner=nobody")

    page.goto(reverse("admin:journal_flag_changelist"))
    for name in ("Eva Novák", "Femi Adeyemi"):
        row(page, name).get_by_role("checkbox").check()
    page.get_by_label("Select action to run").select_option("resolve_selected")
    page.get_by_role("button", name=re.compile("Run|Go")).click()
    page.get_by_label("What came of it").select_option("contacted")
    page.get_by_label("Note, for your colleagues").fill("Both called.")
    settings.CLOSING_CONFIRMED_FOR = timedelta(0)
    page.get_by_role("button", name="Resolve the chosen flags").click()
    asked()
    expect(page.get_by_label("Note, for your colleagues")).to_have_value("Both called.")
    page.get_by_role("button", name="Resolve the chosen flags").click()
    expect(page.get_by_text("Resolved: 2 flags.")).to_be_visible()
    assert Flag.objects.filter(status="resolved").count() == 4


def test_a_hold_is_lifted_and_the_next_flag_is_one_press_away(page: Page, watch: Watch, ward: User) -> None:
    months.live(timezone.now())
    sign_in(page)
    row(page, "Ada Berg").get_by_role("link", name="Sudden back pain").click()
    pictures.take(page, "flag")
    page.get_by_role("button", name="Lift the exercise hold").click()
    expect(page.get_by_text("The exercise hold is lifted.")).to_be_visible()
    page.get_by_role("link", name="Next flag that nobody has looked at").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ben Okafor")
    assert Flag.objects.get(patient__name="Ada Berg").hold_lifted_at


def test_a_new_flag_stands_in_the_list_without_a_reload_and_is_announced(
    page: Page, watch: Watch, ward: User
) -> None:
    sign_in(page)
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("j")
    gus = people.patient(ward.clinician.clinic, "Gus Hartmann")
    people.flag(gus, Urgency.EMERGENCY_NOW, at=timezone.now(), pattern="hip-fracture")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row(page, "Gus Hartmann")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("One more flag waits.")
    assert page.evaluate("window.sameDocument")
    assert "Cauda equina" in page.evaluate("document.activeElement.textContent")


def test_a_list_in_use_is_not_changed_under_ones_hands(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    row(page, "Ada Berg").get_by_text("Assign, note, resolve").click()
    row(page, "Ada Berg").get_by_label("Note").fill("Half a sent")
    people.flag(people.patient(ward.clinician.clinic, "Gus Hartmann"), at=timezone.now())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("button", name="Show the list as it is now")).to_be_visible()
    expect(row(page, "Gus Hartmann")).to_have_count(0)
    expect(row(page, "Ada Berg").get_by_label("Note")).to_have_value("Half a sent")
    page.get_by_role("button", name="Show the list as it is now").click()
    expect(row(page, "Gus Hartmann")).to_be_visible()


def test_a_page_that_is_out_of_date_says_so_and_changes_nothing(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    flag = Flag.objects.get(pattern="recurrent-falls")
    page.goto(reverse("admin:journal_flag_change", args=[flag.pk]))
    otto = people.clinician(ward.clinician.clinic, "otto@hill.example", name="Otto Lux")
    flags.acknowledge(by=otto, at=timezone.now(), flag=flag)
    resolve(page, "false-alarm", "Nothing to it.")
    expect(
        page.get_by_text("This flag changed after your page was shown: it is acknowledged")
    ).to_be_visible()
    assert Flag.objects.get(pk=flag.pk).status == "acknowledged"


def test_a_patient_of_another_clinic_is_not_to_be_found(page: Page, ward: User) -> None:
    far = people.patient(people.clinic("lake"), "Far Away")
    sign_in(page)
    answer = page.goto(reverse("admin:accounts_patient_change", args=[far.pk]))
    assert answer is not None
    assert answer.status == 404
    page.goto(reverse("admin:accounts_patient_changelist") + "?q=Far")
    expect(page.get_by_text("Far Away")).to_have_count(0)


def test_the_lead_sets_the_week(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    page.get_by_role("link", name="Our clinic").click()
    pictures.take(page, "clinic")
    page.get_by_label("Monday, opens").fill("08:30")
    page.get_by_label("Monday, closes").fill("17:00")
    page.get_by_role("button", name="Set the hours").click()
    expect(page.get_by_text("The working hours are set.")).to_be_visible()
    expect(page.get_by_label("Monday, opens")).to_have_value("08:30")


def test_the_pages_of_the_guide(page: Page, watch: Watch, ward: User) -> None:
    months.live(timezone.now())
    sign_in(page)
    ada = Patient.objects.get(name="Ada Berg")
    entry = Entry.objects.filter(patient=ada).latest("recorded_at")
    today = timezone.now().astimezone(ada.timezone).date()
    care_plan.prescribe(
        by=ward,
        at=timezone.now(),
        patient=ada,
        planned=Planned("goal", "own", today, text="To the shops and back", review_on=today),
    )
    follow.run(at=timezone.now())
    for name, address in {
        "queue": reverse("admin:journal_flag_changelist"),
        "to-do": reverse("admin:journal_task_changelist"),
        "caseload": reverse("admin:accounts_patient_changelist"),
        "patient": reverse("admin:accounts_patient_change", args=[ada.pk]),
        "entries": reverse("admin:journal_entry_changelist"),
        "entry": reverse("admin:journal_entry_change", args=[entry.pk]),
        "summary": reverse("admin:accounts_patient_summary", args=[ada.pk]),
        "reminders": reverse("admin:reminders_reminder_changelist"),
        "deliveries": reverse("admin:reminders_delivery_changelist"),
        "quality": reverse("admin:quality"),
        "staff": reverse("admin:accounts_clinician_changelist"),
        "colleague": reverse("admin:accounts_clinician_change", args=[ward.clinician.pk]),
    }.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        pictures.take(page, name, at='nav[aria-label="Period"]' if name == "patient" else "body")

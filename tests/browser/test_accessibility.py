"""The pages against WCAG 2.2 AA, as far as a machine can see, in light and dark."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Patient, User
from journal.models import Entry, Flag
from tests.browser.test_morning_round import sign_in, ward
from tests.browser.watch import Watch

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]
CHECKS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"landmark-one-main": {"enabled": True}, "empty-table-header": {"enabled": True}},
}


def findings(page: Page, axe: str) -> list[str]:
    """Rule, place and reason of each finding, one line each."""
    page.wait_for_timeout(300)  # colours fade in
    # Through the debugger's world: the page's own policy would refuse a script from elsewhere.
    page.evaluate(axe)
    found: Any = page.evaluate("checks => axe.run(checks)", CHECKS)
    return [
        f"{violation['id']}: {node['target']} {' '.join(node['failureSummary'].split())}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def pages(ward: User) -> list[str]:
    """Every page of the desk."""
    flag = Flag.objects.get(pattern="cauda-equina")
    ada = Patient.objects.get(name="Ada Berg")
    of_ada = {
        name: reverse(f"admin:accounts_patient_{name}", args=[ada.pk])
        for name in ("change", "plan", "summary")
    }
    return [
        reverse("admin:journal_flag_changelist"),
        reverse("admin:journal_flag_changelist") + "?status=superseded",
        reverse("admin:journal_flag_change", args=[flag.pk]),
        reverse("admin:accounts_patient_changelist"),
        of_ada["change"],
        of_ada["plan"],
        of_ada["plan"] + "?kind=exercise",
        of_ada["summary"],
        reverse("admin:quality"),
        reverse("admin:accounts_clinic_change", args=[ward.clinician.clinic_id]),
        reverse("admin:accounts_clinician_changelist"),
        reverse("admin:accounts_clinician_change", args=[ward.clinician.pk]),
        reverse("admin:journal_task_changelist"),
        reverse("admin:journal_entry_changelist"),
        reverse("admin:journal_entry_change", args=[Entry.objects.earliest("pk").pk]),
        reverse("admin:accounts_invitation_changelist"),
        reverse("admin:accounts_invitation_new"),
        reverse("admin:reminders_reminder_changelist"),
        reverse("admin:reminders_delivery_changelist"),
        reverse("mfa_index"),
        reverse("account_change_password"),
        reverse("usersessions_list"),
        reverse("account_reauthenticate") + f"?next={of_ada['change']}",
        reverse("admin:accounts_patient_changelist") + "?o=2&caseload=nobody",
        reverse("admin:reminders_delivery_changelist") + "?time=all",
        reverse("admin:reminders_occurrence_changelist"),
    ]


def faults_of(page: Page, addresses: list[str], axe: str) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        found += [f"{address} {fault}" for fault in findings(page, axe)]
    return found


def refusals() -> list[str]:
    """Pages of an error: for others, not to be found, not to be read."""
    return [
        reverse("admin:glass"),
        reverse("admin:accounts_patient_change", args=[0]),
        reverse("admin:journal_flag_changelist") + "?q=%00",
    ]


def faults_of_a_refusal(page: Page, axe: str) -> list[str]:
    """What stands beside the fields of a form that was sent empty."""
    flag = Flag.objects.get(pattern="cauda-equina")
    page.goto(reverse("admin:journal_flag_change", args=[flag.pk]))
    button = page.get_by_role("button", name="Resolve", exact=True)
    button.evaluate("button => button.form.noValidate = true")
    button.click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    return [f"refused {fault}" for fault in findings(page, axe)]


def test_the_desk_passes_axe(
    chromium: Browser, live_server: LiveServer, ward: User, axe: str, scheme: Any
) -> None:
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    page.goto(reverse("account_login"))
    found = [f"login {fault}" for fault in findings(page, axe)]
    sign_in(page)
    found += faults_of(page, pages(ward), axe)
    found += faults_of_a_refusal(page, axe)
    assert not found, "\n".join(found)
    assert watch.complaints == []
    context.close()


@pytest.mark.parametrize("size", [(683, 384), (820, 1180)])
def test_the_desk_passes_axe_at_200_percent_and_on_a_tablet(
    chromium: Browser, live_server: LiveServer, ward: User, axe: str, size: tuple[int, int]
) -> None:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    sign_in(page)
    found = faults_of(page, pages(ward), axe)
    assert not found, "\n".join(found)
    context.close()


def test_asked_again_and_refused_one_reads_pages_that_pass_axe(
    page: Page, ward: User, axe: str, scheme: Any, settings: Any
) -> None:
    """Closing a flag and taking a file ask who is there; each refusal has a page."""
    page.emulate_media(color_scheme=scheme)
    sign_in(page)
    found = faults_of(page, refusals(), axe)
    settings.CLOSING_CONFIRMED_FOR = timedelta(0)
    flag = Flag.objects.get(pattern="cauda-equina")
    page.goto(reverse("admin:journal_flag_change", args=[flag.pk]))
    page.get_by_label("What came of it").select_option("contacted")
    page.get_by_label("Note, for your colleagues and for later").fill("Spoke on the phone.")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("What you typed is kept.")).to_be_visible()
    found += [f"asked again {fault}" for fault in findings(page, axe)]
    assert not found, "\n".join(found)

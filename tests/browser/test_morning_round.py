"""A physiotherapist's morning, in a real browser."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from journal.accounts.models import User
from journal.content.rule import Urgency
from journal.models import Flag, FlagAction, StaffRead
from tests.browser.watch import Watch
from tests.support import desk as people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]


@pytest.fixture
def ward() -> User:
    """A clinic with six patients, flags of each kind, and Mira who works there."""
    now = timezone.now()
    hill = people.clinic()
    mira = people.clinician(hill, lead=True)
    names = ["Ada Berg", "Ben Okafor", "Cleo Marsh", "Dora Lindqvist", "Eva Novák", "Femi Adeyemi"]
    ada, ben, cleo, dora, eva, femi = (
        people.patient(hill, name, born=(now - timedelta(days=365 * (68 + 2 * place))).date(), sex="F")
        for place, name in enumerate(names)
    )
    seen = people.entry(ben, SADDLE, at=now - timedelta(hours=2))
    for days in (1, 2, 5):
        people.entry(ada, at=now - timedelta(days=days))
    people.flag(
        ben,
        Urgency.EMERGENCY_NOW,
        at=now - timedelta(hours=2),
        pattern="cauda-equina",
        due_at=now - timedelta(hours=1),
        evidence={seen.local_date.isoformat(): [str(seen.client_id)]},
        holds_exercise=True,
        why="You told us about numbness between the legs and a change in bladder control.",
        why_clinician="Arm a, b: numbness between the legs; bladder change with lower back pain 3 of 10.",
    )
    people.flag(ada, at=now - timedelta(hours=20), owner=mira.clinician, holds_exercise=True)
    numb = _pattern("new-numbness", "Numbness of the left foot, not logged in the 90 days before.")
    people.flag(cleo, Urgency.WITHIN_48H, at=now - timedelta(hours=30), status="acknowledged", **numb)
    falls = _pattern("recurrent-falls", "Three falls on three days in the last twelve months.")
    people.flag(
        dora,
        Urgency.WITHIN_2_WEEKS,
        due_at=now + timedelta(days=11),
        owner=mira.clinician,
        at=now - timedelta(days=3),
        **falls,
    )
    low: dict[str, Any] = {
        "pattern": "mood-and-fear",
        "why_clinician": "Fear of falling on six days of the last fourteen.",
    }
    people.flag(
        eva, Urgency.WITHIN_2_WEEKS, due_at=now + timedelta(days=12), at=now - timedelta(days=4), **low
    )
    height: dict[str, Any] = {
        "pattern": "height-recheck",
        "why_clinician": "Measured height 2 cm below the one before.",
    }
    people.flag(
        femi, Urgency.INFORMATION, due_at=now + timedelta(days=13), at=now - timedelta(days=2), **height
    )
    return mira


def _pattern(pattern: str, why: str) -> dict[str, Any]:
    return {"pattern": pattern, "why_clinician": why}


SADDLE: dict[str, Any] = {
    "pains": [{"site": "lumbar", "side": "midline", "severity": 3, "quality": ["aching"]}],
    "neuro": [
        {"symptom": "saddle_numbness", "site": "saddle", "side": None},
        {"symptom": "bladder_change", "site": None, "side": None},
    ],
    "falls": [],
    "note": "Started this morning.",
}


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Email").fill("mira@hill.example")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/journal/flag/")


def resolve(page: Page, outcome: str, note: str) -> None:
    """Resolves the flag whose page is shown. One place for what a resolution asks of the person."""
    page.get_by_label("What came of it").select_option(outcome)
    page.get_by_label("Note, for your colleagues").fill(note)
    page.get_by_role("button", name="Resolve", exact=True).click()


def test_the_morning_round_leads_from_the_queue_over_the_patient_to_the_next_flag(
    page: Page, watch: Watch, ward: User
) -> None:
    sign_in(page)
    rows = page.locator("#result_list tbody tr.data-row")
    rows.first.get_by_role("link", name="Ben Okafor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Okafor")
    expect(page.get_by_role("heading", name="Where it hurts")).to_be_visible()
    page.locator("section#flags").get_by_role("link", name="Cauda equina").click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged. The reminders")).to_be_visible()
    resolve(page, "emergency-care", "The ambulance took her at nine.")
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
    page.get_by_role("link", name="Next flag that nobody has looked at").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Berg")
    looked = StaffRead.objects.filter(patient__name="Ben Okafor", by=ward, how="page")
    assert {read.route for read in looked} == {"admin:accounts_patient_change", "admin:journal_flag_change"}


def test_the_list_is_narrowed_and_a_menu_opened_by_keyboard_alone(
    page: Page, watch: Watch, ward: User
) -> None:
    sign_in(page)
    rows = page.locator("tr.data-row")
    page.get_by_label("Urgency", exact=True).focus()
    page.keyboard.type("Within 2")
    page.get_by_role("button", name="Show", exact=True).focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    expect(page.locator("#changelist-filter a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.set_viewport_size({"width": 683, "height": 384})
    menu = page.get_by_role("button", name="Show or hide the menu")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Caseload")).to_be_in_viewport()


def test_the_emergency_stands_on_top_and_leaves_the_queue_when_it_is_resolved(
    page: Page, watch: Watch, ward: User
) -> None:
    sign_in(page)
    rows = page.locator("#result_list tbody tr.data-row")
    expect(rows.first).to_contain_text("Emergency now")
    expect(rows.first).to_contain_text("overdue by 1 h")
    rows.first.get_by_role("link", name="Cauda equina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Cauda equina, Ben Okafor"))
    expect(
        page.get_by_text("Nerve symptoms: numbness between the legs; change in bladder control.")
    ).to_be_visible()

    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged. The reminders")).to_be_visible()
    resolve(page, "emergency-care", "Spoke to her; the ambulance took her at nine.")
    expect(page.get_by_text("Sent to emergency care")).to_be_visible()

    page.get_by_role("link", name="Triage queue").click()
    expect(rows.first).to_contain_text("Ada Berg")
    expect(page.get_by_text("Ben Okafor")).to_have_count(0)
    assert Flag.objects.get(pattern="cauda-equina").status == "resolved"
    assert list(FlagAction.objects.values_list("kind", flat=True)) == ["acknowledge", "resolve"]
    assert StaffRead.objects.filter(
        patient__name="Ben Okafor", by=ward, route="admin:journal_flag_change"
    ).exists()


def test_several_flags_are_acknowledged_at_once(page: Page, watch: Watch, ward: User) -> None:
    sign_in(page)
    for name in ("Ada Berg", "Eva Novák"):
        page.locator("tr.data-row", has_text=name).get_by_role("checkbox").check()
    page.get_by_label("Select action to run").select_option("acknowledge_selected")
    page.get_by_role("button", name=re.compile("Run|Go")).click()
    expect(page.get_by_text("Acknowledged: 2 flags.")).to_be_visible()
    assert FlagAction.objects.count() == 2


def test_closed_flags_are_one_link_or_one_filter_away(page: Page, watch: Watch, ward: User) -> None:
    Flag.objects.filter(pattern="recurrent-falls").update(status="resolved")
    sign_in(page)
    rows = page.locator("tr.data-row")
    page.get_by_role("navigation", name="Views of the queue").get_by_role(
        "link", name="Resolved", exact=True
    ).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Dora Lindqvist")
    page.goto("/admin/journal/flag/")
    page.get_by_role("button", name="Filters").click()
    page.locator("#changelist-filter").get_by_role("link", name="Within 48 hours").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Cleo Marsh")

"""The patient's page, a flag's and the visit summary in a real browser: reading, zooming, printing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Patient, User
from journal.actions import facts
from journal.content.facts import Stated
from journal.models import Flag
from tests.browser.test_accessibility import findings
from tests.browser.test_morning_round import sign_in, ward
from tests.browser.watch import Watch
from tests.support import desk as people

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]

SITES = ["head", "neck", "thoracic", "lumbar", "sacrum"]
LIMBS = ["knee", "hip", "hand", "foot"]


@pytest.fixture
def ada(ward: User) -> Patient:
    """Ada after a busy year: many places, nerves, falls, medicines, heights, flags."""
    ada = Patient.objects.get(name="Ada Berg")
    Patient.objects.filter(pk=ada.pk).update(
        enrolled_at=timezone.now() - timedelta(days=400), peak_height_cm=165, history=["osteoporosis"]
    )
    now = timezone.now()
    for day in range(0, 120, 1):
        if day % 9:
            people.entry(ada, _report(day), at=now - timedelta(days=day, minutes=5))
    for number, pattern in enumerate(["new-numbness", "recurrent-falls", "height-loss", "persistent-pain"]):
        people.flag(ada, at=now - timedelta(days=3 * number), pattern=pattern, why_clinician="Said " * 30)
    today = now.astimezone(ada.timezone).date()
    for code in ("denosumab", "opioid"):
        facts.add(by=ward, at=now, patient=ada, stated=Stated("medicine", code, since=today))
    ada.refresh_from_db()
    return ada


def _report(day: int) -> dict[str, Any]:
    pains = [{"site": site, "side": "midline", "severity": (day + n) % 9} for n, site in enumerate(SITES)]
    limbs = [
        {"site": site, "side": "both", "severity": 1 + day % 7} for site in ("knee", "hip", "hand", "foot")
    ]
    return {
        "pains": [*pains, *limbs],
        "neuro": [
            {"symptom": "numbness", "site": "foot", "side": "left"},
            {"symptom": "weakness", "site": "foot", "side": "left"},
            {"symptom": "unsteady_gait", "site": None, "side": None},
        ],
        "falls": [{"kind": "fall", "injury": day % 4 == 0}] if day % 11 == 1 else [],
        "activity": [{"type": "walking", "minutes": 20 + day % 30}, {"type": "housework", "minutes": 15}],
        "medications": ["calcium", "vitamin_d", "nsaid_oral", "nsaid_topical", "paracetamol", "opioid"],
        "height_cm": 160.0 - day % 3 if day % 20 == 1 else None,
        "note": "A long day with the grandchildren and a walk to the market.",
    }


def addresses(ada: Patient) -> list[str]:
    flag = Flag.objects.get(pattern="cauda-equina")
    patient = reverse("admin:accounts_patient_change", args=[ada.pk])
    return [
        f"{patient}?days=28",
        f"{patient}?days=365",
        reverse("admin:accounts_patient_plan", args=[ada.pk]) + "?kind=exercise",
        reverse("admin:journal_flag_change", args=[flag.pk]),
        reverse("admin:accounts_patient_summary", args=[ada.pk]),
        reverse("admin:journal_flag_changelist"),
        reverse("admin:accounts_patient_changelist"),
        reverse("admin:accounts_clinic_change", args=[ada.clinic_id]),
        reverse("admin:quality"),
        reverse("admin:journal_task_changelist"),
        reverse("admin:accounts_invitation_changelist"),
    ]


def test_the_pages_pass_axe_with_every_table_open(
    chromium: Browser, live_server: LiveServer, ada: Patient, axe: str, scheme: Any
) -> None:
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    sign_in(page)
    found = []
    for address in addresses(ada):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += [f"{address} {fault}" for fault in findings(page, axe)]
    assert not found, "\n".join(found)
    assert watch.complaints == []
    context.close()


def test_clocks_and_calendars_of_fields_can_be_seen_in_the_dark(
    chromium: Browser, live_server: LiveServer, ada: Patient
) -> None:
    context = chromium.new_context(base_url=live_server.url, color_scheme="dark")
    page = context.new_page()
    sign_in(page)
    page.goto(reverse("admin:accounts_clinic_change", args=[ada.clinic_id]))
    pickers = page.locator("input[type=time], input[type=date]")
    schemes = pickers.evaluate_all("all => all.map(one => getComputedStyle(one).colorScheme)")
    assert len(schemes) == 15
    assert set(schemes) == {"dark"}
    context.close()


@pytest.mark.parametrize(("width", "height"), [(640, 450), (820, 1180), (1280, 720)])
def test_nothing_scrolls_sideways_at_200_percent_or_on_a_tablet(
    chromium: Browser, live_server: LiveServer, ada: Patient, width: int, height: int
) -> None:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height})
    page = context.new_page()
    sign_in(page)
    for address in addresses(ada):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("days", [7, 28, 90, 365])
def test_the_visit_summary_fits_on_one_sheet(
    page: Page, watch: Watch, ada: Patient, paper: str, days: int
) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_summary", args=[ada.pk]) + f"?days={days}")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_the_period_is_chosen_and_the_table_opened_by_keyboard_alone(
    page: Page, watch: Watch, ada: Patient
) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_change", args=[ada.pk]))
    page.get_by_role("navigation", name="Period").get_by_role("link", name="7 days", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The last 7 days", exact=True)).to_be_visible()
    page.get_by_text("The time line as a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Pain, of 10")).to_be_visible()


def test_the_file_of_entries_is_downloaded(page: Page, watch: Watch, ada: Patient) -> None:
    sign_in(page)
    page.goto(reverse("admin:accounts_patient_change", args=[ada.pk]))
    with page.expect_download() as coming:
        page.get_by_role("link", name="Entries as CSV").click()
    assert re.fullmatch(rf"entries-{ada.pk}-[\d-]+\.csv", coming.value.suggested_filename)
    assert coming.value.path().read_bytes().startswith(b"\xef\xbb\xbf")

"""An operator sees no patient, unless the glass is broken: one clinic, to read, told to its leads."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from journal.accounts.models import BrokenGlass, Clinic, Patient, User
from journal.actions import glass
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.models import Flag, FlagAction, StaffRead
from reminders import relay
from reminders.deliver import checks
from reminders.models import Delivery
from tests.support import desk as people

LISTS = (
    "admin:journal_flag_changelist",
    "admin:accounts_patient_changelist",
    "admin:journal_entry_changelist",
)
REASON = "The phone of Ada Berg shows no flags."


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser(
        "root@host.example", people.PASSWORD, first_name="Rae", last_name="Root"
    )


@pytest.fixture
def browser(root: User) -> Client:
    browser = Client()
    browser.force_login(root)
    return browser


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    ada = people.patient(hill)
    people.flag(ada, holds_exercise=True)
    people.entry(ada)
    return ada


def broken(browser: Client, clinic: Clinic, reason: str = REASON) -> int:
    return browser.post(reverse("admin:glass"), {"clinic": clinic.pk, "reason": reason}).status_code


def sees(browser: Client, word: str) -> set[str]:
    return {name for name in LISTS if word in browser.get(reverse(name)).content.decode()}


@pytest.mark.usefixtures("ada")
def test_only_with_the_glass_broken_an_operator_sees_one_clinics_patients(
    browser: Client, hill: Clinic, lake: Clinic
) -> None:
    zoe = people.patient(lake, "Zoe Quist")
    people.flag(zoe)
    people.entry(zoe)
    assert sees(browser, "Ada Berg") == set()
    assert broken(browser, hill) == 302
    assert sees(browser, "Ada Berg") == set(LISTS)
    assert sees(browser, "Zoe Quist") == set()


@pytest.mark.usefixtures("ada")
def test_it_ends_by_itself_and_by_a_button(browser: Client, hill: Clinic, root: User) -> None:
    for minutes, seen in ((61, set()), (59, set(LISTS))):
        glass.break_it(by=root, at=clock.now() - timedelta(minutes=minutes), clinic=hill, reason=REASON)
        assert sees(browser, "Ada Berg") == seen
    browser.post(reverse("admin:glass"), {"end": "1"})
    assert sees(browser, "Ada Berg") == set()


@pytest.mark.usefixtures("ada")
def test_while_it_is_broken_every_page_says_so_and_leads_to_what_may_be_read(
    browser: Client, hill: Clinic
) -> None:
    def menu() -> set[str]:
        page = browser.get(reverse("admin:accounts_clinic_changelist")).content.decode()
        return {name for name in LISTS if f'href="{reverse(name)}"' in page} | {
            word for word in ("Glass broken",) if word in page
        }

    assert menu() == set()
    broken(browser, hill)
    assert menu() == {*LISTS, "Glass broken"}


@pytest.mark.usefixtures("ada")
def test_who_may_only_read_is_offered_nothing_to_do_with_chosen_rows(browser: Client, hill: Clinic) -> None:
    broken(browser, hill)
    page = browser.get(reverse(LISTS[0])).content.decode()
    assert "Ada Berg" in page
    assert 'name="_selected_action"' not in page
    assert "acknowledge_selected" not in page


def test_each_look_is_on_record_as_an_operators(
    browser: Client, hill: Clinic, ada: Patient, root: User
) -> None:
    broken(browser, hill)
    browser.get(reverse("admin:accounts_patient_change", args=[ada.pk]))
    look = StaffRead.objects.get(route="admin:accounts_patient_change")
    assert (look.by, look.patient, look.role) == (root, ada, "operator")


def test_nothing_can_be_changed_through_it(browser: Client, hill: Clinic, ada: Patient) -> None:
    broken(browser, hill)
    flag = Flag.objects.get(patient=ada)
    said = {"outcome": "known", "note": "x"}
    for button in ("acknowledge", "resolve", "lift-hold"):
        address = reverse(f"admin:journal_flag_{button}", args=[flag.pk])
        assert browser.post(address, said).status_code in (403, 404)
    browser.post(reverse(LISTS[0]), {"action": "acknowledge_selected", "_selected_action": [str(flag.pk)]})
    note = reverse("admin:accounts_patient_note-add", args=[ada.pk])
    assert browser.post(note, {"code": "contact", "day": "2026-03-10", "text": "x"}).status_code in (403, 404)
    assert not FlagAction.objects.exists()
    assert not ada.notes.exists()


def test_without_a_reason_it_stays_whole(browser: Client, hill: Clinic, root: User) -> None:
    assert broken(browser, hill, " ") == 200
    with pytest.raises(NotFitError):
        glass.break_it(by=root, at=clock.now(), clinic=hill, reason=" ")
    assert not BrokenGlass.objects.exists()


def test_nobody_but_an_operator_breaks_it(desk: Client, hill: Clinic, lake: Clinic, mira: User) -> None:
    assert broken(desk, lake) == 403
    with pytest.raises(NotPossibleNowError):
        glass.break_it(by=mira, at=clock.now(), clinic=lake, reason="x")


@pytest.mark.usefixtures("ada")
def test_the_leads_are_told_once_who_and_how_long_and_nothing_of_a_patient(
    browser: Client, hill: Clinic
) -> None:
    lead = people.clinician(hill, "lea@hill.example", lead=True, name="Lea Stone")
    people.clinician(hill, "sam@hill.example", name="Sam Fields")
    broken(browser, hill)
    assert relay.run(at=clock.now()) == 1
    assert relay.run(at=clock.now()) == 0
    delivery = Delivery.objects.get(kind="glass.broken")
    assert delivery.to == lead
    message = checks.prepare(delivery, checks.gather([delivery]), at=clock.now())
    text = f"{message}"
    assert "Rae Root" in text
    assert "Ada Berg" not in text
    assert "phone" not in text


@pytest.mark.usefixtures("ada")
def test_the_lead_reads_the_reason_on_the_desk(browser: Client, hill: Clinic) -> None:
    broken(browser, hill)
    lead = Client()
    lead.force_login(people.clinician(hill, "lea@hill.example", lead=True, name="Lea Stone"))
    page = lead.get(reverse("admin:accounts_clinic_change", args=[hill.pk])).content.decode()
    assert "shows no flags" in page


def test_whom_a_clinic_invites_is_not_an_operators_to_see(browser: Client) -> None:
    assert browser.get(reverse("admin:accounts_invitation_changelist")).status_code == 403

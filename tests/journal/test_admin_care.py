"""Facts and notes on the patient's page."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, facts, notes
from journal.content.facts import Stated
from journal.content.plan import Planned
from journal.models import Change, Fact, Note, StaffRead
from tests.support import desk as people
from tests.support.said import said


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


@pytest.fixture
def today(ada: Patient) -> date:
    return timezone.now().astimezone(ada.timezone).date()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def read(desk: Client, patient: Patient) -> str:
    response = desk.get(reverse("admin:accounts_patient_change", args=[patient.pk]))
    assert response.status_code == 200
    return words(response.content.decode())


def send(desk: Client, name: str, patient: Patient, *row: object, **said: Any) -> str:
    address = reverse(f"admin:accounts_patient_{name}", args=[patient.pk, *row])
    response = desk.post(address, said, follow=True)
    assert response.status_code == 200
    return words(response.content.decode())


def test_an_empty_record_says_so(desk: Client, ada: Patient) -> None:
    page = read(desk, ada)
    for line in ["Nothing planned.", "Nothing recorded.", "No note."]:
        assert line in page


# --- facts ---


def test_a_fact_is_added_in_the_name_of_the_person_and_shows_in_the_profile(
    desk: Client, ada: Patient, mira: User
) -> None:
    page = send(desk, "fact-add", ada, what="medicine:denosumab", since="2024-03-01", text="At the hospital")
    assert "Recorded. The rules looked at the whole history again." in page
    assert "Medicine: denosumab Started Fri 1 Mar 2024 At the hospital Mira Sol," in page
    assert "Known conditions bone-protecting medicine now or within 12 months" in page
    assert Fact.objects.get().by == mira
    assert Change.objects.get(verb="fact.added").by == mira


def test_what_does_not_fit_is_shown_again_as_typed(desk: Client, ada: Patient) -> None:
    address = reverse("admin:accounts_patient_fact-add", args=[ada.pk])
    page = desk.post(address, {"what": "t_score:total_hip", "number": "-2.5"}).content.decode()
    assert "Bone density (T-score): the day is missing." in page
    assert 'value="t_score:total_hip" selected' in page
    assert 'value="-2.5"' in page
    assert not Fact.objects.exists()


def test_a_fracture_without_an_answer_on_force_is_not_called_a_strong_one(desk: Client, ada: Patient) -> None:
    send(desk, "fact-add", ada, what="fracture:wrist", since="2020-01-01", side="left", fragility="")
    assert Fact.objects.get().fragility is None
    page = send(desk, "fact-add", ada, what="fracture:hip", since="2021-01-01", fragility="false")
    assert Fact.objects.get(code="hip").fragility is False
    assert "Fracture: hip Day of the fracture Fri 1 Jan 2021; not from little force" in page


def test_a_stopped_medicine_moves_to_the_past_with_its_correction_standing(
    desk: Client, ada: Patient, mira: User
) -> None:
    send(desk, "fact-add", ada, what="medicine:opioid", since="2024-03-01")
    page = send(desk, "fact-stop", ada, Fact.objects.get().pk, until="2024-03-08")
    assert "Started Fri 1 Mar 2024; last day Fri 8 Mar 2024" in page
    assert "Corrected or withdrawn (1)" in page
    standing = Fact.objects.standing().get()
    assert standing.until == date(2024, 3, 8)


def test_a_withdrawn_fact_keeps_its_reason(desk: Client, ada: Patient) -> None:
    send(desk, "fact-add", ada, what="history:diabetes")
    page = send(desk, "fact-withdraw", ada, Fact.objects.get().pk, reason="Mixed up")
    assert "Known conditions none recorded" in page
    assert re.search(r"Withdrawn by Mira Sol, .{10,40}: Mixed up", page)
    again = send(desk, "fact-withdraw", ada, Fact.objects.get().pk, reason="Again")
    assert "Nothing was changed. This fact was withdrawn or corrected already." in again


def test_a_withdrawal_without_a_reason_changes_nothing(desk: Client, ada: Patient) -> None:
    send(desk, "fact-add", ada, what="history:diabetes")
    assert "Nothing was changed." in send(desk, "fact-withdraw", ada, Fact.objects.get().pk, reason="")
    assert Fact.objects.standing().exists()


# --- notes ---


def test_a_note_is_kept_under_its_code_and_never_becomes_markup(desk: Client, ada: Patient) -> None:
    address = reverse("admin:accounts_patient_note-add", args=[ada.pk])
    said = {"code": "kyphoplasty", "day": "2025-05-01", "text": "<b>L1</b>, no complication"}
    page = desk.post(address, said, follow=True).content.decode()
    assert "&lt;b&gt;L1&lt;/b&gt;, no complication" in page
    assert "Kyphoplasty Thu 1 May 2025" in words(page)


def test_a_withdrawn_note_stays_readable(desk: Client, ada: Patient) -> None:
    send(desk, "note-add", ada, code="mri", day="2025-05-01", text="No fresh fracture")
    page = send(desk, "note-withdraw", ada, Note.objects.get().pk, reason="Wrong patient")
    assert "No note." in page
    assert "No fresh fracture" in page
    assert "Wrong patient" in page


# --- who may ---


@pytest.fixture
def foreign(lake: Clinic) -> tuple[Patient, dict[str, object]]:
    """A patient of another clinic, with one row of each table."""
    zed = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    ben, at = people.patient(lake, "Ben"), people.NOW
    fact = facts.add(by=zed, at=at, patient=ben, stated=Stated("history", "diabetes"))
    note = notes.add(by=zed, at=at, patient=ben, code="mri", day=at.date(), text="x")
    return ben, {"fact": fact.pk, "note": note.pk}


SAID = {"reason": "x", "until": "2026-03-11", "text": "x", "code": "mri", "day": "2026-01-01"}


@pytest.mark.parametrize("name", ["fact-add", "note-add"])
def test_nothing_is_added_to_another_clinics_patient(
    desk: Client, foreign: tuple[Patient, dict[str, object]], name: str
) -> None:
    before = Change.objects.count()
    address = reverse(f"admin:accounts_patient_{name}", args=[foreign[0].pk])
    assert desk.post(address, {**SAID, "what": "history:pad"}).status_code == 404
    assert Change.objects.count() == before


@pytest.mark.parametrize("name", ["fact-stop", "fact-withdraw", "note-withdraw"])
def test_another_clinics_rows_are_missing_also_through_an_own_patient(
    desk: Client, ada: Patient, foreign: tuple[Patient, dict[str, object]], name: str
) -> None:
    before = Change.objects.count()
    row = foreign[1][name.split("-", maxsplit=1)[0]]
    for patient in (foreign[0], ada):
        address = reverse(f"admin:accounts_patient_{name}", args=[patient.pk, row])
        assert desk.post(address, SAID).status_code == 404
    assert Change.objects.count() == before


def test_a_link_can_not_send_a_form(desk: Client, ada: Patient) -> None:
    assert desk.get(reverse("admin:accounts_patient_fact-add", args=[ada.pk])).status_code == 405


def test_a_form_without_its_token_is_refused(mira: User, ada: Patient) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mira)
    address = reverse("admin:accounts_patient_fact-add", args=[ada.pk])
    assert browser.post(address, {"what": "history:diabetes"}).status_code == 403
    assert not Fact.objects.exists()


def test_a_page_with_a_refused_form_is_a_look_and_recorded(desk: Client, ada: Patient, mira: User) -> None:
    desk.post(reverse("admin:accounts_patient_fact-add", args=[ada.pk]), {"what": ""})
    look = StaffRead.objects.get()
    assert (look.by, look.patient, look.route) == (mira, ada, "admin:accounts_patient_fact-add")


def test_more_rows_cost_no_more_queries(desk: Client, ada: Patient, mira: User) -> None:
    def fill() -> None:
        at = timezone.now()
        fact = facts.add(by=mira, at=at, patient=ada, stated=Stated("history", "diabetes"))
        facts.withdraw(by=mira, at=at, patient=ada, fact=fact, reason="x")
        facts.add(by=mira, at=at, patient=ada, stated=Stated("medicine", "opioid"))
        planned = Planned("exercise", "walking", at.date())
        item = care_plan.prescribe(by=mira, at=at, patient=ada, planned=planned)
        care_plan.prescribe(by=mira, at=at, patient=ada, planned=planned)
        anew = replace(planned, dose="more")
        care_plan.change(by=mira, at=at, patient=ada, item=item, planned=anew, seen=1)
        care_plan.stop(by=mira, at=at, patient=ada, item=item, reason="x")
        note = notes.add(by=mira, at=at, patient=ada, code="mri", day=people.NOW.date(), text="x")
        notes.withdraw(by=mira, at=at, patient=ada, note=note, reason="x")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            read(desk, ada)
        return len(found)

    fill()
    read(desk, ada)
    few = queries()
    for _ in range(3):
        fill()
    assert queries() == few


def test_what_the_record_says_without_a_flag_is_there_to_bring_up(desk: Client, ada: Patient) -> None:
    assert "To bring up" not in read(desk, ada)
    said(ada, at=timezone.now(), jaw=["jaw_pain"], medications=["opioid"])
    page = read(desk, ada)
    assert "Jaw and teeth: jaw pain" in page
    assert "Strong (opioid) pain medicine: logged on 1 of the last 28 days." in page

"""The care plan's page: planning with what speaks against it, changing, holding, stopping."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, exercise_pauses, facts
from journal.content import rhythm
from journal.content.facts import Stated
from journal.content.plan import KINDS, Planned
from journal.models import CareItem, CareItemVersion, Change, ExercisePause, StaffRead, Task
from tests.journal.test_admin_care import words
from tests.support import desk as people


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


@pytest.fixture
def today(ada: Patient) -> date:
    return timezone.now().astimezone(ada.timezone).date()


@pytest.fixture
def fractured(ada: Patient, mira: User, today: date) -> Patient:
    stated = Stated("fracture", "spine", since=today - timedelta(days=400))
    facts.add(by=mira, at=timezone.now(), patient=ada, stated=stated)
    ada.refresh_from_db()
    return ada


def read(desk: Client, patient: Patient, query: str = "") -> str:
    response = desk.get(reverse("admin:accounts_patient_plan", args=[patient.pk]) + query)
    assert response.status_code == 200
    return words(response.content.decode())


def send(desk: Client, name: str, patient: Patient, *row: object, **said: Any) -> str:
    address = reverse(f"admin:accounts_patient_{name}", args=[patient.pk, *row])
    response = desk.post(address, said, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def planned(desk: Client, patient: Patient, kind: str, code: str, **said: Any) -> str:
    return words(send(desk, "plan-add", patient, kind=kind, code=code, **said))


def walking(patient: Patient, by: User, today: date, **more: Any) -> CareItem:
    item = Planned("exercise", "walking", today, **more)
    return care_plan.prescribe(by=by, at=timezone.now(), patient=patient, planned=item)


def test_an_empty_plan_says_so_and_what_it_can_not_be_checked_against(desk: Client, ada: Patient) -> None:
    page = read(desk, ada)
    assert "Nothing planned." in page
    assert "nothing recorded: no exercise can be checked against it" in page


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_asks_only_what_it_needs(desk: Client, ada: Patient, kind: str) -> None:
    page = read(desk, ada, f"?kind={kind}")
    assert ("How much and how often" in page) is (kind == "exercise")
    assert ("Days of the week" in page) is (kind in ("exercise", "medicine"))
    assert ("Hours a day" in page) is (kind == "brace")
    assert ("Exercises of the library" in page) is (kind == "exercise")


def test_an_unknown_kind_opens_no_form_and_plans_nothing(desk: Client, ada: Patient) -> None:
    assert "Choose what it is" in read(desk, ada, "?kind=surgery")
    address = reverse("admin:accounts_patient_plan-add", args=[ada.pk])
    assert desk.post(address, {"kind": "surgery", "code": "x"}).status_code == 404
    assert not CareItem.objects.exists()


def test_a_brace_has_a_first_and_a_last_day_and_hours(desk: Client, ada: Patient, today: date) -> None:
    assert "This field is required." in planned(desk, ada, "brace", "fracture", hours_a_day="8")
    assert not CareItem.objects.exists()
    last = today + timedelta(days=41)
    page = planned(desk, ada, "brace", "fracture", hours_a_day="8", starts=str(today), ends=str(last))
    assert "Planned." in page
    assert "8 hours a day; since" in page
    assert CareItem.objects.get().ends == last


def test_a_goal_has_words_and_a_day_of_review(desk: Client, ada: Patient, today: date) -> None:
    assert 'value="' + str(today + timedelta(weeks=12)) in desk.get(
        reverse("admin:accounts_patient_plan", args=[ada.pk]) + "?kind=goal"
    ).content.decode().replace("'", '"')
    page = planned(desk, ada, "goal", "own", text="To the shops and back", review_on=str(today))
    assert "Goal: a goal of the patient’s own" in page
    assert "review due" in page


def test_a_referral_is_written_with_its_reason(desk: Client, ada: Patient) -> None:
    page = planned(desk, ada, "referral", "doctor", text="Letter to the rheumatologist")
    assert "Referral: doctor or specialist" in page
    assert "Letter to the rheumatologist" in page


# --- what speaks against it ---


def test_a_risky_exercise_is_asked_back_once_and_planned_all_the_same(
    desk: Client, fractured: Patient, today: date
) -> None:
    said = {"tags": ["loaded_flexion"], "dose": "8 to 12 times"}
    html = send(desk, "plan-add", fractured, kind="exercise", code="resistance", **said)
    warning = "Earlier spine fracture on record: bending forward under load."
    assert f"Please think twice: nothing is planned yet. {warning}" in words(html)
    assert 'value="8 to 12 times"' in html
    assert not CareItem.objects.exists()

    despite = re.search(r'name="despite" value="([^"]+)"', html)
    assert despite
    page = planned(desk, fractured, "exercise", "resistance", despite=despite[1], **said)
    assert "Planned." in page
    assert f"Please think twice. {warning}" in page
    assert CareItem.objects.get().tags == ["loaded_flexion", "supervised"]
    kept = Change.objects.get(verb="care.prescribed").data["warned"]
    assert kept == ["loaded_flexion:prior_vertebral_fracture"]


def test_another_warning_than_the_one_that_was_shown_is_asked_back_anew(
    desk: Client, fractured: Patient
) -> None:
    html = send(desk, "plan-add", fractured, kind="exercise", code="walking", tags=["twist"])
    despite = re.search(r'name="despite" value="([^"]+)"', html)
    assert despite
    more = {"tags": ["twist", "impact"], "despite": despite[1]}
    assert "nothing is planned yet" in planned(desk, fractured, "exercise", "walking", **more)
    assert not CareItem.objects.exists()


def test_a_tag_says_what_speaks_against_it_before_it_is_chosen(desk: Client, fractured: Patient) -> None:
    page = read(desk, fractured, "?kind=exercise")
    assert "Bending forward under load – think twice: earlier spine fracture" in page
    assert "Lying on the back – think twice" not in page


def test_who_does_not_stand_is_warned_of_exercises_on_the_feet(
    desk: Client, ada: Patient, mira: User
) -> None:
    stated = Stated("history", "non_weight_bearing")
    facts.add(by=mira, at=timezone.now(), patient=ada, stated=stated)
    warning = "Does not stand or walk on record: on your feet."
    assert warning in planned(desk, ada, "exercise", "walking")
    assert warning in read(desk, ada, "?kind=exercise")
    assert not CareItem.objects.exists()


def test_a_text_of_the_library_brings_its_code_and_tags(desk: Client, ada: Patient) -> None:
    html = desk.get(reverse("admin:accounts_patient_plan", args=[ada.pk]) + "?kind=exercise&text=X1")
    page = html.content.decode()
    assert '<option value="balance" selected>' in page
    assert '<option value="X1" selected>' in page
    assert "Held while one of these flags is unresolved: New giving way" in words(page)


# --- the rhythm ---


@pytest.mark.parametrize(
    ("said", "stored", "read_as"),
    [
        ({}, "", "Since"),
        ({"rhythm": "daily"}, "FREQ=DAILY", "Every day; since"),
        ({"rhythm": "daily", "every": "2"}, "FREQ=DAILY;INTERVAL=2", "Every 2 days; since"),
        (
            {"rhythm": "weekly", "weekdays": ["TH", "MO"], "every": "2"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "Every 2 weeks on Monday, Thursday; since",
        ),
        (
            {"rhythm": "monthly", "starts": "2026-05-12"},
            "FREQ=MONTHLY;BYMONTHDAY=12",
            "Every month on day 12; since",
        ),
        (
            {"rhythm": "monthly", "every": "3", "starts": "2026-05-31"},
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "Every 3 months on day 31 or the last one; since",
        ),
    ],
)
def test_a_rhythm_is_chosen_in_words(
    desk: Client, ada: Patient, said: dict[str, Any], stored: str, read_as: str
) -> None:
    page = planned(desk, ada, "exercise", "balance", **said)
    assert CareItem.objects.get().rrule == stored
    assert read_as in page


def test_a_monthly_tablet_rings_on_the_day_of_the_month_on_which_it_begins(
    desk: Client, ada: Patient, today: date
) -> None:
    page = planned(desk, ada, "medicine", "bone_medicine", text="Ibandronate 150 mg", rhythm="monthly")
    assert "Planned." in page
    item = CareItem.objects.get()
    assert rhythm.parse(item.rrule).monthday == today.day
    html = desk.get(reverse("admin:accounts_patient_plan", args=[ada.pk])).content.decode()
    assert '<option value="monthly" selected>' in html
    send(desk, "plan-change", ada, item.pk, rhythm="monthly", every="2", text="Ibandronate 150 mg", seen="1")
    item.refresh_from_db()
    assert rhythm.parse(item.rrule).interval == 2


def test_more_than_a_year_apart_is_refused_beside_its_field(desk: Client, ada: Patient) -> None:
    said = {"text": "Tablet", "rhythm": "monthly", "every": "13"}
    assert "At most every 12 months." in planned(desk, ada, "medicine", "bone_medicine", **said)
    assert not CareItem.objects.exists()


@pytest.mark.parametrize(
    "said", [{"rhythm": "weekly"}, {"rhythm": "daily", "weekdays": ["MO"]}, {"weekdays": ["MO"]}]
)
def test_a_rhythm_that_contradicts_itself_is_refused(
    desk: Client, ada: Patient, said: dict[str, Any]
) -> None:
    assert "of the week" in planned(desk, ada, "exercise", "balance", **said)
    assert not CareItem.objects.exists()


def test_a_rhythm_that_this_form_can_not_say_is_kept(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today, rrule="FREQ=DAILY;COUNT=5")
    assert "As it is: every day, 5 times" in read(desk, ada)
    send(desk, "plan-change", ada, item.pk, rhythm="kept", dose="10 minutes", seen="1")
    item.refresh_from_db()
    assert (item.rrule, item.dose) == ("FREQ=DAILY;COUNT=5", "10 minutes")


# --- changing ---


def test_a_change_keeps_what_was_said_before_with_who_and_why(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today, dose="10 minutes")
    html = send(
        desk, "plan-change", ada, item.pk, dose="20 minutes", tags=["supervised"], why="Stronger", seen="1"
    )
    page = words(html)
    assert "Changed. What it said before is kept." in page
    assert "20 minutes; since" in page
    assert "1 earlier version" in page
    assert re.search(r"10 minutes; on your feet Mira Sol, .{20,50} until .{20,50}: Stronger", page)
    item.refresh_from_db()
    assert (item.version, item.tags) == (2, ["supervised", "weight_bearing"])
    assert Change.objects.get(verb="care.changed").by == mira


def test_a_change_of_a_page_that_is_out_of_date_changes_nothing(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today)
    anew = Planned("exercise", "walking", today, dose="5 minutes")
    care_plan.change(by=mira, at=timezone.now(), patient=ada, item=item, planned=anew, seen=1)
    html = send(desk, "plan-change", ada, item.pk, dose="20 minutes", seen="1")
    assert "A colleague changed this after your page was shown." in words(html)
    assert 'value="20 minutes"' in html
    item.refresh_from_db()
    assert item.dose == "5 minutes"


def test_a_risky_change_is_asked_back(desk: Client, fractured: Patient, mira: User, today: date) -> None:
    item = walking(fractured, mira, today)
    page = words(send(desk, "plan-change", fractured, item.pk, tags=["twist"], seen="1"))
    assert "Earlier spine fracture on record: twisting." in page
    item.refresh_from_db()
    assert item.version == 1


# --- holding ---


def test_an_exercise_is_held_and_the_hold_is_lifted(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today)
    later = today + timedelta(days=5)
    page = words(send(desk, "plan-hold", ada, item.pk, look_again_on=str(later)))
    assert "Exercise: walking Held on your feet" in page
    assert "Held by Mira Sol since" in page
    assert Task.objects.get().due_on == later
    page = words(send(desk, "plan-lift", ada, item.pk))
    assert "The patient may go on with this exercise." in page
    assert "Exercise: walking Held" not in page
    assert ExercisePause.objects.get().lifted_by == mira
    assert Task.objects.get().done_by == mira


def test_a_hold_needs_a_day_ahead(desk: Client, ada: Patient, mira: User, today: date) -> None:
    item = walking(ada, mira, today)
    page = words(send(desk, "plan-hold", ada, item.pk, look_again_on=str(today)))
    assert "The day to look again must lie ahead." in page
    assert not ExercisePause.objects.exists()


def test_a_held_exercise_names_the_flag_that_holds_it(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    walking(ada, mira, today)
    assert "Exercise: walking on your feet" in read(desk, ada)
    people.flag(ada, holds_exercise=True)
    page = read(desk, ada)
    assert "Exercise: walking Held on your feet" in page
    assert "Held by the flag Sudden back pain" in page


def test_a_clinicians_hold_is_on_the_list_from_its_day_on_with_what_it_is_about(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today)
    at = timezone.now()
    day = today + timedelta(days=3)
    exercise_pauses.hold(by=mira, at=at, patient=ada, item=item, look_again_on=day)
    Task.objects.update(due_on=today)
    page = words(desk.get(reverse("admin:journal_task_changelist")).content.decode())
    assert "Walking: held by Mira Sol since" in page


# --- stopping ---


def test_a_stopped_item_moves_to_the_past_with_reason(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today)
    page = words(send(desk, "plan-stop", ada, item.pk, reason="Knee swollen", on=""))
    assert "Stopped or over (1)" in page
    assert re.search(r"Stopped from .{15,16} on by Mira Sol: Knee swollen", page)
    assert "Nothing planned." in page
    item.refresh_from_db()
    assert item.stopped_by == mira


def test_a_stop_without_a_reason_is_shown_again_where_it_was_pressed(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = walking(ada, mira, today)
    page = send(desk, "plan-stop", ada, item.pk, reason="", on="")
    assert re.search(r"<details[^>]* open>\s*<summary>Stop", page)
    item.refresh_from_db()
    assert item.stopped_on is None


# --- the patient's page ---


def test_the_patients_page_shows_the_plan_and_leads_to_it(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    walking(ada, mira, today, dose="10 minutes")
    html = desk.get(reverse("admin:accounts_patient_change", args=[ada.pk])).content.decode()
    assert "10 minutes; since" in words(html)
    assert reverse("admin:accounts_patient_plan", args=[ada.pk]) in html


# --- who may ---


@pytest.mark.parametrize("name", ["plan-change", "plan-stop", "plan-hold", "plan-lift"])
def test_another_clinics_items_are_missing_also_through_an_own_patient(
    desk: Client, ada: Patient, lake: Clinic, name: str, today: date
) -> None:
    zed = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    ben = people.patient(lake, "Ben")
    item = walking(ben, zed, today)
    before = Change.objects.count()
    for patient in (ben, ada):
        address = reverse(f"admin:accounts_patient_{name}", args=[patient.pk, item.pk])
        said = {"reason": "x", "dose": "x", "seen": "1", "look_again_on": str(today + timedelta(days=9))}
        assert desk.post(address, said).status_code == 404
    assert desk.get(reverse("admin:accounts_patient_plan", args=[ben.pk])).status_code == 404
    add = reverse("admin:accounts_patient_plan-add", args=[ben.pk])
    assert desk.post(add, {"kind": "exercise", "code": "walking"}).status_code == 404
    assert Change.objects.count() == before


def test_a_look_at_the_plan_is_recorded(desk: Client, ada: Patient, mira: User) -> None:
    read(desk, ada)
    look = StaffRead.objects.get()
    assert (look.by, look.patient, look.route) == (mira, ada, "admin:accounts_patient_plan")


def test_a_link_can_not_plan(desk: Client, ada: Patient) -> None:
    assert desk.get(reverse("admin:accounts_patient_plan-add", args=[ada.pk])).status_code == 405


def test_more_items_and_versions_cost_no_more_queries(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    def fill() -> None:
        item = walking(ada, mira, today)
        anew = Planned("exercise", "walking", today, dose=f"{CareItem.objects.count()} minutes")
        care_plan.change(by=mira, at=timezone.now(), patient=ada, item=item, planned=anew, seen=1)
        later = today + timedelta(days=9)
        exercise_pauses.hold(by=mira, at=timezone.now(), patient=ada, item=item, look_again_on=later)

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
    assert CareItemVersion.objects.count() == 4

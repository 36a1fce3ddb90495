"""`/care-plan` as a phone sees it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone as clock

from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, notes
from journal.content.plan import Planned
from journal.models import CareItem, Flag
from tests.api.phone import Phone, pain
from tests.api.syncing import pull
from tests.support import desk as people


@pytest.fixture
def mira(clinic: Clinic) -> User:
    return people.clinician(clinic)


@pytest.fixture
def today(patient: Patient) -> date:
    return clock.now().astimezone(patient.timezone).date()


def plan(patient: Patient, mira: User, kind: str, code: str, **said: Any) -> CareItem:
    starts = clock.now().astimezone(patient.timezone).date()
    planned = Planned(kind, code, **{"starts": starts, **said})
    return care_plan.prescribe(by=mira, at=clock.now(), patient=patient, planned=planned)


def read(phone: Phone) -> dict[str, Any]:
    status, body = phone.send("GET", "/api/v1/care-plan")
    assert status == 200
    found: dict[str, Any] = body
    return found


def test_without_a_prescription_the_plan_is_empty_and_holds_nothing(phone: Phone) -> None:
    plan = read(phone)
    assert plan.pop("revision") >= 1
    assert plan == {
        "exercises": [],
        "held": False,
        "programme_held": [],
        "braces": [],
        "goals": [],
        "others": [],
    }


def hurt(phone: Phone, exercise: str) -> None:
    phone.log(exercises=[{"exercise": exercise, "pain_before": 1, "pain_after": 6}])


def test_an_exercise_of_the_programme_that_pauses_after_pain_is_shown_with_its_reason(phone: Phone) -> None:
    hurt(phone, "X1")
    found = read(phone)
    [held] = found["programme_held"]
    assert (found["held"], held["library_id"], held["title"], held["held_by"]) == (
        True,
        "X1",
        "Balance practice",
        [],
    )
    assert "pain was clearly higher" in held["held_reason"]
    spanish = phone.send("GET", "/api/v1/care-plan", **{"Accept-Language": "es"})[1]["programme_held"]
    assert spanish[0]["title"] == "Práctica de equilibrio"


def test_a_flag_that_holds_all_exercise_holds_the_whole_programme(phone: Phone, patient: Patient) -> None:
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    flag = str(Flag.objects.get(pattern="sudden-back-pain").pk)
    held = read(phone)["programme_held"]
    assert [one["library_id"] for one in held] == ["X1", "X2", "X3", "X4", "X5", "X6"]
    assert all(one["held_by"] == [flag] for one in held)


def test_the_programme_is_left_out_while_the_clinic_prescribes_exercise(
    phone: Phone, patient: Patient, mira: User, today: date
) -> None:
    hurt(phone, "X1")
    plan(patient, mira, "exercise", "walking", starts=today + timedelta(days=3))
    assert [one["library_id"] for one in read(phone)["programme_held"]] == ["X1"]
    plan(patient, mira, "exercise", "posture")
    found = read(phone)
    assert (found["programme_held"], found["held"]) == ([], False)


def test_another_patients_pause_is_not_shown(phone: Phone, invite: Any) -> None:
    other = Phone()
    other.sign_up(invite())
    hurt(other, "X1")
    assert read(phone)["programme_held"] == []


def test_what_is_prescribed_comes_with_dose_tags_and_text(
    phone: Phone, patient: Patient, mira: User, today: date
) -> None:
    later = today + timedelta(days=30)
    item = plan(
        patient, mira, "exercise", "swimming", dose="Twice a week", rrule="FREQ=WEEKLY", text="Warm pool"
    )
    plan(patient, mira, "brace", "fracture", ends=later, hours_a_day=6)
    plan(patient, mira, "goal", "own", text="Walk to the lake", review_on=later)
    plan(patient, mira, "referral", "talk_therapy")
    found = read(phone)
    assert found["exercises"] == [
        {
            "id": str(item.pk),
            "kind": "exercise",
            "code": "swimming",
            "title": "Swimming",
            "text": "Warm pool",
            "library_id": "X3",
            "starts": today.isoformat(),
            "ends": None,
            "review_on": None,
            "dose": "Twice a week",
            "rrule": "FREQ=WEEKLY",
            "tags": [
                {"code": "not_bone_loading", "label": "good for fitness, does not load the bones"},
            ],
            "held": False,
            "held_reason": None,
            "held_by": [],
        }
    ]
    assert [(one["hours_a_day"], one["ends"]) for one in found["braces"]] == [(6, later.isoformat())]
    assert [(one["text"], one["review_on"]) for one in found["goals"]] == [
        ("Walk to the lake", later.isoformat())
    ]
    assert [one["title"] for one in found["others"]] == ["Talking therapy"]


def test_sudden_back_pain_holds_exercise_and_says_so_without_naming_the_pattern(
    phone: Phone, patient: Patient, mira: User
) -> None:
    plan(patient, mira, "exercise", "walking")
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    flag = Flag.objects.get(pattern="sudden-back-pain")
    found = read(phone)
    assert found["held"] is True
    walking = found["exercises"][0]
    assert (walking["held"], walking["held_by"]) == (True, [str(flag.pk)])
    assert walking["held_reason"].startswith("Please pause this exercise for now.")
    assert not [word for word in ("back", "fracture", "pattern") if word in walking["held_reason"]]


def test_why_exercise_is_held_is_said_in_the_patients_language(
    phone: Phone, patient: Patient, mira: User
) -> None:
    plan(patient, mira, "exercise", "walking")
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    assert phone.send("PATCH", "/api/v1/me", {"language": "es"})[0] == 200
    assert read(phone)["exercises"][0]["held_reason"].startswith("Por favor, deje este ejercicio")
    english = phone.send("GET", "/api/v1/care-plan", **{"Accept-Language": "en"})[1]
    assert english["exercises"][0]["held_reason"].startswith("Please pause this exercise")


def test_an_exercise_in_the_clinics_words_is_called_by_them_where_they_stand_alone(
    phone: Phone, patient: Patient, mira: User
) -> None:
    item = plan(patient, mira, "exercise", "other", text="Arm circles\nTen each way")
    found = read(phone)["exercises"][0]
    assert (found["title"], found["text"]) == ("Other exercise", "Arm circles\nTen each way")
    assert item.named("en") == "Arm circles"


def test_headings_and_tags_are_in_the_language_that_is_read(
    phone: Phone, patient: Patient, mira: User, today: date
) -> None:
    plan(patient, mira, "exercise", "balance")
    plan(patient, mira, "goal", "own", text="To the shops", review_on=today)
    spanish = phone.send("GET", "/api/v1/care-plan", **{"Accept-Language": "es"})[1]
    assert [one["title"] for one in (*spanish["exercises"], *spanish["goals"])] == [
        "Equilibrio",
        "Su propio objetivo",
    ]
    assert spanish["exercises"][0]["tags"][0]["label"] == "equilibrio: algo firme a lo que agarrarse"
    english = read(phone)
    assert english["goals"][0]["title"] == "Your own goal"
    assert english["exercises"][0]["tags"][0]["label"] == "balance: something firm to hold on to"


def test_after_a_change_of_language_the_next_pull_brings_the_plan_in_it(
    phone: Phone, patient: Patient, mira: User
) -> None:
    plan(patient, mira, "exercise", "balance")
    before = pull(phone)[1]["timestamp"]
    assert phone.send("PATCH", "/api/v1/me", {"language": "es"})[0] == 200
    [item] = pull(phone, before)[1]["changes"]["care_items"]["updated"]
    assert item["title"] == "Equilibrio"


def test_what_is_stopped_or_over_is_left_out(phone: Phone, patient: Patient, mira: User, today: date) -> None:
    item = plan(patient, mira, "exercise", "walking")
    plan(patient, mira, "brace", "fracture", starts=today - timedelta(days=9), ends=today - timedelta(days=1))
    care_plan.stop(by=mira, at=clock.now(), patient=patient, item=item, reason="Knee swollen")
    found = read(phone)
    assert (found["exercises"], found["braces"]) == ([], [])


def test_no_note_of_a_clinician_reaches_the_phone(
    phone: Phone, patient: Patient, mira: User, today: date
) -> None:
    plan(patient, mira, "exercise", "walking")
    notes.add(by=mira, at=clock.now(), patient=patient, code="mri", day=today, text="Suspicious lesion")
    assert "lesion" not in str(read(phone))


def test_another_patients_plan_is_not_shown(
    phone: Phone, patient: Patient, mira: User, clinic: Clinic
) -> None:
    plan(people.patient(clinic, "Ben"), mira, "exercise", "walking")
    assert read(phone)["exercises"] == []


def test_without_a_token_nothing_is_told(db: None) -> None:
    assert Phone().send("GET", "/api/v1/care-plan")[0] == 401

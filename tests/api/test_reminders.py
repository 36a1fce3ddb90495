"""Reminders as an app manages them, and the inbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.accounts.models import Patient
from reminders.actions import planning
from reminders.actions.programmes import BEGINNING
from reminders.models import Occurrence, Reminder
from tests.api.phone import Phone, pain

pytestmark = pytest.mark.django_db


def one_is_due(patient: Patient, kind: str = "exercise") -> None:
    """The patient's reminder of a kind comes due now, at a time that is not quiet."""
    now = timezone.now()
    Reminder.objects.filter(patient=patient, kind=kind).update(
        next_due_at=now,
        next_local_date=now.astimezone(patient.timezone).date(),
        quiet_from=None,
        quiet_until=None,
    )
    planning.plan_due(at=now)


def test_every_patient_starts_with_exercise_a_tip_the_journal_and_height(phone: Phone) -> None:
    status, page = phone.send("GET", "/api/v1/reminders")
    found = {one["kind"]: (one["rrule"], one["timezone"], one["channels"]) for one in page["results"]}
    assert status == 200
    assert found == {
        "exercise": ("FREQ=DAILY", "Europe/Berlin", ["inbox", "email"]),
        "fall-prevention": ("FREQ=WEEKLY;BYDAY=MO", "Europe/Berlin", ["inbox", "email"]),
        "log-today": ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "Europe/Berlin", ["inbox", "email"]),
        "height": ("FREQ=WEEKLY;BYDAY=SA", "Europe/Berlin", ["inbox", "email"]),
    }


def test_a_reminder_is_made_changed_and_deleted(phone: Phone) -> None:
    wish = {
        "kind": "custom",
        "title": "Write the journal",
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "local_time": "18:30",
        "quiet_hours": {"from": "21:00", "until": "08:00"},
        "channels": ["inbox"],
    }
    status, made = phone.send("POST", "/api/v1/reminders", wish)
    assert status == 201
    assert {name: made[name] for name in wish} == wish
    path = f"/api/v1/reminders/{made['id']}"
    assert phone.send("PATCH", path, {"local_time": "19:00", "quiet_hours": None})[0] == 200
    _, changed = phone.send("GET", path)
    assert (changed["local_time"], changed["quiet_hours"]) == ("19:00", None)
    assert phone.send("DELETE", path) == (204, None)
    assert phone.send("GET", path)[0] == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rrule": "FREQ=SECONDLY"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;INTERVAL=0"}, "/rrule"),
        ({"timezone": "Mars/Olympus"}, "/timezone"),
        ({"local_time": "25:00"}, "/local_time"),
        ({"channels": []}, "/channels"),
        ({"surprise": True}, "/surprise"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_by_its_field(
    phone: Phone, change: dict[str, Any], pointer: str
) -> None:
    wish = {"kind": "custom", "title": "Walk", "rrule": "FREQ=DAILY", "local_time": "10:00", **change}
    status, answer = phone.send("POST", "/api/v1/reminders", wish)
    assert (status, answer["errors"][0]["pointer"]) == (422, pointer)
    assert Reminder.objects.count() == len(BEGINNING)


def test_moving_to_another_zone_moves_the_reminders(phone: Phone) -> None:
    assert phone.send("PATCH", "/api/v1/me", {"timezone": "Pacific/Auckland"})[0] == 200
    _, page = phone.send("GET", "/api/v1/reminders")
    assert {one["timezone"] for one in page["results"]} == {"Pacific/Auckland"}


def test_a_due_turn_lies_in_the_inbox_with_its_tip_and_is_done(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    _, page = phone.send("GET", "/api/v1/occurrences")
    [turn] = page["results"]
    assert (turn["kind"], turn["state"]) == ("exercise", "due")
    assert turn["item"]
    assert len(turn["body"]) > 40
    status, done = phone.send("POST", f"/api/v1/occurrences/{turn['id']}/done")
    assert (status, done["state"]) == (200, "done")
    assert phone.send("POST", f"/api/v1/occurrences/{turn['id']}/done")[1] == done


def test_a_turn_is_put_off_and_skipped(phone: Phone, patient: Patient) -> None:
    one_is_due(patient, "fall-prevention")
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    later = (timezone.now() + timedelta(hours=2)).isoformat()
    status, put_off = phone.send("POST", f"/api/v1/occurrences/{turn['id']}/snooze", {"until": later})
    assert (status, put_off["state"]) == (200, "snoozed")
    too_late = (timezone.now() + timedelta(days=2)).isoformat()
    assert phone.send("POST", f"/api/v1/occurrences/{turn['id']}/snooze", {"until": too_late})[0] == 409
    assert phone.send("POST", f"/api/v1/occurrences/{turn['id']}/skip")[1]["state"] == "skipped"


def test_exercise_is_shown_as_held_by_the_flag_that_holds_it(phone: Phone, patient: Patient) -> None:
    _, answer = phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    flag = answer["flags"][0]["id"]
    one_is_due(patient)
    one_is_due(patient, "fall-prevention")
    turns = {turn["kind"]: turn for turn in phone.send("GET", "/api/v1/occurrences")[1]["results"]}
    assert (turns["exercise"]["state"], turns["exercise"]["held_by"]) == ("held", flag)
    assert turns["fall-prevention"]["state"] == "due"
    reminders = phone.send("GET", "/api/v1/reminders")[1]["results"]
    held_by = {one["kind"]: one["held_by"] for one in reminders}
    assert held_by == {"exercise": [flag], "fall-prevention": [], "log-today": [], "height": []}
    assert phone.send("POST", f"/api/v1/occurrences/{turns['exercise']['id']}/done")[0] == 409


def test_anothers_reminder_and_turn_do_not_exist(phone: Phone, patient: Patient, invite: Any) -> None:
    one_is_due(patient)
    other = Phone()
    other.sign_up(invite())
    reminder, turn = Reminder.objects.filter(patient=patient)[0].pk, Occurrence.objects.get().pk
    assert other.send("GET", f"/api/v1/reminders/{reminder}")[0] == 404
    assert other.send("PATCH", f"/api/v1/reminders/{reminder}", {"active": False})[0] == 404
    assert other.send("DELETE", f"/api/v1/reminders/{reminder}")[0] == 404
    assert other.send("POST", f"/api/v1/occurrences/{turn}/done")[0] == 404
    assert other.send("GET", "/api/v1/occurrences")[1]["results"] == []


def test_the_library_has_exercises_and_falls_back_to_english(phone: Phone) -> None:
    _, english = phone.send("GET", "/api/v1/library?kind=exercise")
    assert len(english["results"]) >= 6
    assert phone.send("GET", "/api/v1/library?kind=exercise&lang=xx")[1] == english
    assert phone.send("GET", "/api/v1/library?kind=song")[0] == 422

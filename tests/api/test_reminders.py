"""Reminders as an app manages them, and the inbox."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from journal.accounts.models import Patient
from journal.models import ExercisePause
from reminders import wording
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
        ({"channels": ["inbox"] * 5}, "/channels"),
        ({"channels": ["sms"]}, "/channels/0"),
        ({"title": "   "}, "/title"),
        ({"title": "\u00a0\u2003"}, "/title"),
        ({"title": "two\nlines"}, "/title"),
        ({"surprise": True}, "/surprise"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_by_its_field(
    phone: Phone, change: dict[str, Any], pointer: str
) -> None:
    wish = {"kind": "custom", "title": "Walk", "rrule": "FREQ=DAILY", "local_time": "10:00", **change}
    status, answer = phone.send("POST", "/api/v1/reminders", wish)
    assert (status, [one["pointer"] for one in answer["errors"]]) == (422, [pointer])
    assert Reminder.objects.count() == len(BEGINNING)


def test_a_title_of_blanks_alone_is_refused_in_a_change_too(phone: Phone, patient: Patient) -> None:
    found = Reminder.objects.filter(patient=patient)[0]
    status, answer = phone.send("PATCH", f"/api/v1/reminders/{found.client_id}", {"title": " "})
    assert (status, answer["errors"][0]["pointer"]) == (422, "/title")
    assert phone.send("PATCH", f"/api/v1/reminders/{found.client_id}", {"title": " Té "})[0] == 200


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
    status, refused = phone.send("POST", f"/api/v1/occurrences/{turn['id']}/snooze", {"until": too_late})
    assert (status, [one["pointer"] for one in refused["errors"]]) == (409, ["/until"])
    assert "12 hours" in refused["detail"]
    over = (timezone.now() - timedelta(minutes=1)).isoformat()
    status, refused = phone.send("POST", f"/api/v1/occurrences/{turn['id']}/snooze", {"until": over})
    assert (status, [one["pointer"] for one in refused["errors"]]) == (409, ["/until"])
    assert refused["detail"] == "Choose a time that lies ahead."
    assert phone.send("POST", f"/api/v1/occurrences/{turn['id']}/skip")[1]["state"] == "skipped"


def test_one_turn_is_read_by_its_id_as_the_list_has_it(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    assert phone.send("GET", f"/api/v1/occurrences/{turn['id']}") == (200, turn)
    assert phone.send("GET", f"/api/v1/occurrences/{turn['id'].upper()}") == (200, turn)
    spanish = phone.send("GET", f"/api/v1/occurrences/{turn['id']}", **{"Accept-Language": "es"})[1]
    assert spanish["body"] != turn["body"]
    assert phone.send("GET", f"/api/v1/occurrences/{uuid.uuid4()}")[0] == 404
    assert Phone().send("GET", f"/api/v1/occurrences/{turn['id']}")[0] == 401


def test_a_turn_that_was_put_off_is_due_again_when_its_time_has_come(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    path = f"/api/v1/occurrences/{turn['id']}"
    until = timezone.now() + timedelta(minutes=30)
    phone.send("POST", f"{path}/snooze", {"until": until.isoformat()})
    assert phone.send("GET", path)[1]["state"] == "snoozed"
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert phone.send("GET", path)[1]["state"] == "due"
        [listed] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
        assert (listed["state"], listed["snoozed_until"]) == ("due", until.isoformat())
        assert phone.send("POST", f"{path}/done")[1]["snoozed_until"] is None
        assert phone.send("GET", path)[1]["state"] == "done"


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


def test_reminders_and_turns_follow_the_patient_into_another_language(phone: Phone, patient: Patient) -> None:
    one_is_due(patient, "log-today")
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    one_is_due(patient)

    def titles(**headers: str) -> dict[str, str]:
        turns = phone.send("GET", "/api/v1/occurrences", **headers)[1]["results"]
        return {turn["kind"]: turn["title"] for turn in turns}

    assert titles() == {"exercise": "Time for your exercises", "log-today": "A minute for your journal"}
    phone.send("PATCH", "/api/v1/me", {"language": "es"})
    assert titles() == {"exercise": "Es hora de sus ejercicios", "log-today": "Un minuto para su diario"}
    assert titles(**{"Accept-Language": "en"})["exercise"] == "Time for your exercises"
    turn = next(
        one for one in phone.send("GET", "/api/v1/occurrences")[1]["results"] if one["state"] == "held"
    )
    assert turn["held_reason"].startswith("Por favor, deje este ejercicio")
    reminders = phone.send("GET", "/api/v1/reminders")[1]["results"]
    assert {one["title"] for one in reminders} == set(wording.TITLES["es"].values())


def test_anothers_reminder_and_turn_do_not_exist(phone: Phone, patient: Patient, invite: Any) -> None:
    one_is_due(patient)
    other = Phone()
    other.sign_up(invite())
    reminder, turn = Reminder.objects.filter(patient=patient)[0].pk, Occurrence.objects.get().pk
    assert other.send("GET", f"/api/v1/reminders/{reminder}")[0] == 404
    assert other.send("PATCH", f"/api/v1/reminders/{reminder}", {"active": False})[0] == 404
    assert other.send("DELETE", f"/api/v1/reminders/{reminder}")[0] == 404
    assert other.send("POST", f"/api/v1/occurrences/{turn}/done")[0] == 404
    assert other.send("GET", f"/api/v1/occurrences/{turn}")[0] == 404
    assert other.send("GET", "/api/v1/occurrences")[1]["results"] == []


def test_the_library_has_exercises_and_falls_back_to_english(phone: Phone) -> None:
    _, english = phone.send("GET", "/api/v1/library?kind=exercise")
    assert len(english["results"]) >= 6
    assert phone.send("GET", "/api/v1/library?kind=exercise&lang=xx")[1] == english
    assert phone.send("GET", "/api/v1/library?kind=song")[0] == 422


def test_the_library_says_beside_which_entries_a_text_belongs(phone: Phone) -> None:
    _, texts = phone.send("GET", "/api/v1/library?kind=education")
    beside = {text["id"]: text["beside"] for text in texts["results"]}
    assert "calf" in beside["E03"]
    assert "numbness" in beside["E06"]
    assert beside["E01"] == []


def test_not_today_takes_its_reason_and_refuses_another(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    path = f"/api/v1/occurrences/{turn['id']}/skip"
    status, answer = phone.send("POST", path, {"reason": "ignored"})
    assert (status, answer["errors"][0]["pointer"]) == (422, "/reason")
    status, skipped = phone.send("POST", path, {"reason": "pain"})
    assert (status, skipped["state"], skipped["reason"]) == (200, "skipped", "pain")


def test_pain_before_and_after_is_kept_and_a_rise_pauses_the_exercise(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    path = f"/api/v1/occurrences/{turn['id']}/done"
    assert phone.send("POST", path, {"pain_before": 11})[0] == 422
    status, done = phone.send("POST", path, {"pain_before": 2, "pain_after": 5})
    assert (status, done["pain_before"], done["pain_after"]) == (200, 2, 5)
    assert done["notice"].startswith("You told us that your pain was clearly higher")
    assert ExercisePause.objects.open().get().exercise == turn["item"]


def test_a_pause_is_set_seen_and_ended(phone: Phone, patient: Patient) -> None:
    today = timezone.now().astimezone(patient.timezone).date()
    wish = {"from": today.isoformat(), "until": (today + timedelta(days=9)).isoformat(), "reason": "holiday"}
    assert phone.send("PUT", "/api/v1/reminders/pause", wish) == (200, {"a_day": 4, "pause": wish})
    one_is_due(patient)
    assert phone.send("GET", "/api/v1/occurrences")[1]["results"] == []
    assert phone.send("GET", "/api/v1/reminders/settings")[1]["pause"] == wish
    assert phone.send("DELETE", "/api/v1/reminders/pause") == (200, {"a_day": 4, "pause": None})


def test_a_pause_that_ends_before_it_begins_is_refused(phone: Phone) -> None:
    wish = {"from": "2030-02-01", "until": "2030-01-01", "reason": "holiday"}
    status, refused = phone.send("PUT", "/api/v1/reminders/pause", wish)
    assert (status, [one["pointer"] for one in refused["errors"]]) == (422, ["/until"])


def test_the_day_has_as_many_reminders_as_the_patient_wants(phone: Phone) -> None:
    assert phone.send("PATCH", "/api/v1/reminders/settings", {"a_day": 2})[1]["a_day"] == 2
    assert phone.send("PATCH", "/api/v1/reminders/settings", {"a_day": 0})[0] == 422
    assert phone.send("GET", "/api/v1/reminders/settings")[1]["a_day"] == 2


def test_a_reminder_that_stepped_down_says_so_and_is_brought_back(phone: Phone, patient: Patient) -> None:
    found = Reminder.objects.get(patient=patient, kind="exercise")
    Reminder.objects.filter(pk=found.pk).update(stride=4)
    path = f"/api/v1/reminders/{found.client_id}"
    assert phone.send("GET", path)[1]["stepped_down"] is True
    assert phone.send("PATCH", path, {"stepped_down": True})[0] == 422
    assert phone.send("PATCH", path, {"stepped_down": False})[1]["stepped_down"] is False


@pytest.mark.parametrize("kind", Reminder.Kind.values)
def test_every_kind_can_be_made(phone: Phone, kind: str) -> None:
    wish = {"kind": kind, "title": "Mine", "rrule": "FREQ=DAILY", "local_time": "10:00"}
    status, made = phone.send("POST", "/api/v1/reminders", wish)
    assert (status, made["kind"], made["from_plan"]) == (201, kind, False)


def test_the_summary_counts_what_became_of_exercise(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = phone.send("GET", "/api/v1/occurrences")[1]["results"]
    phone.send("POST", f"/api/v1/occurrences/{turn['id']}/skip", {"reason": "unwell"})
    status, summary = phone.send("GET", "/api/v1/occurrences/summary")
    assert status == 200
    assert [(one["days"], one["planned"], one["done"], one["skipped"]) for one in summary["overall"]] == [
        (7, 1, 0, {"unwell": 1}),
        (28, 1, 0, {"unwell": 1}),
    ]
    assert [one["item"] for one in summary["exercises"]] == [turn["item"]]


TEA = {"kind": "custom", "title": "Tea", "rrule": "FREQ=DAILY", "local_time": "18:30"}


def test_a_reminder_whose_reply_was_lost_is_sent_again_and_made_once(phone: Phone, invite: Any) -> None:
    sent = {**TEA, "id": str(uuid.uuid4())}
    made = phone.send("POST", "/api/v1/reminders", sent)
    assert (made[0], made[1]["id"]) == (201, sent["id"])
    assert phone.send("POST", "/api/v1/reminders", sent) == (200, made[1])
    for other in ({"title": "Coffee"}, {"kind": "medicine"}):
        status, problem = phone.send("POST", "/api/v1/reminders", {**sent, **other})
        assert (status, problem["errors"][0]["pointer"]) == (409, "/id")
    assert Reminder.objects.filter(client_id=sent["id"]).count() == 1
    stranger = Phone()
    stranger.sign_up(invite(age=70))
    assert stranger.send("POST", "/api/v1/reminders", sent)[0] == 201
    phone.send("DELETE", f"/api/v1/reminders/{sent['id']}")
    assert phone.send("POST", "/api/v1/reminders", sent)[0] == 409


# --- the first day ---

ONCE = {
    "kind": "appointment",
    "title": "Bone clinic at eleven",
    "rrule": "FREQ=DAILY;COUNT=1",
    "local_time": "09:00",
    "timezone": "Europe/Berlin",
}
AFTERNOON = "2026-01-10T14:00:00+01:00"


@time_machine.travel(AFTERNOON, tick=False)
def test_an_appointment_rings_once_on_the_day_that_was_chosen(phone: Phone) -> None:
    status, made = phone.send("POST", "/api/v1/reminders", {**ONCE, "starts_on": "2027-01-14"})
    assert (status, made["starts_on"], made["next_due_at"]) == (
        201,
        "2027-01-14",
        "2027-01-14T08:00:00+00:00",
    )
    path = f"/api/v1/reminders/{made['id']}"
    moved = phone.send("PATCH", path, {"starts_on": "2026-07-01"})[1]
    assert (moved["starts_on"], moved["next_due_at"]) == ("2026-07-01", "2026-07-01T07:00:00+00:00")
    assert phone.send("GET", path)[1] == moved
    assert phone.send("PATCH", path, {"starts_on": None, "title": "At noon"})[1]["starts_on"] == "2026-07-01"
    planning.plan_due(at=datetime(2026, 7, 1, 7, tzinfo=UTC))
    assert phone.send("GET", path)[1]["next_due_at"] is None
    [turn] = phone.send("GET", "/api/v1/occurrences?from=2026-07-01")[1]["results"]
    assert (turn["kind"], turn["local_date"], turn["title"]) == ("appointment", "2026-07-01", "At noon")


@time_machine.travel(AFTERNOON, tick=False)
def test_a_move_to_another_zone_keeps_the_chosen_day_and_hour(phone: Phone) -> None:
    made = phone.send("POST", "/api/v1/reminders", {**ONCE, "starts_on": "2026-01-14"})[1]
    phone.send("PATCH", "/api/v1/me", {"timezone": "Pacific/Auckland"})
    moved = phone.send("GET", f"/api/v1/reminders/{made['id']}")[1]
    assert (moved["starts_on"], moved["next_due_at"]) == ("2026-01-14", "2026-01-13T20:00:00+00:00")


@time_machine.travel(AFTERNOON, tick=False)
def test_a_rhythm_counts_from_the_first_day(phone: Phone) -> None:
    wish = {**ONCE, "rrule": "FREQ=DAILY;INTERVAL=3", "starts_on": "2026-01-12"}
    made = phone.send("POST", "/api/v1/reminders", wish)[1]
    planning.plan_due(at=datetime(2026, 1, 12, 8, tzinfo=UTC))
    assert phone.send("GET", f"/api/v1/reminders/{made['id']}")[1]["next_due_at"][:10] == "2026-01-15"


@time_machine.travel(AFTERNOON, tick=False)
@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({}, "/rrule"),
        ({"starts_on": "2026-01-10"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20260109"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20260110"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20260601", "starts_on": "2026-06-02"}, "/rrule"),
        ({"starts_on": "2026-01-09"}, "/starts_on"),
        ({"starts_on": "2028-01-12"}, "/starts_on"),
        ({"starts_on": "2026-02-30"}, "/starts_on"),
        ({"starts_on": 20260301}, "/starts_on"),
    ],
)
def test_what_would_never_ring_or_begins_out_of_reach_is_refused_and_not_stored(
    phone: Phone, wish: dict[str, Any], pointer: str
) -> None:
    status, refused = phone.send("POST", "/api/v1/reminders", {**ONCE, **wish})
    assert (status, [one["pointer"] for one in refused["errors"]]) == (422, [pointer])
    assert Reminder.objects.count() == len(BEGINNING)


@time_machine.travel(AFTERNOON, tick=False)
def test_two_years_ahead_and_today_are_within_reach_and_off_is_no_promise_to_ring(phone: Phone) -> None:
    for wish in (
        {"starts_on": "2028-01-11"},
        {"starts_on": "2026-01-10", "local_time": "14:01"},
        {"active": False},
    ):
        assert phone.send("POST", "/api/v1/reminders", {**ONCE, **wish})[0] == 201


def test_a_change_after_which_it_would_never_ring_is_refused(phone: Phone) -> None:
    with time_machine.travel(AFTERNOON, tick=False):
        made = phone.send("POST", "/api/v1/reminders", {**ONCE, "rrule": "FREQ=DAILY"})[1]
    path = f"/api/v1/reminders/{made['id']}"
    with time_machine.travel("2026-01-12T14:00:00+01:00", tick=False):
        planning.plan_due(at=timezone.now())
        for change in ({"rrule": "FREQ=DAILY;COUNT=1"}, {"rrule": "FREQ=DAILY;UNTIL=20260111"}):
            status, refused = phone.send("PATCH", path, change)
            assert (status, [one["pointer"] for one in refused["errors"]]) == (422, ["/rrule"])
        assert phone.send("PATCH", path, {"starts_on": "2026-01-11"})[0] == 422
        assert phone.send("GET", path)[1]["rrule"] == "FREQ=DAILY"
        again = {"rrule": "FREQ=DAILY;COUNT=1", "starts_on": "2026-01-20"}
        assert phone.send("PATCH", path, again)[1]["next_due_at"] == "2026-01-20T08:00:00+00:00"


def test_what_is_over_keeps_what_it_was_called_and_can_be_renamed(phone: Phone) -> None:
    with time_machine.travel(AFTERNOON, tick=False):
        sent = {**ONCE, "id": str(uuid.uuid4()), "starts_on": "2026-01-11"}
        phone.send("POST", "/api/v1/reminders", sent)
    path = f"/api/v1/reminders/{sent['id']}"
    with time_machine.travel("2026-01-12T14:00:00+01:00", tick=False):
        planning.plan_due(at=timezone.now())
        assert phone.send("POST", "/api/v1/reminders", sent)[0] == 200
        assert phone.send("PATCH", path, {"title": "Was nice", "starts_on": "2026-01-11"})[0] == 200
        assert phone.send("PATCH", path, {"active": False})[0] == 200
        assert phone.send("PATCH", path, {"active": True})[0] == 422


def test_the_day_of_what_follows_from_the_plan_stays(phone: Phone, patient: Patient) -> None:
    Reminder.objects.filter(patient=patient, kind="height").update(source="scan:1:7")
    found = Reminder.objects.get(patient=patient, kind="height")
    later = (timezone.now() + timedelta(days=9)).date().isoformat()
    status, refused = phone.send("PATCH", f"/api/v1/reminders/{found.client_id}", {"starts_on": later})
    assert (status, [one["pointer"] for one in refused["errors"]]) == (409, ["/starts_on"])

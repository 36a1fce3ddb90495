"""Pull and push as a phone meets them: repeats, conflicts, verdicts, recovery."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.actions import care_plan, flags
from journal.content.plan import Planned
from journal.models import Change, Entry, EntryVersion, Flag, OutboxEvent
from journal.sync.columns import milliseconds
from reminders.actions.programmes import BEGINNING
from reminders.models import Occurrence, Reminder
from tests.api.phone import Phone, entry, pain
from tests.api.syncing import TABLES, body, pull, push, reminder, row, table, told
from tests.api.test_reminders import one_is_due

pytestmark = pytest.mark.django_db
SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}
ORDINARY: dict[str, Any] = {"pains": [pain("lumbar", 2)]}


# Moments that are written out below lie a few hours back.
AT_THAT_TIME = time_machine.travel("2026-11-20T12:00:00+00:00", tick=True)


@pytest.fixture
def clinician(clinic: Clinic) -> User:
    user = User.objects.create(email="anna@example.org", is_staff=True)
    Clinician.objects.create(user=user, clinic=clinic)
    return user


def stranger(invite: Callable[..., str]) -> Phone:
    phone = Phone()
    phone.sign_up(invite(age=60))
    return phone


# --- pull ---


@pytest.mark.parametrize("since", ["null", "0", ""])
def test_a_first_pull_has_every_table_with_all_three_lists_and_a_positive_cursor(
    phone: Phone, patient: Patient, since: str
) -> None:
    status, answer = pull(phone, since)
    assert status == 200
    assert answer.keys() == {"changes", "timestamp"}
    assert answer["timestamp"] == patient.revision > 0
    assert set(answer["changes"]) == set(TABLES)
    assert all(set(lists) == {"created", "updated", "deleted"} for lists in answer["changes"].values())
    assert all(lists["created"] == lists["deleted"] == [] for lists in answer["changes"].values())
    assert len(answer["changes"]["reminders"]["updated"]) == len(BEGINNING)


@AT_THAT_TIME
def test_an_entry_arrives_with_its_document_as_text_and_its_moment_in_milliseconds(phone: Phone) -> None:
    sent = entry(recorded_at="2026-11-20T09:30:00.123+01:00", **SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    found = table(phone, "entries")[sent["id"]]
    assert json.loads(found["report"]) == SUDDEN
    assert found["recorded_at"] == 1795163400123
    assert (found["timezone"], found["local_date"], found["version"]) == ("Europe/Berlin", "2026-11-20", 1)


def test_a_flag_arrives_with_words_for_the_patient(phone: Phone) -> None:
    _, answer = phone.log(**SUDDEN)
    [told_at_once] = answer["flags"]
    [found] = table(phone, "flags").values()
    for name in ("id", "pattern", "urgency", "status", "day", "title", "why", "advice"):
        assert found[name] == told_at_once[name]
    assert json.loads(found["entry_ids"]) == told_at_once["entry_ids"]
    assert found["seen_at"] is None
    assert found["supported"] is True
    assert isinstance(found["raised_at"], int)


def test_a_pull_has_only_what_changed_since_and_names_what_was_taken_back(phone: Phone) -> None:
    first, second = entry(**ORDINARY), entry(**ORDINARY)
    phone.send("POST", "/api/v1/entries", first)
    _, known = pull(phone)
    phone.send("POST", "/api/v1/entries", second)
    phone.send("DELETE", f"/api/v1/entries/{first['id']}")
    _, answer = pull(phone, known["timestamp"])
    assert [each["id"] for each in answer["changes"]["entries"]["updated"]] == [second["id"]]
    assert answer["changes"]["entries"]["deleted"] == [first["id"]]
    assert answer["changes"]["reminders"] == {"created": [], "updated": [], "deleted": []}
    assert pull(phone, answer["timestamp"])[1]["changes"]["entries"]["updated"] == []


def test_what_a_new_phone_schema_brings_is_sent_whole_and_nothing_else(phone: Phone) -> None:
    phone.log(**ORDINARY)
    since = pull(phone)[1]["timestamp"]
    new = {
        "from": 1,
        "tables": ["reminders", "of_the_app_alone"],
        "columns": [{"table": "entries", "columns": ["version"]}],
    }
    changes = pull(phone, since, migration=quote(json.dumps(new)))[1]["changes"]
    assert [len(changes[name]["updated"]) for name in ("entries", "reminders", "flags")] == [
        1,
        len(BEGINNING),
        0,
    ]
    assert pull(phone, since, migration="null")[1]["changes"]["entries"]["updated"] == []


def test_a_cursor_that_this_server_never_gave_is_a_conflict_with_a_way_back(
    phone: Phone, patient: Patient
) -> None:
    status, answer = pull(phone, patient.revision + 1)
    assert (status, answer["type"]) == (409, "/problems/cursor-ahead")
    assert "strategy=replacement" in answer["detail"]
    assert push(phone, body(created=[row(**ORDINARY)]), patient.revision + 1)[0] == 409
    status, answer = pull(phone, patient.revision + 1, strategy="replacement")
    assert (status, answer["experimentalStrategy"]) == (200, "replacement")
    assert len(answer["changes"]["reminders"]["updated"]) == len(BEGINNING)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("last_pulled_at=-1", "/last_pulled_at"),
        ("last_pulled_at=1.5", "/last_pulled_at"),
        ("last_pulled_at=%D9%A1", "/last_pulled_at"),
        ("last_pulled_at=9999999999999999999", "/last_pulled_at"),
        ("last_pulled_at=%00", "/last_pulled_at"),
        ("schema_version=x", "/schema_version"),
        ("migration=x", "/migration"),
        ("migration=[]", "/migration"),
        ("strategy=x", "/strategy"),
    ],
)
def test_a_pull_that_asks_for_nonsense_is_told_what_is_wrong(phone: Phone, query: str, pointer: str) -> None:
    status, answer = phone.send("GET", f"/api/v1/sync?{query}")
    assert (status, [fault["pointer"] for fault in answer["errors"]]) == (422, [pointer])


def test_a_year_without_a_pull_is_caught_up_by_one(phone: Phone, patient: Patient) -> None:
    since = pull(phone)[1]["timestamp"]
    days = [timezone.now() - timedelta(days=day) for day in range(360, 0, -5)]
    rows = [row(recorded_at=milliseconds(day), **ORDINARY) for day in days]
    assert push(phone, body(created=rows))[0] == 200
    assert set(table(phone, "entries", since)) == {each["id"] for each in rows}


# --- push: entries ---


def test_a_pushed_entry_is_stored_judged_and_answered_with_what_to_do(phone: Phone) -> None:
    sent = row(**SUDDEN)
    status, answer = push(phone, body(created=[sent]))
    assert status == 200
    assert (answer["experimentalRejectedIds"], answer["errors"]) == ({}, [])
    assert [flag["pattern"] for flag in answer["flags"]] == ["sudden-back-pain"]
    assert answer["advice"] == answer["flags"][0]["advice"]
    stored = Entry.objects.get()
    assert (str(stored.client_id), stored.report, milliseconds(stored.recorded_at)) == (
        sent["id"],
        SUDDEN,
        sent["recorded_at"],
    )
    assert OutboxEvent.objects.count() == 1
    assert phone.send("GET", f"/api/v1/entries/{sent['id']}")[1]["recorded_at"].endswith("+01:00")


def test_a_push_whose_reply_was_lost_may_be_sent_again_and_changes_nothing(phone: Phone) -> None:
    since = pull(phone)[1]["timestamp"]
    sent = {
        **body(created=[row(**SUDDEN), row(**ORDINARY)], deleted=[str(uuid.uuid4())]),
        **body("reminders", created=[reminder()]),
    }
    status, first = push(phone, sent, since)
    changes = Change.objects.count()
    assert status == 200
    for _ in range(3):
        status, again = push(phone, sent, since)
        assert status == 200
        assert again == first
    assert push(phone, sent)[0] == 200
    assert (Entry.objects.count(), Flag.objects.count(), Change.objects.count()) == (2, 1, changes)


@AT_THAT_TIME
def test_an_entry_posted_before_and_pushed_now_is_the_same_entry(phone: Phone) -> None:
    """The reply to the POST was lost; microseconds are more than a phone's column keeps."""
    sent = entry(recorded_at="2026-11-20T09:30:00.123456+01:00", **ORDINARY)
    phone.send("POST", "/api/v1/entries", sent)
    pushed = row(row_id=sent["id"], recorded_at=1795163400123, **ORDINARY)
    assert push(phone, body(created=[pushed]))[1]["errors"] == []
    assert Entry.objects.get().version == 1


@AT_THAT_TIME
def test_an_edit_keeps_the_earlier_version_and_the_moment_as_it_was_said(phone: Phone) -> None:
    sent = entry(recorded_at="2026-11-20T09:30:00.123456+01:00", **ORDINARY)
    phone.send("POST", "/api/v1/entries", sent)
    edited = row(row_id=sent["id"], recorded_at=1795163400123, **SUDDEN)
    status, answer = push(phone, body(updated=[{**edited, "_status": "updated", "_changed": "report"}]))
    assert (status, [flag["pattern"] for flag in answer["flags"]]) == (200, ["sudden-back-pain"])
    stored, earlier = Entry.objects.get(), EntryVersion.objects.get()
    assert (stored.version, stored.report, earlier.report) == (2, SUDDEN, ORDINARY)
    assert stored.recorded_at == earlier.recorded_at


def test_a_deleted_entry_is_kept_as_taken_back_and_its_flag_as_superseded(phone: Phone) -> None:
    sent = row(**SUDDEN)
    push(phone, body(created=[sent]))
    since = pull(phone)[1]["timestamp"]
    assert push(phone, body(deleted=[sent["id"]]), since)[0] == 200
    assert push(phone, body(deleted=[sent["id"]]), since)[0] == 200
    assert Entry.objects.get().deleted_at is not None
    assert Flag.objects.get().status == Flag.Status.SUPERSEDED
    assert pull(phone, since)[1]["changes"]["entries"]["deleted"] == [sent["id"]]
    assert Change.objects.filter(verb="entry.withdrawn").count() == 1


def test_what_was_taken_back_stays_so_whatever_comes_late(phone: Phone) -> None:
    sent = row(**ORDINARY)
    push(phone, body(created=[sent]))
    push(phone, body(deleted=[sent["id"]]))
    assert push(phone, body(created=[sent]))[1]["errors"] == []
    _, answer = push(phone, body(updated=[row(row_id=sent["id"], **SUDDEN)]))
    assert told(answer) == {("/entries/updated/0", "withdrawn")}
    assert Entry.objects.get().deleted_at is not None


def test_made_and_deleted_offline_is_a_delete_of_nothing(phone: Phone) -> None:
    status, answer = push(phone, body(deleted=[str(uuid.uuid4()), "not-a-uuid"]))
    assert (status, answer["experimentalRejectedIds"]) == (200, {})
    assert not Entry.objects.exists()


def test_the_clinic_between_pull_and_push_of_the_same_row_makes_the_phone_pull_first(
    phone: Phone, clinician: User
) -> None:
    phone.log(**SUDDEN)
    _, known = pull(phone)
    flag = Flag.objects.get()
    flags.acknowledge(by=clinician, at=timezone.now(), flag=flag)
    read = {**known["changes"]["flags"]["updated"][0], "_changed": "seen_at", "seen_at": 1}
    sent = {**body("flags", updated=[read]), **body(created=[row(**ORDINARY)])}
    status, answer = push(phone, sent, known["timestamp"])
    assert (status, answer["type"], answer["errors"][0]["pointer"]) == (
        409,
        "/problems/pull-first",
        "/last_pulled_at",
    )
    flag.refresh_from_db()
    assert (Entry.objects.count(), flag.seen_at) == (1, None)
    assert push(phone, sent)[0] == 200
    flag.refresh_from_db()
    assert (Entry.objects.count(), flag.seen_at is not None) == (2, True)


def test_what_the_clinic_and_the_clock_did_to_other_rows_costs_no_second_pull(
    phone: Phone, patient: Patient, clinician: User
) -> None:
    """A turn is planned and a flag acknowledged between pull and push: neither is what the phone changed."""
    phone.log(**SUDDEN)
    _, known = pull(phone)
    mine = known["changes"]["reminders"]["updated"][0]
    one_is_due(patient, "fall-prevention")
    flags.acknowledge(by=clinician, at=timezone.now(), flag=Flag.objects.get())
    sent = {
        **body(created=[row(**ORDINARY)]),
        **body("reminders", updated=[{**mine, "title": "At noon", "_changed": "title"}]),
    }
    status, answer = push(phone, sent, known["timestamp"])
    assert (status, answer["errors"]) == (200, [])
    assert Entry.objects.count() == 2
    _, news = pull(phone, known["timestamp"])
    assert [each["state"] for each in news["changes"]["occurrences"]["updated"]] == ["due"]
    assert [each["status"] for each in news["changes"]["flags"]["updated"]] == ["acknowledged"]


def test_a_turn_that_another_phone_put_off_is_not_done_unseen(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    _, known = pull(phone)
    [turn] = known["changes"]["occurrences"]["updated"]
    phone.send("POST", f"/api/v1/occurrences/{turn['id']}/snooze")
    done = body("occurrences", updated=[{**turn, "state": "done", "_changed": "state"}])
    assert push(phone, done, known["timestamp"])[0] == 409
    assert Occurrence.objects.get().state == "snoozed"
    assert push(phone, done)[0] == 200
    assert Occurrence.objects.get().state == "done"


def test_the_later_of_two_phones_pulls_before_it_pushes_and_no_edit_is_lost_unseen(phone: Phone) -> None:
    shared = row(**ORDINARY)
    push(phone, body(created=[shared]))
    since = pull(phone)[1]["timestamp"]
    first, second = (row(row_id=shared["id"], **ORDINARY, note=note) for note in ("one", "two"))
    assert push(phone, body(updated=[first]), since)[0] == 200
    assert push(phone, body(updated=[second]), since)[0] == 409
    assert Entry.objects.get().report["note"] == "one"
    assert push(phone, body(updated=[first]), since)[0] == 200


def test_rows_are_judged_one_by_one_and_every_reason_is_named(phone: Phone) -> None:
    late = milliseconds(timezone.now() - timedelta(days=401))
    good, twice = row(**ORDINARY), row(**ORDINARY)
    bad = [
        row(pains=[{"site": "lumbar", "severity": "8"}], stars=5),
        {**row(**ORDINARY), "report": '{"sleep": 1, "sleep": 2}'},
        {**row(**ORDINARY), "report": '{"note": "\\ud800"}'},
        {**row(**ORDINARY), "report": '{"height_cm": NaN}'},
        {**row(**ORDINARY), "report": "[" * 100_000},
        {**row(**ORDINARY), "report": '{"note": "a\\u0000b"}'},
        {**row(**ORDINARY), "recorded_at": str(late), "stars": 5},
        row(recorded_at=late, **ORDINARY),
        row(zone="Europe/Atlantis", **ORDINARY),
        row(row_id=str(uuid.uuid4()).upper(), **ORDINARY),
        {**row(**ORDINARY), "id": 7},
        twice,
        twice,
    ]
    status, answer = push(phone, body(created=[good, *bad]))
    assert status == 200
    assert told(answer) == {
        ("/entries/created/1/report/pains/0/severity", "int-type"),
        ("/entries/created/1/report/stars", "extra-forbidden"),
        ("/entries/created/2/report", "invalid-json"),
        ("/entries/created/3/report", "invalid-json"),
        ("/entries/created/4/report", "invalid-json"),
        ("/entries/created/5/report", "invalid-json"),
        ("/entries/created/6/report/note", "value-error"),
        ("/entries/created/7/recorded_at", "int-type"),
        ("/entries/created/7/stars", "extra-forbidden"),
        ("/entries/created/8/recorded_at", "not-in-time"),
        ("/entries/created/9/timezone", "value-error"),
        ("/entries/created/10/id", "invalid-id"),
        ("/entries/created/11/id", "invalid-id"),
        ("/entries/created/12/id", "id-twice"),
        ("/entries/created/13/id", "id-twice"),
    }
    assert set(answer["experimentalRejectedIds"]["entries"]) == {str(each["id"]) for each in bad}
    assert [str(found.client_id) for found in Entry.objects.all()] == [good["id"]]


def test_of_one_row_its_columns_its_document_and_its_time_are_told_together(phone: Phone) -> None:
    ahead = milliseconds(timezone.now() + timedelta(days=2))
    wrong = [
        {**row(recorded_at=ahead, stars=5, pains=[{"site": "wing", "severity": "8"}]), "mood": 3},
        {**row(recorded_at=ahead), "report": "{"},
        {**row(stars=5), "id": None},
    ]
    status, answer = push(phone, body(created=wrong))
    assert status == 200
    assert set(answer["experimentalRejectedIds"]["entries"]) == {wrong[0]["id"], wrong[1]["id"], "null"}
    assert told(answer) == {
        ("/entries/created/0/mood", "extra-forbidden"),
        ("/entries/created/0/recorded_at", "not-in-time"),
        ("/entries/created/0/report/stars", "extra-forbidden"),
        ("/entries/created/0/report/pains/0/site", "literal-error"),
        ("/entries/created/0/report/pains/0/severity", "int-type"),
        ("/entries/created/1/recorded_at", "not-in-time"),
        ("/entries/created/1/report", "invalid-json"),
        ("/entries/created/2/id", "invalid-id"),
    }


def test_an_unknown_table_is_refused_in_words_and_costs_the_others_nothing(phone: Phone) -> None:
    sent = {
        **body("moods", created=[{"id": str(uuid.uuid4())}]),
        **body(created=[row(**ORDINARY)]),
        **body("drafts"),
    }
    status, answer = push(phone, sent)
    assert (status, told(answer)) == (200, {("/moods/created/0", "unknown-table")})
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], 400),
        ({"entries": []}, 422),
        ({"entries": {"created": [1]}}, 422),
        ({"entries": {"created": None}}, 422),
        ({"entries": {"deleted": [7]}}, 422),
        ({"entries": {"removed": []}}, 422),
        (b'{"entries": {}, "entries": {}}', 400),
        (b'{"entries": NaN}', 400),
        (b'{"entries": {"created": [{"id": "\\ud800"}]}}', 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'"entries"', 400),
        (b"{}" + b" " * 4 * 1024 * 1024, 413),
    ],
)
def test_a_body_that_is_no_changes_object_is_refused_whole(phone: Phone, sent: Any, status: int) -> None:
    answered, problem = push(phone, sent)
    assert (answered, problem["status"]) == (status, status)
    assert problem["type"].startswith("/problems/")


def test_more_than_5000_rows_are_too_many(phone: Phone) -> None:
    sent = body(deleted=[str(uuid.uuid4()) for _ in range(5_001)])
    status, answer = push(phone, sent)
    assert (status, answer["type"]) == (413, "/problems/too-many-rows")


def test_the_id_of_another_patients_row_is_simply_free(phone: Phone, invite: Callable[..., str]) -> None:
    other = stranger(invite)
    theirs, wish = row(**SUDDEN), reminder()
    push(other, {**body(created=[theirs]), **body("reminders", created=[wish])})
    mine = {
        **body(created=[{**theirs, "report": json.dumps(ORDINARY)}]),
        **body("reminders", created=[{**wish, "title": "Mine"}]),
    }
    assert push(phone, mine)[1]["errors"] == []
    assert push(phone, {**body(deleted=[theirs["id"]]), **body("reminders", deleted=[wish["id"]])})[0] == 200
    assert json.loads(table(other, "entries")[theirs["id"]]["report"]) == SUDDEN
    assert table(other, "reminders")[wish["id"]]["title"] == wish["title"]
    flag = next(iter(table(other, "flags")))
    _, answer = push(phone, body("flags", updated=[{"id": flag, "seen_at": 1}]))
    assert told(answer) == {("/flags/updated/0", "unknown-id")}
    assert Flag.objects.get(pk=flag).seen_at is None


# --- push: flags, reminders, occurrences, care items ---


def test_of_a_flag_a_phone_says_that_it_was_read_and_nothing_else(phone: Phone) -> None:
    phone.log(**SUDDEN)
    [flag] = table(phone, "flags").values()
    _, answer = push(
        phone,
        body("flags", updated=[{**flag, "status": "resolved", "_status": "updated", "_changed": "status"}]),
    )
    assert told(answer) == {("/flags/updated/0/status", "server-owned")}
    _, answer = push(
        phone,
        body("flags", updated=[{**flag, "status": "resolved", "seen_at": 5, "_changed": "seen_at,status"}]),
    )
    assert answer["errors"] == []
    stored = Flag.objects.get()
    assert (stored.status, stored.seen_at is not None) == ("open", True)
    _, answer = push(phone, body("flags", deleted=[flag["id"]]))
    assert told(answer) == {("/flags/deleted/0", "not-deletable")}


def test_a_reminder_is_made_changed_and_deleted_by_push(phone: Phone, patient: Patient) -> None:
    wish = reminder()
    since = pull(phone)[1]["timestamp"]
    assert push(phone, body("reminders", created=[wish]))[1]["errors"] == []
    found = table(phone, "reminders", since)[wish["id"]]
    assert {name: found[name] for name in wish} == wish
    assert phone.send("GET", f"/api/v1/reminders/{wish['id']}")[0] == 200
    push(
        phone,
        body(
            "reminders",
            updated=[{**found, "local_time": "07:15", "quiet_from": "21:00", "quiet_until": "07:00"}],
        ),
    )
    assert table(phone, "reminders")[wish["id"]]["local_time"] == "07:15"
    push(phone, body("reminders", deleted=[wish["id"]]))
    assert pull(phone, since)[1]["changes"]["reminders"]["deleted"] == [wish["id"]]
    assert Reminder.objects.get(patient=patient, client_id=wish["id"]).deleted_at is not None


@pytest.mark.parametrize(
    ("columns", "pointer", "code"),
    [
        ({"rrule": "FREQ=SECONDLY"}, "/rrule", "invalid-schedule"),
        ({"local_time": "٠٧:٣٠"}, "/local_time", "string-pattern-mismatch"),
        ({"local_time": "24:00"}, "/local_time", "string-pattern-mismatch"),
        ({"channels": '["pigeon"]'}, "/channels", "value-error"),
        ({"channels": "{}"}, "/channels", "value-error"),
        ({"active": 1}, "/active", "bool-type"),
        ({"title": "a\x00b"}, "/title", "string-pattern-mismatch"),
        ({"title": "  "}, "/title", "string-pattern-mismatch"),
        ({"quiet_from": "21:00"}, "/quiet_until", "invalid-schedule"),
        ({"starts_on": "2999-01-01"}, "/starts_on", "invalid-schedule"),
        ({"starts_on": "2026-02-30"}, "/starts_on", "value-error"),
        ({"starts_on": "soon"}, "/starts_on", "string-pattern-mismatch"),
    ],
)
def test_a_reminder_that_cant_be_kept_is_refused_alone(
    phone: Phone, columns: Any, pointer: str, code: str
) -> None:
    good, bad = reminder(), reminder(**columns)
    _, answer = push(phone, body("reminders", created=[bad, good]))
    assert told(answer) == {(f"/reminders/created/0{pointer}", code)}
    assert answer["experimentalRejectedIds"] == {"reminders": [bad["id"]]}
    assert {good["id"]} <= set(table(phone, "reminders"))
    assert bad["id"] not in table(phone, "reminders")


def test_the_first_day_of_a_reminder_is_pushed_and_pulled(phone: Phone) -> None:
    today = timezone.now().date()
    day, later = ((today + timedelta(days=days)).isoformat() for days in (40, 50))
    once = reminder(kind="appointment", rrule="FREQ=DAILY;COUNT=1", starts_on=day)
    unsaid = [reminder(starts_on=nothing) for nothing in ("", None)]
    assert push(phone, body("reminders", created=[once, *unsaid]))[1]["errors"] == []
    found = table(phone, "reminders")
    assert found[once["id"]]["starts_on"] == day
    assert all(found[one["id"]]["starts_on"] < day for one in unsaid)
    moved = {**found[once["id"]], "starts_on": later, "_changed": "starts_on"}
    assert push(phone, body("reminders", updated=[moved]))[1]["errors"] == []
    assert table(phone, "reminders")[once["id"]]["starts_on"] == later
    back = {**moved, "starts_on": (today - timedelta(days=9)).isoformat()}
    _, answer = push(phone, body("reminders", updated=[back]))
    assert told(answer) == {("/reminders/updated/0/starts_on", "invalid-schedule")}


def test_a_reminder_that_rang_on_a_phone_without_a_network_is_taken(phone: Phone) -> None:
    yesterday = (timezone.now() - timedelta(days=2)).date().isoformat()
    rang = reminder(rrule="FREQ=DAILY;COUNT=1", starts_on=yesterday)
    assert push(phone, body("reminders", created=[rang]))[1]["errors"] == []
    assert phone.send("GET", f"/api/v1/reminders/{rang['id']}")[1]["next_due_at"] is None


def test_a_turn_is_done_snoozed_or_skipped_by_push_and_nothing_else(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = table(phone, "occurrences").values()
    until = milliseconds(timezone.now() + timedelta(hours=1))
    snoozed = {**turn, "state": "snoozed", "snoozed_until": until, "_changed": "state,snoozed_until"}
    since = pull(phone)[1]["timestamp"]
    assert push(phone, body("occurrences", updated=[snoozed]), since)[1]["errors"] == []
    assert push(phone, body("occurrences", updated=[snoozed]), since)[0] == 200
    assert Occurrence.objects.get().snoozes == 1
    assert table(phone, "occurrences")[turn["id"]]["snoozed_until"] == until
    assert push(phone, body("occurrences", updated=[{**turn, "state": "done"}]))[1]["errors"] == []
    assert table(phone, "occurrences")[turn["id"]]["state"] == "done"
    _, answer = push(phone, body("occurrences", updated=[{**turn, "state": "expired"}]))
    assert told(answer) == {("/occurrences/updated/0/state", "server-owned")}
    _, answer = push(phone, body("occurrences", deleted=[turn["id"]]))
    assert told(answer) == {("/occurrences/deleted/0", "not-deletable")}


def test_a_turn_that_comes_back_as_it_is_needs_no_verdict(phone: Phone, patient: Patient) -> None:
    one_is_due(patient)
    [turn] = table(phone, "occurrences").values()
    since = pull(phone)[1]["timestamp"]
    status, answer = push(phone, body("occurrences", updated=[turn]), since)
    assert (status, answer["errors"], answer["revision"]) == (200, [], since)


def test_the_care_plan_is_the_clinics_to_write(phone: Phone) -> None:
    _, answer = push(phone, body("care_items", created=[{"id": str(uuid.uuid4())}]))
    assert told(answer) == {("/care_items/created/0", "read-only")}


def test_what_the_clinic_plans_and_stops_reaches_the_phone(
    phone: Phone, patient: Patient, clinician: User
) -> None:
    at = timezone.now()
    today = at.astimezone(patient.timezone).date()
    planned = Planned(kind="exercise", code="resistance", text="Slowly", starts=today)
    item = care_plan.prescribe(by=clinician, at=at, patient=patient, planned=planned)
    _, first = pull(phone)
    [row] = first["changes"]["care_items"]["updated"]
    assert (row["id"], row["text"], row["stopped_on"]) == (str(item.pk), "Slowly", None)
    assert pull(phone, first["timestamp"])[1]["changes"]["care_items"]["updated"] == []
    later = today + timedelta(days=3)
    care_plan.stop(by=clinician, at=at, patient=patient, item=item, on=later, reason="Done")
    [row] = pull(phone, first["timestamp"])[1]["changes"]["care_items"]["updated"]
    assert row["stopped_on"] == later.isoformat()
    _, answer = push(phone, body("care_items", deleted=[str(item.pk)]))
    assert told(answer) == {("/care_items/deleted/0", "not-deletable")}


# --- the same as by POST, in whatever order and grouping ---

DAYS: list[tuple[int, dict[str, Any]]] = [
    (40, {"falls": [{"kind": "fall", "injury": False}]}),
    (12, SUDDEN),
    (3, {"falls": [{"kind": "fall", "injury": False}]}),
    (1, {"neuro": [{"symptom": "saddle_numbness", "site": "saddle"}]}),
    (0, ORDINARY),
]


def flags_of(patient: Patient) -> list[tuple[Any, ...]]:
    kept = ("pattern", "day", "urgency", "status", "supported", "met", "arms", "numbers", "why")
    return sorted(Flag.objects.filter(patient=patient).values_list(*kept), key=str)


@pytest.mark.parametrize("groups", [[[0, 1, 2, 3, 4]], [[4], [3], [2], [1], [0]], [[2, 4], [0, 3], [1]]])
def test_any_order_and_grouping_of_pushes_raises_the_flags_that_posts_raise(
    phone: Phone, invite: Callable[..., str], groups: list[list[int]]
) -> None:
    now = timezone.now()
    for days, said in DAYS:
        phone.log(recorded_at=(now - timedelta(days=days)).isoformat(), **said)
    other = Phone()
    other.sign_up(invite(age=72, history=["osteoporosis"]), email="other@example.org")
    for group in groups:
        rows = [
            row(recorded_at=milliseconds(now - timedelta(days=DAYS[at][0])), **DAYS[at][1]) for at in group
        ]
        assert push(other, body(created=rows))[1]["errors"] == []
    theirs, mine = (
        Patient.objects.get(user__email="other@example.org"),
        Patient.objects.exclude(user__email="other@example.org").get(),
    )
    assert len(flags_of(mine)) >= 3
    assert flags_of(theirs) == flags_of(mine)


@AT_THAT_TIME
def test_a_post_of_what_was_pushed_before_is_answered_with_its_flags_and_advice(phone: Phone) -> None:
    sent = row(recorded_at=1795163400123, **SUDDEN)
    _, pushed = push(phone, body(created=[sent, row(**ORDINARY)]))
    again = {
        "id": sent["id"],
        "recorded_at": "2026-11-20T08:30:00.123Z",
        "timezone": sent["timezone"],
        **SUDDEN,
    }
    status, answer = phone.send("POST", "/api/v1/entries", again)
    assert (status, answer["flags"], answer["advice"]) == (200, pushed["flags"], pushed["advice"])


# --- cost ---


def test_queries_of_pull_and_push_do_not_grow_with_rows(phone: Phone) -> None:
    def counted(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert call()[0] == 200
        return len(queries)

    def pushed(rows: int) -> int:
        sent = body(created=[row(**SUDDEN) for _ in range(rows)])
        since = pull(phone)[1]["timestamp"]
        return counted(lambda: push(phone, sent, since))

    pushed(1)  # opens the flag that all others join
    pulled = counted(lambda: pull(phone))
    assert pushed(1) == pushed(50)
    assert counted(lambda: pull(phone)) == pulled


def test_nobody_syncs_without_a_token() -> None:
    assert Phone().send("GET", "/api/v1/sync")[0] == 401
    assert Phone().send("POST", "/api/v1/sync", {})[0] == 401

"""The real client of the sync protocol: WatermelonDB in Node, two phones of one patient, a running server."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.actions import flags
from journal.models import Entry, EntryVersion, Flag
from journal.sync.columns import milliseconds
from reminders.models import Occurrence, Reminder
from tests.api.phone import PASSWORD, pain
from tests.api.test_reminders import one_is_due
from tests.privacy.tables import as_owner
from tests.support.triggers import asleep

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path(__file__).parent / "watermelon" / "phones.js"
EMAIL = "ruth@example.org"
SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}
ORDINARY: dict[str, Any] = {"pains": [pain("lumbar", 2)]}


class RefusedError(Exception):
    """What the phone's code threw; `problem` is the server's, when it was the server."""

    def __init__(self, message: str, problem: Any) -> None:
        super().__init__(message)
        self.problem = problem


class Node:
    """A Node process with phones in it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def say(self, phone: str, command: str, **wish: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"phone": phone, "command": command, **wish}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the Node process ended"
        found = json.loads(line)
        if "error" in found:
            raise RefusedError(found["error"], found["problem"])
        return found["answer"]


class Watermelon:
    """One phone with its own database."""

    def __init__(self, node: Node, name: str, url: str) -> None:
        self.node, self.name = node, name
        node.say(name, "start", name=name, url=url)

    def __call__(self, command: str, **wish: Any) -> Any:
        return self.node.say(self.name, command, **wish)

    def rows(self, table: str) -> dict[str, Any]:
        return {row["id"]: row for row in self("rows", table=table)}

    def agrees_with_the_server(self) -> bool:
        """WatermelonDB's own `diagnoseSyncConsistency` finds nothing."""
        found = self("diagnose")
        assert found["issues"] == 0, found["log"]
        return True


@pytest.fixture
def node() -> Iterator[Node]:
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node is missing: install Node 18 or later, then `npm ci`")
    if not (ROOT / "node_modules" / "@nozbe" / "watermelondb").exists():
        pytest.skip("WatermelonDB is missing: run `npm ci`")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([program, str(CLIENT)], cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]
        yield Node(process)
        process.stdin.close()


@pytest.fixture
def phones(
    node: Node, live_server: LiveServer, settings: Any, invite: Callable[..., str]
) -> tuple[Watermelon, Watermelon]:
    """Two phones of one patient: one signed up with the invitation, the other signed in."""
    settings.SECURE_SSL_REDIRECT = False
    first, second = (Watermelon(node, name, live_server.url) for name in ("first", "second"))
    code = invite(age=72, history=["osteoporosis"])
    first("signUp", email=EMAIL, password=PASSWORD, invitation_code=code, timezone="Europe/Berlin")
    second("signIn", email=EMAIL, password=PASSWORD)
    return first, second


@pytest.fixture
def clinician(clinic: Clinic) -> User:
    user = User.objects.create(email="anna@example.org", is_staff=True)
    Clinician.objects.create(user=user, clinic=clinic)
    return user


def test_what_one_phone_logs_offline_the_other_has_after_both_synced(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    first("sync")
    entry = first("log", report=SUDDEN)
    first("sync")
    [told] = first("told")
    assert [flag["pattern"] for flag in told["flags"]] == ["sudden-back-pain"]
    second("sync")
    assert json.loads(second.rows("entries")[entry]["report"]) == SUDDEN
    assert [flag["advice"] for flag in second("unread")] == [told["advice"]]
    assert first.agrees_with_the_server()
    assert second.agrees_with_the_server()


def test_advice_stays_in_view_until_the_patient_has_read_it_whatever_the_clinic_did(
    phones: tuple[Watermelon, Watermelon], clinician: User
) -> None:
    first, second = phones
    first("log", report=SUDDEN)
    first("sync")
    flags.acknowledge(by=clinician, at=timezone.now(), flag=Flag.objects.get())
    first("sync")
    [flag] = first("unread")
    assert flag["status"] == "acknowledged"
    first("edit", table="flags", id=flag["id"], columns={"seen_at": 1})
    assert first("unread") == []
    first("sync")
    second("sync")
    assert second("unread") == []


def test_a_lost_reply_leaves_one_entry_and_both_sides_in_step(phones: tuple[Watermelon, Watermelon]) -> None:
    first, _ = phones
    first("sync")
    entry, wish = first("log", report=SUDDEN), first("create", table="reminders", columns=REMINDER)
    gone = first("log", report=ORDINARY)
    first("remove", table="entries", id=gone)
    first("network", network="loses replies")
    with pytest.raises(RefusedError, match="the line broke"):
        first("sync")
    assert [str(each.client_id) for each in Entry.objects.all()] == [entry]
    assert first("dirty") is True
    first("network", network="good")
    first("sync")
    assert first("dirty") is False
    assert (Entry.objects.get().version, EntryVersion.objects.count(), Flag.objects.count()) == (1, 0, 1)
    assert Reminder.objects.filter(client_id=wish).count() == 1
    assert first.agrees_with_the_server()


def test_an_edit_made_while_the_reply_was_lost_becomes_the_next_version(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    first("sync")
    entry = first("log", report=ORDINARY)
    first("network", network="loses replies")
    with pytest.raises(RefusedError):
        first("sync")
    first("network", network="good")
    first("edit", table="entries", id=entry, columns={"report": json.dumps(SUDDEN)})
    first("sync")
    assert (Entry.objects.get().version, Entry.objects.get().report) == (2, SUDDEN)
    assert EntryVersion.objects.get().report == ORDINARY
    assert first.agrees_with_the_server()
    assert second.agrees_with_the_server()


def test_the_clinic_between_pull_and_push_costs_a_second_pull_and_nothing_else(
    phones: tuple[Watermelon, Watermelon], clinician: User
) -> None:
    first, _ = phones
    first("sync")
    first("log", report=SUDDEN)
    first("sync")
    first("sync")
    [flag] = first("unread")
    first("edit", table="flags", id=flag["id"], columns={"seen_at": 1})
    entry = first("log", report=ORDINARY)
    first("begin")
    flags.acknowledge(by=clinician, at=timezone.now(), flag=Flag.objects.get())
    first("finish")
    stored = Flag.objects.get()
    assert (stored.status, stored.seen_at is not None) == ("acknowledged", True)
    assert Entry.objects.filter(client_id=entry).exists()
    assert first.agrees_with_the_server()
    assert first.rows("flags")[flag["id"]]["status"] == "acknowledged"


def test_another_phone_between_pull_and_push_costs_a_second_pull_and_nothing_else(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    second("sync")
    first("sync")
    first("log", report=ORDINARY)
    first("begin")
    second("log", report=ORDINARY)
    second("sync")
    first("finish")
    assert Entry.objects.count() == 2
    assert first.agrees_with_the_server()
    assert second.agrees_with_the_server()


def test_a_conflict_that_is_not_tried_again_leaves_everything_on_the_phone(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    first("sync")
    first("log", report=ORDINARY)
    first("begin", attempts=1)
    second("log", report=ORDINARY)
    second("sync")
    with pytest.raises(RefusedError) as refused:
        first("finish")
    assert refused.value.problem["type"] == "/problems/pull-first"
    assert (first("dirty"), Entry.objects.count()) == (True, 1)


def test_two_phones_edit_one_reminder_in_different_columns_and_both_edits_live(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    first("sync")
    wish = first("create", table="reminders", columns=REMINDER)
    first("sync")
    second("sync")
    first("edit", table="reminders", id=wish, columns={"title": "Walk"})
    second("edit", table="reminders", id=wish, columns={"local_time": "07:15"})
    first("sync")
    second("sync")
    first("sync")
    for phone in phones:
        found = phone.rows("reminders")[wish]
        assert (found["title"], found["local_time"]) == ("Walk", "07:15")
        assert phone.agrees_with_the_server()


def test_what_one_phone_deletes_goes_from_the_other_and_stays_on_record(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, second = phones
    first("sync")
    entry, wish = first("log", report=SUDDEN), first("create", table="reminders", columns=REMINDER)
    first("sync")
    second("sync")
    second("remove", table="entries", id=entry)
    second("remove", table="reminders", id=wish)
    second("sync")
    first("sync")
    assert entry not in first.rows("entries")
    assert wish not in first.rows("reminders")
    assert Entry.objects.get().deleted_at is not None
    assert [flag["status"] for flag in first.rows("flags").values()] == ["superseded"]
    assert first.agrees_with_the_server()
    assert second.agrees_with_the_server()


def test_a_refused_row_stays_on_the_phone_with_its_reason_until_it_is_put_right(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    first, _ = phones
    first("sync")
    wrong = first("log", report={"pains": [pain("lumbar", 11)]})
    good = first("log", report=ORDINARY)
    first("sync")
    [told] = first("told")
    assert told["experimentalRejectedIds"] == {"entries": [wrong]}
    assert [fault["code"] for fault in told["errors"]] == ["less-than-equal"]
    assert [str(each.client_id) for each in Entry.objects.all()] == [good]
    assert first("dirty") is True
    first("edit", table="entries", id=wrong, columns={"report": json.dumps(ORDINARY)})
    first("sync")
    assert Entry.objects.count() == 2
    assert first.agrees_with_the_server()


def test_a_turn_done_offline_is_done_on_the_other_phone(phones: tuple[Watermelon, Watermelon]) -> None:
    first, second = phones
    one_is_due(Patient.objects.get())
    first("sync")
    [turn] = first.rows("occurrences")
    first("edit", table="occurrences", id=turn, columns={"state": "done"})
    first("sync")
    second("sync")
    assert second.rows("occurrences")[turn]["state"] == "done"
    assert Occurrence.objects.get().acted_at is not None
    assert first.agrees_with_the_server()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_server_set_back_to_yesterday_gets_its_entries_back_from_the_phone(
    phones: tuple[Watermelon, Watermelon],
) -> None:
    """As after a restore from a backup: an entry is lost, and the phone's cursor lies ahead."""
    first, second = phones
    first("sync")
    kept = first("log", report=ORDINARY)
    first("sync")
    revision = Patient.objects.get().revision
    lost = first("log", report=SUDDEN)
    first("sync")
    first("sync")
    unsent = first("log", report=ORDINARY)
    set_back_to(revision)
    first("sync")
    assert {str(each.client_id) for each in Entry.objects.all()} == {kept, lost, unsent}
    assert Flag.objects.count() == 1
    assert first.agrees_with_the_server()
    assert second.agrees_with_the_server()


def test_a_year_of_entries_written_offline_arrives_in_one_push(phones: tuple[Watermelon, Watermelon]) -> None:
    first, second = phones
    first("sync")
    now = timezone.now()
    for day in range(365, 0, -1):
        first("log", report=ORDINARY, recordedAt=milliseconds(now - timedelta(days=day)))
    first("sync")
    assert Entry.objects.count() == 365
    assert first("told")[0]["errors"] == []
    assert second.agrees_with_the_server()
    assert len(second.rows("entries")) == 365


REMINDER: dict[str, Any] = {
    "kind": "custom",
    "title": "Write the journal",
    "rrule": "FREQ=DAILY",
    "local_time": "18:30",
    "timezone": "Europe/Berlin",
    "channels": '["inbox"]',
    "active": True,
}


def set_back_to(revision: int) -> None:
    """The rows as they were at a revision."""
    patient = Patient.objects.get()
    with as_owner() as owner, asleep(owner):
        owner.execute("TRUNCATE journal_outboxevent, journal_flagaction")
        for table in ("journal_flag", "journal_entry", "journal_change"):
            owner.execute(f"DELETE FROM {table} WHERE revision > %s".encode(), [revision])  # noqa: S608
        owner.execute("UPDATE accounts_patient SET revision = %s WHERE id = %s", [revision, patient.pk])

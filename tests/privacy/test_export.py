"""A patient takes a copy along: everything, nothing of anybody else, no secret."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.models import Model
from django.test import Client

from api.v1.export import SECTIONS
from journal.accounts.models import Patient, User
from journal.export import LEFT_OUT
from journal.fence import tables
from journal.fence.snapshot import snapshot
from journal.models import Change, Entry
from tests.api.phone import Phone
from tests.privacy.conftest import CANARY, whole
from tests.support.records import Cast

pytestmark = pytest.mark.django_db
EXPORT = "/api/v1/me/export"
STAFF_ALONE = {"accounts.Clinician", "admin.LogEntry"}  # hang on an account, and no patient has one


def taken(phone: Phone) -> tuple[Any, dict[str, Any], str]:
    answer = phone.request("GET", EXPORT)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return answer, json.loads(text), text


def about_a_patient() -> dict[str, type[Model]]:
    """Tables that have a patient, hang on a row that has one, or belong to the account of a person."""
    found = {}
    for model in apps.get_models():
        keys = [field for field in model._meta.concrete_fields if field.is_relation]
        owned = any(field.related_model in (Patient, User) and field.name in OWNERS for field in keys)
        ours = model._meta.app_label in tables.APPS and tables.of(model).patient
        if model._meta.managed and (owned or ours):
            found[model._meta.label] = model
    return found


OWNERS = {"patient", "user", "used_by"}


def test_every_table_with_a_patient_is_in_the_copy_or_named_with_a_reason() -> None:
    covered = {section.model._meta.label for section in SECTIONS} | {"accounts.User"}
    assert set(about_a_patient()) - covered - set(LEFT_OUT) - STAFF_ALONE == set()


def test_every_section_has_rows_and_every_column_that_is_not_left_out(hill: Cast, phone: Phone) -> None:
    _, copy, _ = taken(phone)
    assert list(copy["sections"]) == [section.name for section in SECTIONS] == list(copy["about"])
    for section in SECTIONS:
        rows = copy["sections"][section.name]
        if section.name == "sessions":
            continue  # written by the sign-in itself; see below
        assert rows, section.name
        columns = {field.name for field in section.model._meta.concrete_fields}
        assert set(rows[0]) == columns - set(section.without), section.name


def test_what_was_said_and_known_is_in_it_word_for_word(hill: Cast, phone: Phone) -> None:
    _, copy, _ = taken(phone)
    found = copy["sections"]
    assert found["entries"][0]["report"] == Entry.objects.get().report
    assert found["entry_versions"][0]["report"]["note"] == CANARY
    assert found["profile"][0]["name"] == f"Pat {CANARY}"
    assert found["profile"][0]["clinic"] == f"Clinic {CANARY}clinic"
    assert found["notes"][0]["text"] == f"{CANARY}note"
    assert found["note_withdrawals"][0]["reason"] == f"{CANARY}note"
    assert found["flag_actions"][0]["by"] == f"{CANARY}clinic physiotherapist"
    assert found["invitation"][0]["profile"] == {"name": f"Invited {CANARY}"}
    assert found["access_log"][0]["by"] == f"{CANARY}clinic physiotherapist"


def test_no_secret_is_in_it(hill: Cast, phone: Phone) -> None:
    _, copy, text = taken(phone)
    for secret in (f"secret {CANARY}", f"{CANARY}-known", f"token-{CANARY}", phone.token):
        assert secret not in text
    assert set(copy["sections"]["devices"][0]).isdisjoint(
        {"sealed_token", "token_hash", "session_hash", "sealed_session"}
    )
    assert "password" not in copy["sections"]["account"][0]


def test_nothing_of_another_patient_is_in_it(hill: Cast, phone: Phone) -> None:
    whole("lake", "kestrel")
    assert "kestrel" not in taken(phone)[2]


def test_it_is_a_file_that_nobody_keeps(hill: Cast, phone: Phone) -> None:
    answer, copy, _ = taken(phone)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith('attachment; filename="osteon-')
    assert answer["Cache-Control"] == "no-store"
    assert (copy["format"], copy["version"]) == ("osteon-export", 1)


def test_that_it_was_taken_is_on_record_and_in_it(hill: Cast, phone: Phone) -> None:
    _, copy, _ = taken(phone)
    assert Change.objects.get(verb="record.exported").by == hill.person
    assert [row["verb"] for row in copy["sections"]["changes"]].count("record.exported") == 1


def test_without_a_session_there_is_none(hill: Cast) -> None:
    assert Phone().send("GET", EXPORT)[0] == 401


def test_an_unknown_form_is_refused(hill: Cast, phone: Phone) -> None:
    assert phone.send("GET", f"{EXPORT}?as=xml")[0] == 422


def test_of_a_long_record_a_piece_at_a_time_is_in_memory(
    hill: Cast, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pieces of three rows, ten entries take four queries and arrive once each, in order."""
    first = Entry.objects.get()
    for number in range(9):
        first.pk, first.client_id = None, f"00000000-0000-4000-8000-{number:012}"
        first.save(force_insert=True)
    monkeypatch.setattr("journal.export.PIECE", 3)
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "journal_entry" ' in sql:
            asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        rows = taken(phone)[1]["sections"]["entries"]
    keys = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert [row["id"] for row in rows] == keys
    assert len(asked) == 4


@pytest.mark.django_db(transaction=True)
def test_all_rows_are_of_one_moment() -> None:
    """What another connection commits meanwhile is not seen; afterwards everything is as usual."""
    whole("hill", CANARY)
    with snapshot():
        before = Patient.objects.get().name
        other = connections.create_connection("default")
        other.cursor().execute("UPDATE accounts_patient SET name = 'changed meanwhile'")
        other.close()
        assert Patient.objects.get().name == before
    assert Patient.objects.get().name == "changed meanwhile"


def test_to_ask_whether_there_is_a_copy_makes_none(
    phone: Phone, hill: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.v1.export.kept_aside", None)
    for form, kind in (("json", "application/json"), ("fhir", "application/fhir+json")):
        answer = phone.client.head(f"{EXPORT}?as={form}", headers={"X-Session-Token": phone.token})
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, kind, b"")
    assert Client().head(EXPORT).status_code == 401
    assert not Change.objects.filter(verb="record.exported").exists()

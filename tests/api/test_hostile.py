"""Whatever bytes arrive: an answer below 500 in problem+json, and what is stored is what was sent."""

import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.models import Entry
from tests.api.phone import Phone, entry
from tests.api.syncing import body, pull, push, row, table

pytestmark = pytest.mark.django_db
MANY = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["\x00", "\ud800", "٧", "\u202e", "=1+1", "<b>", "null", "2026-02-30", "Europe/Berlin", "1e999"]
    )
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
FIELDS = [
    "pains",
    "neuro",
    "falls",
    "height_cm",
    "note",
    "sleep",
    "recorded_at",
    "timezone",
    "id",
    "exercises",
]
COLUMNS = [
    "id",
    "recorded_at",
    "timezone",
    "report",
    "seen_at",
    "state",
    "rrule",
    "local_time",
    "channels",
    "_changed",
]


def refused_properly(status: int, answer: Any) -> bool:
    return status in {400, 409, 413, 422} and answer["status"] == status and bool(answer["detail"])


@MANY
@given(said=st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4))
def test_an_entry_with_anything_in_it_is_stored_as_sent_or_refused(
    phone: Phone, said: dict[str, Any]
) -> None:
    sent = {**entry(), **said}
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    if status in {200, 201}:
        stored = Entry.objects.get(client_id=sent["id"]).report
        assert stored == {
            name: value for name, value in sent.items() if name not in {"id", "recorded_at", "timezone"}
        }
    else:
        assert refused_properly(status, answer)


@MANY
@given(
    name=st.sampled_from(["entries", "flags", "reminders", "occurrences", "care_items"])
    | st.text(max_size=8),
    columns=st.dictionaries(st.sampled_from(COLUMNS) | st.text(max_size=8), ANY_JSON, max_size=6),
    has_an_id=st.booleans(),
)
def test_a_pushed_row_with_anything_in_it_is_stored_or_refused_with_a_reason(
    phone: Phone, name: str, columns: dict[str, Any], has_an_id: bool
) -> None:
    sent = {**columns, "id": str(uuid.uuid4())} if has_an_id else columns
    status, answer = push(phone, body(name, created=[sent]))
    if status == 200:
        rejected = answer["experimentalRejectedIds"].get(name, [])
        assert bool(rejected) == bool(answer["errors"])
        assert rejected or sent["id"] in table(phone, name)
    else:
        assert refused_properly(status, answer)


@MANY
@given(document=ANY_JSON)
def test_a_report_with_anything_in_it_is_stored_as_sent_or_refused(phone: Phone, document: Any) -> None:
    sent = {**row(), "report": json.dumps(document)}
    status, answer = push(phone, body(created=[sent]))
    assert status == 200
    if not answer["errors"]:
        assert json.loads(table(phone, "entries")[sent["id"]]["report"]) == document
    assert pull(phone)[0] == 200


@MANY
@given(sent=ANY_JSON)
def test_a_body_of_anything_is_answered(phone: Phone, sent: Any) -> None:
    for path in ("/api/v1/entries", "/api/v1/sync?last_pulled_at=1"):
        status, answer = phone.send("POST", path, json.dumps(sent).encode())
        assert status == 200 or refused_properly(status, answer)


@MANY
@given(sent=st.binary(max_size=40), query=st.text(max_size=12))
def test_bytes_of_any_kind_are_answered(phone: Phone, sent: bytes, query: str) -> None:
    for path in ("/api/v1/entries", "/api/v1/sync"):
        status, answer = phone.send(
            "POST", f"{path}?last_pulled_at={quote(query, errors='replace')}", sent or b"x"
        )
        assert status == 200 or refused_properly(status, answer)


def test_a_note_with_markup_formulas_and_line_ends_comes_back_to_the_letter(phone: Phone) -> None:
    note = "<script>alert(1)</script>\r\n=cmd|' /C calc'!A0\t\u202e\u200b💥"
    sent = row(note=note)
    assert push(phone, body(created=[sent]))[1]["errors"] == []
    assert json.loads(table(phone, "entries")[sent["id"]]["report"])["note"] == note

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


# --- the same in every address: named cases ---

NOT_JSON = [
    b'{"title": "a", "title": "b"}',
    b'{"title": NaN}',
    b'{"title": 1e999}',
    b'{"title": "\\ud800"}',
    b'{"title": "\xff"}',
    b'{"title": ' + b"[" * 50_000,
    b"[]",
    b"7",
    b"",
]
WRITES = [
    ("POST", "/api/v1/entries"),
    ("POST", "/api/v1/sync"),
    ("POST", "/api/v1/reminders"),
    ("PATCH", "/api/v1/reminders/{reminder}"),
    ("PATCH", "/api/v1/me"),
]


@pytest.fixture
def reminder(phone: Phone) -> str:
    found: str = phone.send("GET", "/api/v1/reminders")[1]["results"][0]["id"]
    return found


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("sent", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_no_clear_json_object_is_a_bad_request_at_every_address(
    phone: Phone, reminder: str, method: str, path: str, sent: bytes
) -> None:
    status, problem = phone.send(method, path.format(reminder=reminder), sent)
    if sent == b"":  # no body at all reads as an object without fields
        assert status in {200, 400, 422}
    else:
        assert (status, problem["type"]) == (400, "/problems/invalid-json")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_of_5_mib_is_too_large_at_every_address(
    phone: Phone, reminder: str, method: str, path: str
) -> None:
    status, problem = phone.send(
        method, path.format(reminder=reminder), b'{"a": "' + b"a" * 5 * 2**20 + b'"}'
    )
    assert (status, problem["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"title": "\x00"}, {"/title"}),
        ({"title": "a\nb", "stars": 5}, {"/title", "/stars"}),
        ({"title": 7, "active": "true", "channels": "inbox"}, {"/title", "/active", "/channels"}),
        ({"channels": ["inbox", "pigeon"]}, {"/channels/1"}),
        ({"channels": []}, {"/channels"}),
        ({"local_time": "١٨:٣٠"}, {"/local_time"}),
        ({"local_time": 1830}, {"/local_time"}),
        ({"local_time": "24:00"}, {"/local_time"}),
        ({"local_time": "18:30:59"}, {"/local_time"}),
        ({"timezone": "Europe/Atlantis"}, {"/timezone"}),
        ({"timezone": "../../etc/passwd"}, {"/timezone"}),
        ({"quiet_hours": {"from": "22:00"}}, {"/quiet_hours/until"}),
        (
            {"quiet_hours": {"from": 22, "until": "07:00", "days": []}},
            {"/quiet_hours/from", "/quiet_hours/days"},
        ),
        ({"rrule": "FREQ=DAILY;INTERVAL=٢"}, {"/rrule"}),
        ({"rrule": "FREQ=DAILY;INTERVAL=0"}, {"/rrule"}),
        ({"rrule": "FREQ=SECONDLY"}, {"/rrule"}),
        ({"rrule": "FREQ=DAILY" + ";X=1" * 100}, {"/rrule"}),
        ({"id": "x", "kind": "custom"}, {"/id", "/kind"}),
    ],
)
def test_a_reminder_names_all_that_is_wrong_at_once(
    phone: Phone, reminder: str, change: dict[str, Any], pointers: set[str]
) -> None:
    before = phone.send("GET", f"/api/v1/reminders/{reminder}")
    status, problem = phone.send("PATCH", f"/api/v1/reminders/{reminder}", change)
    assert (status, {fault["pointer"] for fault in problem["errors"]}) == (422, pointers)
    assert phone.send("GET", f"/api/v1/reminders/{reminder}") == before


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"language": "de", "timezone": 5}, {"/language", "/timezone"}),
        ({"language": "en\x00"}, {"/language"}),
        ({"name": "Eve", "born": "1950-01-01", "clinic": 2}, {"/name", "/born", "/clinic"}),
    ],
)
def test_settings_name_all_that_is_wrong_at_once(
    phone: Phone, change: dict[str, Any], pointers: set[str]
) -> None:
    before = phone.send("GET", "/api/v1/me")
    status, problem = phone.send("PATCH", "/api/v1/me", change)
    assert (status, {fault["pointer"] for fault in problem["errors"]}) == (422, pointers)
    assert phone.send("GET", "/api/v1/me") == before


@pytest.mark.parametrize(
    "recorded_at",
    [
        1_700_000_000,
        "1700000000",
        "2026-01-10",
        "2026-01-10T09:30:00",
        "2026-01-10 09:30:00+01:00",
        "2026-01-10T09:30:00+0100",
        "٢٠٢٦-01-10T09:30:00+01:00",
        "2026-02-30T09:30:00+01:00",
        "2026-01-10T25:30:00+01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        None,
        [],
        True,
    ],
)
def test_a_moment_that_could_be_read_in_two_ways_is_refused(phone: Phone, recorded_at: Any) -> None:
    status, problem = phone.send("POST", "/api/v1/entries", {**entry(), "recorded_at": recorded_at})
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/recorded_at"])


def test_a_whole_number_with_a_point_is_that_number_and_a_half_is_none(phone: Phone) -> None:
    """Some languages write 3 as 3.0; what comes back is 3."""
    sent = entry()
    text = json.dumps({**sent, "sleep": 3.0, "height_cm": 170.5}).encode()
    assert phone.send("POST", "/api/v1/entries", text)[0] == 201
    assert Entry.objects.get(client_id=sent["id"]).report == {"sleep": 3, "height_cm": 170.5}
    status, problem = phone.send("POST", "/api/v1/entries", entry(sleep=3.5))
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/sleep"])


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "cD0x", "cD1hYmM=", "cD0AYQ==", "bz0tMQ==", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "cj0x",
     "%F0%9F%92%A5", "cD05OTk5LTk5LTk5", "cD0wMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAw"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["entries", "flags", "reminders", "occurrences"])
def test_a_forged_cursor_gives_a_page_or_is_refused(phone: Phone, path: str, cursor: str) -> None:
    """Among them p=abc, p=NUL, a far offset, the 99th of the 99th, and a moment before the first day."""
    status, answer = phone.send("GET", f"/api/v1/{path}?cursor={cursor}")
    assert status in {200, 422}
    if status == 422:
        assert [(fault["pointer"], fault["code"]) for fault in answer["errors"]] == [
            ("/cursor", "invalid-cursor")
        ]


@pytest.mark.parametrize(
    "odd", ["٧", "%00", "..%2F..", "null", "0" * 36, "e3e70682-c209-4cac-a29f-6fbed82c07c٧"]
)
@pytest.mark.parametrize("path", ["entries/{}", "reminders/{}", "flags/{}/seen", "occurrences/{}/done"])
def test_an_id_of_any_characters_is_not_found(phone: Phone, path: str, odd: str) -> None:
    method = "GET" if path.endswith("{}") else "POST"
    assert phone.send(method, f"/api/v1/{path.format(odd)}")[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Session-Token": "\x7f\xff"},
        {"X-Session-Token": "٧" * 5_000},
        {"Accept-Language": "en;q=x, \x00;q=1e999" * 50},
        {"Accept": "x"},
        {"If-Match": '"' + "9" * 5_000 + '"'},
        {"If-None-Match": "W/" * 2_000},
        {"X-App-Version": "1." * 1_000},
        {"X-Request-ID": "\r\nSet-Cookie: a=b"},
        {"Content-Encoding": "gzip, " * 200},
        {"Content-Type": "application/json; charset=utf-7"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_header_of_any_characters_is_answered(phone: Phone, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/api/v1/flags"), ("POST", "/api/v1/entries"), ("PATCH", "/api/v1/me")):
        answer = phone.request(method, path, b"{}" if method != "GET" else None, **headers)
        assert answer.status_code < 500
        assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    "token", ["\x00", "a" * 31 + "\x00", "\ud800", "٧" * 32, "../" * 10, "a" * 5000, "' --"]
)
@pytest.mark.parametrize("path", ["/api/v1/me", "/_allauth/app/v1/auth/session"])
def test_a_session_token_of_any_bytes_opens_nothing(db: None, token: str, path: str) -> None:
    status, _ = Phone(token=token).send("GET", path)
    assert status in {401, 410}

"""Whatever bytes arrive: an answer below 500 in problem+json, and what is stored is what was sent."""

import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.models import Entry
from tests.api.phone import Phone, entry, pain
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
    b"{" + b",".join(b'"%d": 1' % name for name in range(101)) + b"}",
    b'{"title": ' + b"9" * 5_000 + b"}",
    b"\xef\xbb\xbf{}",
    b'{"title": Infinity}',
    '{"title": "a"}'.encode("utf-16"),
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


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "utf-7", "x"])
def test_a_body_in_another_set_of_characters_is_refused_at_every_address(
    phone: Phone, reminder: str, method: str, path: str, charset: str
) -> None:
    """The same bytes would be other letters there."""
    headers = {"Content-Type": f"application/json; charset={charset}"}
    status, problem = phone.send(method, path.format(reminder=reminder), b"{}", **headers)
    assert (status, problem["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize(
    "path",
    [
        "me", "care-plan", "vocabulary", "push", "occurrences/summary", "reminders/settings", "me/consents",
        "entries", "flags", "reminders", "occurrences", "devices", "messages", "library", "me/export", "sync",
        "me/access-log",
    ],
)  # fmt: skip
def test_a_parameter_that_nobody_reads_is_named_at_every_address(phone: Phone, path: str) -> None:
    for query in ("format=xml", "limit=-1", "%00=1", "%F0%9F%92%A5"):
        status, problem = phone.send("GET", f"/api/v1/{path}?{query}")
        assert (status, [fault["code"] for fault in problem["errors"]]) == (422, ["extra-forbidden"])


def test_a_write_with_a_parameter_that_nobody_reads_writes_nothing(phone: Phone) -> None:
    status, problem = phone.send("POST", "/api/v1/entries?dry_run=1", entry())
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/dry_run"])
    assert not Entry.objects.exists()
    assert phone.send("DELETE", "/api/v1/me?really=no")[0] == 422
    assert phone.send("GET", "/api/v1/me")[0] == 200


# The body, and how many reasons it may cost at most.
ENDLESS = [
    ("entries", {"pains": [1] * 60_000}, 4),
    ("entries", {"pains": [{"site": "lumbar", "severity": 3, "quality": ["x"] * 30_000}]}, 4),
    ("sync", {f"t{number}": {} for number in range(150_000)}, 1),
    ("sync", {"entries": {"created": [1] * 1_000_000}}, 1),
    ("sync", {"entries": {"deleted": [1] * 1_000_000}}, 1),
    ("sync", {"entries": {"created": [row() | {f"x{number}": 1 for number in range(150_000)}]}}, 1),
    ("sync", {"entries": {"created": [row(pains=[1] * 40_000) for _ in range(20)]}}, 20),
    ("sync", {"entries": {"created": [{**row(), "report": "[" * 100_000}]}}, 1),
]


@pytest.mark.parametrize(("path", "sent", "most"), ENDLESS, ids=range(len(ENDLESS)))
def test_what_has_no_end_costs_no_more_reasons_than_a_phone_can_read(
    phone: Phone, path: str, sent: Any, most: int
) -> None:
    status, answer = phone.send("POST", f"/api/v1/{path}", sent)
    assert status in {200, 400, 413, 422}
    assert 1 <= len(answer["errors"]) <= most


def test_a_row_with_a_hundred_wrong_columns_names_twenty(phone: Phone) -> None:
    sent = {**row(), **{f"x{number}": 1 for number in range(80)}}
    status, answer = push(phone, body(created=[sent]))
    assert (status, answer["experimentalRejectedIds"]) == (200, {"entries": [sent["id"]]})
    assert len(answer["errors"]) == 20


@MANY
@given(said=st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4))
def test_each_reason_points_into_the_body_that_was_sent(phone: Phone, said: dict[str, Any]) -> None:
    """A pointer leads to a value, or to a name that is missing in an object that is there."""
    sent = {**entry(), **said}
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    for fault in answer["errors"] if status == 422 else ():
        assert _leads_somewhere(sent, fault["pointer"]), fault


def _leads_somewhere(document: Any, pointer: str) -> bool:
    found = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and int(name) < len(found):
            found = found[int(name)]
        else:
            return False
    return True


@pytest.mark.parametrize(
    ("token", "pointers"),
    [
        ({"kind": "apns", "token": "x"}, {"/kind"}),
        ({"kind": ["fcm"], "token": None}, {"/kind"}),
        ({"kind": "fcm", "token": {}}, {"/token"}),
        ({"kind": "fcm", "token": "short"}, {"/token"}),
        ({"kind": "webpush", "token": "{"}, {"/token"}),
        ({"kind": "webpush", "token": {"endpoint": 7, "keys": 8}}, {"/token/endpoint", "/token/keys"}),
        ({"kind": "webpush", "label": "a\nb"}, {"/token", "/label"}),
    ],
)
def test_a_push_token_that_is_none_is_told_where_it_stands(
    phone: Phone, token: dict[str, Any], pointers: set[str]
) -> None:
    status, problem = phone.send("POST", "/api/v1/devices", token)
    assert (status, {fault["pointer"] for fault in problem["errors"]}) == (422, pointers)
    assert not any("Subscription" in fault["detail"].split() for fault in problem["errors"])


def test_nothing_is_read_beside_what_the_address_says(phone: Phone) -> None:
    phone.send("POST", "/api/v1/entries", entry(pains=[pain("lumbar", 8, onset="sudden")]))
    flag = phone.send("GET", "/api/v1/flags")[1]["results"][0]["id"]
    status, problem = phone.send("POST", f"/api/v1/flags/{flag}/seen", {"at": "2026-01-10"})
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/at"])
    assert phone.send("POST", f"/api/v1/flags/{flag}/seen", {})[0] == 200


# --- the sign-in, whose bodies allauth would read ---

DOORS = [
    "signup",
    "login",
    "password/request",
    "reauthenticate",
    "email/verify",
    "2fa/authenticate",
    "sessions",
]


@pytest.mark.parametrize("sent", [each for each in NOT_JSON if each], ids=range(len(NOT_JSON) - 1))
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_clear_json_object_is_a_bad_request_at_every_door(
    db: None, door: str, sent: bytes
) -> None:
    for method in ("POST", "DELETE", "OPTIONS"):
        status, problem = Phone().send(method, f"/_allauth/app/v1/auth/{door}", sent)
        assert (status, problem["type"]) == (400, "/problems/invalid-json")


def test_a_body_of_5_mib_is_too_large_at_the_doors(db: None) -> None:
    sent = b'{"email": "' + b"a" * 5 * 2**20 + b'"}'
    status, problem = Phone().send("POST", "/_allauth/app/v1/auth/login", sent)
    assert (status, problem["type"]) == (413, "/problems/too-large")


def test_a_host_that_is_not_ours_is_refused_as_a_problem(phone: Phone) -> None:
    status, problem = phone.send("GET", "/api/v1/me", Host="evil.example")
    assert (status, problem["type"]) == (400, "/problems/bad-request")


def test_a_whole_method_in_a_header_or_a_query_is_not_believed(phone: Phone) -> None:
    sent = entry()
    assert phone.send("POST", "/api/v1/entries", sent, **{"X-HTTP-Method-Override": "DELETE"})[0] == 201
    assert phone.send("POST", "/api/v1/entries?_method=DELETE", entry())[0] == 422
    assert phone.send("GET", f"/api/v1/entries/{sent['id']}")[0] == 200


@pytest.mark.parametrize("path", ["entries/", "entries//", "", "Entries", "../v1/me", "entries/%2e%2e/me"])
def test_an_address_that_is_nearly_one_is_not_found_and_leads_nowhere(phone: Phone, path: str) -> None:
    status, problem = phone.send("GET", f"/api/v1/{path}")
    assert (status, problem["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "FOO"])
def test_a_method_that_is_not_offered_says_which_are(phone: Phone, method: str) -> None:
    answer = phone.request(method, "/api/v1/entries")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "since", ["-1", "1.5", "1e3", "9" * 20, "%D9%A7", "NaN", "+1", "%201", "x", "1&last_pulled_at=2"]
)
def test_a_cursor_that_is_no_whole_number_is_named(phone: Phone, since: str) -> None:
    for status, problem in (pull(phone, since), push(phone, body(created=[row()]), since)):
        assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/last_pulled_at"])
    assert not Entry.objects.exists()


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
        ({"rrule": "FREQ=SECONDLY", "title": "", "local_time": 7}, {"/rrule", "/title", "/local_time"}),
        ({"quiet_hours": {"from": "22:00", "until": "22:00"}, "active": 1}, {"/quiet_hours", "/active"}),
        ({"stepped_down": 0}, {"/stepped_down"}),
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


# --- reasons without end ---


def a_wrong_row(columns: int) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), **{f"wrong{number}": number for number in range(columns)}}


def test_of_reasons_without_end_each_row_has_its_first_and_the_others_are_counted(phone: Phone) -> None:
    rows = [a_wrong_row(80) for _ in range(900)]
    status, answer = push(phone, body(created=rows))
    assert status == 200
    assert answer["experimentalRejectedIds"] == {"entries": [row["id"] for row in rows]}
    assert len(answer["errors"]) == 1_000
    named = {one["pointer"].split("/")[3] for one in answer["errors"]}
    assert named == {str(place) for place in range(900)}
    assert answer["errors_left_out"] >= 900 * 80 - 1_000


def test_of_ordinarily_many_reasons_all_are_told(phone: Phone) -> None:
    status, answer = push(phone, body(created=[a_wrong_row(5) for _ in range(40)]))
    assert (status, answer["errors_left_out"]) == (200, 0)
    for place in range(40):
        columns = {
            one["pointer"]
            for one in answer["errors"]
            if one["pointer"].startswith(f"/entries/created/{place}/")
        }
        assert columns >= {f"/entries/created/{place}/wrong{number}" for number in range(5)}

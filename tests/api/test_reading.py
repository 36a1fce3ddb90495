"""What surrounds every answer: ETags, conditions, packed bodies, ids of requests, announcements."""

import gzip
import json
import uuid
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone as clock

from api import deprecations
from api.deprecations import Deprecated
from api.v1 import document
from journal.accounts.models import Patient
from journal.models import Change, Entry
from reminders.models import Reminder
from tests.api.phone import Phone, entry, pain
from tests.api.syncing import body, row

pytestmark = pytest.mark.django_db
READS = (
    "care-plan", "entries", "flags", "library", "me", "messages", "occurrences", "reminders", "schema",
    "sync", "vocabulary",
)  # fmt: skip
REMINDER = {"kind": "custom", "title": "Tea", "rrule": "FREQ=DAILY", "local_time": "18:30"}


@pytest.mark.parametrize("path", READS)
def test_every_read_has_an_etag_and_is_not_sent_twice(phone: Phone, path: str) -> None:
    headers = {"Accept": "application/json"}
    first = phone.request("GET", f"/api/v1/{path}", **headers)
    assert (first.status_code, bool(first["ETag"])) == (200, True)
    again = phone.request("GET", f"/api/v1/{path}", **headers, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (again["Cache-Control"], again["X-Request-ID"]) != (None, None)
    other = phone.request("GET", f"/api/v1/{path}", **headers, **{"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_a_list_that_changed_has_another_etag(phone: Phone) -> None:
    before = phone.request("GET", "/api/v1/flags")["ETag"]
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    assert phone.request("GET", "/api/v1/flags", **{"If-None-Match": before}).status_code == 200


def test_an_etag_of_a_packed_answer_is_known_again(phone: Phone) -> None:
    """Packing marks it as weak, for reads and for changes."""
    sent = entry(note="a long walk " * 40)
    phone.send("POST", "/api/v1/entries", sent)
    path = f"/api/v1/entries/{sent['id']}"
    packed = phone.request("GET", path, **{"Accept-Encoding": "gzip"})
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", 'W/"1"')
    assert json.loads(gzip.decompress(packed.content))["note"] == sent["note"]
    assert phone.request("GET", path, **{"If-None-Match": 'W/"1"'}).status_code == 304
    assert phone.send("PATCH", path, {"sleep": 3}, **{"If-Match": 'W/"1"'})[0] == 200


def test_texts_that_are_nobodys_may_stay_on_the_phone_and_all_else_may_not(phone: Phone) -> None:
    said = {
        path: phone.request("GET", f"/api/v1/{path}") for path in ("library", "vocabulary", "entries", "me")
    }
    assert {path: answer["Cache-Control"] for path, answer in said.items()} == {
        "library": "private, no-cache",
        "vocabulary": "private, no-cache",
        "entries": "no-store",
        "me": "no-store",
    }
    assert {"X-Session-Token", "Accept-Language"} <= set(said["library"]["Vary"].split(", "))


# --- changing what was read ---


def test_a_reminder_is_changed_and_deleted_only_as_it_was_read(phone: Phone) -> None:
    made = phone.request("POST", "/api/v1/reminders", REMINDER)
    path, tag = f"/api/v1/reminders/{made.json()['id']}", made["ETag"]
    changed = phone.request("PATCH", path, {"title": "Coffee"}, **{"If-Match": tag})
    assert (changed.status_code, changed["ETag"] == tag) == (200, False)
    for method, sent in (("PATCH", {"title": "Water"}), ("DELETE", None)):
        status, problem = phone.send(method, path, sent, **{"If-Match": tag})
        assert (status, problem["type"]) == (412, "/problems/stale")
    assert phone.send("GET", path)[1]["title"] == "Coffee"
    assert phone.request("DELETE", path, **{"If-Match": f'"elsewhere", {changed["ETag"]}'}).status_code == 204


def test_a_turn_that_was_planned_meanwhile_is_no_conflict_and_is_read_anew(
    phone: Phone, patient: Patient
) -> None:
    path = f"/api/v1/reminders/{phone.send('GET', '/api/v1/reminders')[1]['results'][0]['id']}"
    tag = phone.request("GET", path)["ETag"]
    Reminder.objects.filter(patient=patient).update(next_due_at=clock.now())
    assert phone.request("GET", path, **{"If-None-Match": tag}).status_code == 200
    assert phone.send("PATCH", path, {"title": "Later"}, **{"If-Match": tag})[0] == 200


def test_settings_are_changed_only_as_they_were_read(phone: Phone) -> None:
    tag = phone.request("GET", "/api/v1/me")["ETag"]
    phone.log(sleep=3)
    assert phone.send("PATCH", "/api/v1/me", {"language": "es"}, **{"If-Match": tag})[0] == 200
    assert phone.send("PATCH", "/api/v1/me", {"language": "en"}, **{"If-Match": tag})[0] == 412
    assert phone.send("GET", "/api/v1/me")[1]["language"] == "es"


def test_an_entry_is_withdrawn_only_as_it_was_read(phone: Phone) -> None:
    sent = entry(sleep=3)
    phone.send("POST", "/api/v1/entries", sent)
    path = f"/api/v1/entries/{sent['id']}"
    phone.send("PATCH", path, {"sleep": 4})
    for wrong in ('"1"', "1", "nonsense", '"1", "7"'):
        assert phone.send("DELETE", path, **{"If-Match": wrong})[0] == 412
    assert phone.send("DELETE", path, **{"If-Match": '"1", "2"'})[0] == 204


def test_an_entry_keeps_its_id_and_a_change_may_name_it(phone: Phone) -> None:
    sent = entry(sleep=3)
    phone.send("POST", "/api/v1/entries", sent)
    path = f"/api/v1/entries/{sent['id']}"
    status, problem = phone.send("PATCH", path, {"id": str(uuid.uuid4())})
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, ["/id"])
    assert phone.send("PATCH", path, {"id": sent["id"], "sleep": 5})[0] == 200


def test_a_phone_that_writes_ids_in_capitals_finds_its_entry(phone: Phone) -> None:
    sent = entry(sleep=3)
    sent["id"] = sent["id"].upper()
    assert phone.send("POST", "/api/v1/entries", sent)[0] == 201
    assert phone.send("GET", f"/api/v1/entries/{sent['id']}")[0] == 200
    assert phone.send("GET", f"/api/v1/entries/{sent['id'].lower()}")[0] == 200


# --- packed bodies ---


def packed(phone: Phone, path: str, sent: bytes, coding: str = "gzip") -> tuple[int, Any]:
    return phone.send("POST", path, sent, **{"Content-Encoding": coding})


def test_a_packed_body_is_read_like_any_other(phone: Phone) -> None:
    one, many = entry(sleep=3), [row(sleep=4) for _ in range(100)]
    assert packed(phone, "/api/v1/entries", gzip.compress(json.dumps(one).encode()))[0] == 201
    status, answer = packed(
        phone, "/api/v1/sync?last_pulled_at=2", gzip.compress(json.dumps(body(created=many)).encode())
    )
    assert (status, answer.get("type")) in {(200, None), (409, "/problems/pull-first")}
    assert Entry.objects.get(client_id=one["id"]).report == {"sleep": 3}


def test_a_body_that_grows_without_end_is_too_large_and_costs_no_memory(phone: Phone) -> None:
    """1 GiB of blanks in 1 MiB: after a full flush each piece stands for itself, so one can be repeated."""
    packer, blanks = zlib.compressobj(9, zlib.DEFLATED, 31), b" " * 2**20
    first, again = (packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + again * 1023
    status, problem = packed(phone, "/api/v1/entries", bomb)
    assert (status, problem["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "sent",
    [
        b"{}",
        gzip.compress(b"{}")[:-9],
        gzip.compress(b"{}") + b"{}",
        gzip.compress(b"{}") + gzip.compress(b"{}"),
        zlib.compress(b"{}"),
    ],
    ids=["not packed", "cut off", "followed by more", "two in one", "another wrapper"],
)
def test_what_cannot_be_unpacked_is_a_bad_request(phone: Phone, sent: bytes) -> None:
    status, problem = packed(phone, "/api/v1/entries", sent)
    assert (status, problem["type"]) == (400, "/problems/invalid-gzip")


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "x"])
def test_another_packing_is_named_as_not_read(phone: Phone, coding: str) -> None:
    status, problem = packed(phone, "/api/v1/entries", b"{}", coding)
    assert (status, problem["type"]) == (415, "/problems/unsupported-content-encoding")


# --- ids of requests, other formats ---


@pytest.mark.parametrize(
    ("given", "comes_back"),
    [
        ("0198c5a0-7d3c", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("a b", False),
        ("line\r\nX-Evil: 1", False),
        ("١", False),
    ],
)
def test_a_request_id_comes_back_unless_it_could_harm_a_log(
    phone: Phone, given: str, comes_back: bool
) -> None:
    said = phone.request("GET", "/api/v1/me", **{"X-Request-ID": given})["X-Request-ID"]
    assert said == given if comes_back else uuid.UUID(said)


def test_another_format_is_not_offered_and_another_media_type_not_read(phone: Phone) -> None:
    assert phone.send("GET", "/api/v1/me", Accept="text/html")[0] == 406
    text = phone.client.post(
        "/api/v1/entries", b"{}", content_type="text/plain", headers={"X-Session-Token": phone.token}
    )
    assert (text.status_code, text.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize(
    ("path", "pointers"),
    [
        ("flags?status=open&statsu=open", {"/statsu"}),
        ("entries?form=2026-01-01&until=x", {"/form", "/until"}),
        ("entries?from=1700000000", {"/from"}),
        ("entries?from=٢٠٢٦-٠١-٠١&to=2026-02-30", {"/from", "/to"}),
        ("entries?from=2026-01-01&from=2026-02-01", {"/from"}),
        ("occurrences?cursor=x&to=0", {"/to"}),
        ("reminders?cursor=", None),
        ("reminders?page=2", {"/page"}),
        ("library?kind=poem&lang=%00", {"/kind", "/lang"}),
        ("flags?format=xml", {"/format"}),
        ("sync?last_pulled_at=null&since=3", {"/since"}),
    ],
)
def test_a_question_that_is_not_understood_is_refused_and_named(
    phone: Phone, path: str, pointers: set[str] | None
) -> None:
    status, answer = phone.send("GET", f"/api/v1/{path}")
    assert status == (422 if pointers else 200)
    assert {fault["pointer"] for fault in answer.get("errors", ())} == (pointers or set())


# --- what ends ---

ENDS = Deprecated(
    "GET",
    "/api/v1/entries",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    sunset=datetime(2027, 1, 1, tzinfo=UTC),
    link="https://osteon.example/changes",
)


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def several(*announced: Deprecated) -> None:
        monkeypatch.setattr(deprecations, "ANNOUNCED", announced)
        document._document.cache_clear()  # made once a process

    yield several
    document._document.cache_clear()


def test_an_operation_that_ends_says_since_when_until_when_and_what_instead(
    phone: Phone, announce: Callable[..., None]
) -> None:
    announce(ENDS)
    answer = phone.request("GET", "/api/v1/entries")
    assert answer["Deprecation"] == "@1767225600"
    assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert answer["Link"] == '<https://osteon.example/changes>; rel="deprecation"; type="text/html"'
    assert not phone.request("GET", "/api/v1/flags").has_header("Deprecation")


def test_a_field_that_ends_is_announced_to_those_who_use_it(
    phone: Phone, announce: Callable[..., None]
) -> None:
    shared = {"since": ENDS.since, "sunset": ENDS.sunset, "link": ENDS.link}
    announce(
        Deprecated("GET", "/api/v1/entries", field="to", **shared),  # type: ignore[arg-type]
        Deprecated("POST", "/api/v1/entries", field="mood", **shared),  # type: ignore[arg-type]
        Deprecated("PATCH", "/api/v1/entries/{client_id}", field="mood", **shared),  # type: ignore[arg-type]
    )
    sent = entry(mood=3)
    told = [
        phone.request("GET", "/api/v1/entries"),
        phone.request("GET", "/api/v1/entries?to=2026-01-01"),
        phone.request("POST", "/api/v1/entries", entry(sleep=3)),
        phone.request("POST", "/api/v1/entries", sent),
        phone.request("PATCH", f"/api/v1/entries/{sent['id']}", {"mood": 4}),
    ]
    assert [answer.has_header("Sunset") for answer in told] == [False, True, False, True, True]


def test_what_ends_is_marked_in_the_document(phone: Phone, announce: Callable[..., None]) -> None:
    announce(ENDS, Deprecated("GET", "/api/v1/flags", ENDS.since, ENDS.sunset, ENDS.link, field="status"))
    paths = phone.send("GET", "/api/v1/schema", Accept="application/json")[1]["paths"]
    assert paths["/api/v1/entries"]["get"]["deprecated"] is True
    [status] = [each for each in paths["/api/v1/flags"]["get"]["parameters"] if each.get("name") == "status"]
    assert status["deprecated"] is True
    assert "deprecated" not in paths["/api/v1/flags"]["get"]


@pytest.mark.parametrize("path", ["devices", "me/access-log", "me/consents"])
def test_a_parameter_that_is_none_is_refused_on_the_newer_lists_too(phone: Phone, path: str) -> None:
    status, answer = phone.send("GET", f"/api/v1/{path}?stars=5")
    assert (status, answer["errors"][0]["pointer"]) == (422, "/stars")


def test_settings_of_reminders_that_changed_meanwhile_are_not_overwritten(phone: Phone) -> None:
    path = "/api/v1/reminders/settings"
    etag = phone.request("GET", path).headers["ETag"]
    assert phone.send("PATCH", path, {"a_day": 3}, **{"If-Match": etag})[0] == 200
    assert phone.send("PATCH", path, {"a_day": 4}, **{"If-Match": etag})[0] == 412
    assert phone.send("GET", path)[1]["a_day"] == 3


def test_settings_that_are_so_already_change_nothing(phone: Phone, patient: Patient) -> None:
    _, before = phone.send("GET", "/api/v1/me")
    for same in ({}, {"timezone": before["timezone"]}, {"language": before["language"]}):
        assert phone.send("PATCH", "/api/v1/me", same) == (200, before)
    assert not Change.objects.filter(verb="patient.settled").exists()
    assert phone.send("PATCH", "/api/v1/me", {"language": "es"})[1]["revision"] > before["revision"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.5", 200),
        ("application/json; indent=4", 200),
        ("text/html", 406),
        ("", 406),
    ],
)
def test_an_answer_is_json_or_is_refused(phone: Phone, accept: str, status: int) -> None:
    answer = phone.request("GET", "/api/v1/me", Accept=accept)
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"].startswith("application/json")

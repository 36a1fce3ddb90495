"""What a phone sends and what it gets back."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from journal.accounts.models import Patient
from journal.content import engine
from journal.content.rule import Rule
from journal.models import Change, Entry, EntryVersion, Flag, OutboxEvent
from tests.api.phone import Phone, entry, pain

pytestmark = pytest.mark.django_db

SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden", quality=["sharp"])]}
WHOLE: dict[str, Any] = {
    "pains": [
        pain(
            "lumbar",
            8,
            onset="sudden",
            quality=["sharp"],
            radiates_to=None,
            worse_with=["standing"],
            better_with=["lying"],
        )
    ],
    "neuro": [{"symptom": "numbness", "site": "foot", "side": "left"}],
    "falls": [{"kind": "fall", "injury": False}],
    "can_bear_weight": True,
    "activity": [{"type": "walking", "minutes": 20}],
    "systemic": ["fear_of_falling"],
    "height_cm": None,
    "medications": ["paracetamol"],
    "note": "",
}


def test_the_whole_document_of_the_contract_is_stored_as_sent(phone: Phone) -> None:
    sent = entry(**WHOLE)
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    assert status == 201
    assert {name: answer["entry"][name] for name in sent if name != "recorded_at"} == {
        name: value for name, value in sent.items() if name != "recorded_at"
    }
    assert datetime.fromisoformat(answer["entry"]["recorded_at"]) == datetime.fromisoformat(
        sent["recorded_at"]
    )
    assert {"local_date", "revision"} <= answer["entry"].keys()
    assert phone.send("GET", f"/api/v1/entries/{sent['id']}") == (200, answer["entry"])


def test_a_sudden_strong_back_pain_is_answered_with_flag_and_advice(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    [flag] = answer["flags"]
    assert (status, flag["pattern"], flag["urgency"], flag["status"]) == (
        201,
        "sudden-back-pain",
        "same-day",
        "open",
    )
    assert flag["day"] == answer["entry"]["local_date"]
    assert flag["entry_ids"] == [sent["id"]]
    assert answer["advice"] == flag["advice"]
    assert len(flag["advice"]) > 80
    assert all(flag[name] for name in ("title", "why", "raised_at"))
    assert phone.send("GET", "/api/v1/flags?status=open")[1]["results"] == [flag]


def test_an_ordinary_day_raises_nothing_and_says_nothing(phone: Phone) -> None:
    _, answer = phone.log(
        pains=[pain("lumbar", 2, onset="gradual")], neuro=[], falls=[], can_bear_weight=True
    )
    assert (answer["flags"], answer["advice"]) == ([], None)


def test_a_report_that_joins_a_flag_gets_the_advice_again(phone: Phone) -> None:
    _, first = phone.log(**SUDDEN)
    _, second = phone.log(**SUDDEN)
    assert second["flags"] == []
    assert second["advice"] == first["advice"] is not None
    assert Flag.objects.count() == 1


def test_the_same_entry_again_gives_the_same_answer_also_after_it_changed(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    first = phone.send("POST", "/api/v1/entries", sent)
    again = phone.send("POST", "/api/v1/entries", sent)
    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1]
    phone.send("PATCH", f"/api/v1/entries/{sent['id']}", {"note": "since breakfast"})
    phone.send("DELETE", f"/api/v1/entries/{sent['id']}")
    assert phone.send("POST", "/api/v1/entries", sent) == (200, first[1])
    assert Entry.objects.count() == 1


def test_the_same_id_in_other_spelling_is_the_same_entry(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    first = phone.send("POST", "/api/v1/entries", sent)
    assert phone.send("POST", "/api/v1/entries", {**sent, "id": sent["id"].upper()}) == (200, first[1])


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    before = list(Entry.objects.values()), Change.objects.count()
    status, answer = phone.send("POST", "/api/v1/entries", {**sent, "can_bear_weight": False})
    assert status == 409
    assert answer["errors"][0]["pointer"] == "/id"
    assert (list(Entry.objects.values()), Change.objects.count()) == before


def test_an_id_of_another_patient_is_simply_free(phone: Phone, invite: Callable[..., str]) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    other = Phone()
    other.sign_up(invite())
    assert other.send("POST", "/api/v1/entries", {**sent, "note": "mine"})[0] == 201
    assert other.send("GET", f"/api/v1/entries/{sent['id']}")[1]["note"] == "mine"


def test_anothers_entry_and_flag_do_not_exist(phone: Phone, invite: Callable[..., str]) -> None:
    sent = entry(**SUDDEN)
    _, answer = phone.send("POST", "/api/v1/entries", sent)
    other = Phone()
    other.sign_up(invite())
    theirs, nowhere = sent["id"], str(uuid.uuid4())
    for method, path in (("GET", "entries/{}"), ("PATCH", "entries/{}"), ("DELETE", "entries/{}")):
        found = other.send(method, "/api/v1/" + path.format(theirs), {})
        assert found[0] == 404
        assert found == other.send(method, "/api/v1/" + path.format(nowhere), {})
    assert other.send("POST", f"/api/v1/flags/{answer['flags'][0]['id']}/seen")[0] == 404
    assert other.send("GET", "/api/v1/entries")[1]["results"] == []
    assert other.send("GET", "/api/v1/flags")[1]["results"] == []


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"pains": [pain("lumbar", 11)]}, {"/pains/0/severity"}),
        ({"pains": [pain("lumbar", 8), pain("elbow", -1)]}, {"/pains/1/site", "/pains/1/severity"}),
        ({"pains": [{"site": "foot", "severity": 3}]}, {"/pains/0"}),
        ({"pains": [pain("lumbar", "8")]}, {"/pains/0/severity"}),  # type: ignore[arg-type]
        ({"can_bear_weight": "yes", "height_cm": 20}, {"/can_bear_weight", "/height_cm"}),
        ({"neuro": [{"symptom": "numbness"}], "surprise": 1}, {"/neuro/0", "/surprise"}),
        ({"timezone": "Mars/Olympus"}, {"/timezone"}),
        ({"recorded_at": "2026-01-10T09:30:00"}, {"/recorded_at"}),
        ({"id": "not-a-uuid"}, {"/id"}),
        ({"note": "a\x00b"}, {"/note"}),
    ],
)
def test_what_is_not_valid_is_refused_whole_with_a_pointer_to_each_fault(
    phone: Phone, change: dict[str, Any], pointers: set[str]
) -> None:
    response = phone.request("POST", "/api/v1/entries", {**entry(), **change})
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in response.json()["errors"]} == pointers
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'"text"',
        b"[]",
        b"null",
        b'{"id": NaN}',
        b'{"note": "a", "note": "b"}',
        b'{"note": "\\ud800"}',
        b'\xff{"note": "a"}',
        b"[" * 100_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    ],
)
def test_a_body_that_is_no_clear_json_is_a_bad_request(phone: Phone, body: bytes) -> None:
    response = phone.request("POST", "/api/v1/entries", body)
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/invalid-json"


def test_a_body_over_the_limit_is_too_large(phone: Phone) -> None:
    status, answer = phone.send("POST", "/api/v1/entries", entry(note="a" * 300_000))
    assert (status, answer["status"]) == (413, 413)


@pytest.mark.parametrize(("shift", "status"), [(23, 201), (25, 422), (-399 * 24, 201), (-401 * 24, 422)])
def test_times_too_far_ahead_or_back_are_refused(phone: Phone, shift: int, status: int) -> None:
    at = (timezone.now() + timedelta(hours=shift)).isoformat()
    found, answer = phone.log(recorded_at=at, pains=[])
    assert found == status
    if status == 422:
        assert answer["errors"][0]["pointer"] == "/recorded_at"


def test_the_day_is_the_one_on_the_patients_clock(phone: Phone) -> None:
    today = timezone.now().replace(hour=23, minute=30, second=0, microsecond=0) - timedelta(days=2)
    _, tokyo = phone.log(recorded_at=today.isoformat(), timezone="Asia/Tokyo", pains=[])
    _, berlin = phone.log(recorded_at=today.isoformat(), timezone="Europe/Berlin", pains=[])
    _, denver = phone.log(recorded_at=today.isoformat(), timezone="America/Denver", pains=[])
    days = [answer["entry"]["local_date"] for answer in (tokyo, berlin, denver)]
    next_day = (today + timedelta(days=1)).date().isoformat()
    assert days == [next_day, next_day, today.date().isoformat()]


def test_not_asked_and_none_stay_different(phone: Phone) -> None:
    sent = entry(pains=[], neuro=None)
    phone.send("POST", "/api/v1/entries", sent)
    _, stored = phone.send("GET", f"/api/v1/entries/{sent['id']}")
    assert (stored["pains"], stored["neuro"]) == ([], None)
    assert "falls" not in stored


def test_a_correction_that_takes_the_cause_away_supersedes_the_untouched_flag(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    status, answer = phone.send("PATCH", f"/api/v1/entries/{sent['id']}", {"pains": [pain("lumbar", 2)]})
    assert (status, answer["flags"], answer["advice"]) == (200, [], None)
    flag = Flag.objects.get()
    assert (flag.status, flag.supported) == ("superseded", False)
    assert flag.superseded_reason
    assert phone.send("GET", "/api/v1/flags")[1]["results"][0]["status"] == "superseded"


def test_a_correction_back_opens_the_flag_again(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    phone.send("PATCH", f"/api/v1/entries/{sent['id']}", {"pains": [pain("lumbar", 2)]})
    _, answer = phone.send("PATCH", f"/api/v1/entries/{sent['id']}", SUDDEN)
    assert [flag["pattern"] for flag in answer["flags"]] == ["sudden-back-pain"]
    assert list(Flag.objects.values_list("status", flat=True)) == ["open"]
    kinds = OutboxEvent.objects.of_flags().order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["flag.opened", "flag.reopened"]


def test_a_correction_of_an_old_version_is_refused(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    path = f"/api/v1/entries/{sent['id']}"
    phone.send("POST", "/api/v1/entries", sent)
    etag = phone.request("GET", path)["ETag"]
    assert phone.send("PATCH", path, {"note": "one"}, **{"If-Match": etag})[0] == 200
    assert phone.send("PATCH", path, {"note": "two"}, **{"If-Match": etag})[0] == 412
    assert phone.send("DELETE", path, **{"If-Match": '"nonsense"'})[0] == 412
    assert phone.send("GET", path)[1]["note"] == "one"


def test_a_withdrawn_entry_is_gone_for_the_patient_and_kept_for_the_record(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    assert phone.send("DELETE", f"/api/v1/entries/{sent['id']}") == (204, None)
    assert phone.send("GET", f"/api/v1/entries/{sent['id']}")[0] == 404
    assert Entry.objects.get().deleted_at is not None
    assert Flag.objects.get().status == "superseded"


def test_a_list_comes_in_pages_by_local_date(phone: Phone) -> None:
    now = timezone.now()
    for days in range(60):
        phone.log(recorded_at=(now - timedelta(days=days)).isoformat(), timezone="UTC", pains=[])
    status, page = phone.send("GET", "/api/v1/entries")
    assert (status, len(page["results"]), page["previous"]) == (200, 50, None)
    _, rest = phone.send("GET", page["next"])
    dates = [one["local_date"] for one in page["results"] + rest["results"]]
    assert len(dates) == 60
    assert dates == sorted(dates, reverse=True)
    first, last = dates[10], dates[5]
    _, some = phone.send("GET", f"/api/v1/entries?from={first}&to={last}")
    assert [one["local_date"] for one in some["results"]] == dates[5:11]
    assert phone.send("GET", "/api/v1/entries?from=soon")[0] == 422
    for cursor in ("zzz", "A" * 5000, "AA==", "eD0x"):  # the last one says `x=1`
        status, answer = phone.send("GET", f"/api/v1/entries?cursor={cursor}")
        assert (status, answer["errors"][0]["pointer"]) == (422, "/cursor")


def test_each_write_raises_the_revision_by_one_and_is_recorded(phone: Phone, patient: Patient) -> None:
    before = patient.revision
    _, first = phone.log(**SUDDEN)
    _, second = phone.log(pains=[])
    assert [first["entry"]["revision"], second["entry"]["revision"]] == [before + 1, before + 2]
    change = Change.objects.latest("id")
    assert (change.revision, change.verb, change.by) == (before + 2, "entry.recorded", patient.user)


def test_a_flag_is_marked_as_seen_once(phone: Phone) -> None:
    _, answer = phone.log(**SUDDEN)
    path = f"/api/v1/flags/{answer['flags'][0]['id']}/seen"
    assert phone.send("POST", path)[0] == 200
    first = Flag.objects.get().seen_at
    phone.send("POST", path)
    assert first is not None
    assert Flag.objects.get().seen_at == first


@pytest.mark.parametrize("broken", ["find", "evaluate"])
def test_a_crash_of_one_rule_or_of_all_keeps_the_entry_and_tells_the_team(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def crash(*_: object, **__: object) -> Any:
        raise ZeroDivisionError

    if broken == "find":
        rule = replace(engine.BY_PATTERN["sudden-back-pain"], find=crash, needs=())
        monkeypatch.setattr(engine, "_Run", _with(engine, rule))
    else:
        monkeypatch.setattr(engine, "evaluate", crash)
    status, answer = phone.log(**SUDDEN, neuro=[{"symptom": "saddle_numbness", "site": "saddle"}])
    patterns = {flag["pattern"] for flag in answer["flags"]}
    assert status == 201
    assert "could-not-be-evaluated" in patterns
    assert ("cauda-equina" in patterns) == (broken == "find")
    assert answer["advice"]
    assert Entry.objects.count() == 1


def test_a_rule_that_starts_to_crash_takes_no_flag_away(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.log(**SUDDEN)

    def crash(*_: object, **__: object) -> Any:
        raise ZeroDivisionError

    rule = replace(engine.BY_PATTERN["sudden-back-pain"], find=crash, needs=())
    monkeypatch.setattr(engine, "_Run", _with(engine, rule))
    phone.log(pains=[])
    status = dict(Flag.objects.values_list("pattern", "status"))
    assert status["sudden-back-pain"] == "open"
    assert status["could-not-be-evaluated"] == "open"


def _with(module: Any, rule: Rule) -> Callable[..., Any]:
    """The engine's run with one rule exchanged."""
    run = module._Run

    def exchanged(history: Any, actions: Any, rules: Any, **rest: Any) -> Any:
        return run(history, actions, [rule if one.pattern == rule.pattern else one for one in rules], **rest)

    return exchanged


def test_the_number_of_queries_does_not_grow_with_the_history(
    phone: Phone, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    for days in range(30, 0, -1):
        phone.log(recorded_at=(now - timedelta(days=days)).isoformat(), **SUDDEN)
    with django_assert_max_num_queries(25):
        phone.log(**SUDDEN)
    with django_assert_max_num_queries(8):
        phone.send("GET", "/api/v1/entries")


def test_a_change_that_changes_nothing_makes_no_version(phone: Phone) -> None:
    """The reply was lost, and the same change is sent again."""
    sent = entry(sleep=3)
    phone.send("POST", "/api/v1/entries", sent)
    path = f"/api/v1/entries/{sent['id']}"
    first = phone.send("PATCH", path, {"sleep": 4})
    assert phone.send("PATCH", path, {"sleep": 4}) == phone.send("PATCH", path, {}) == first
    assert (first[1]["entry"]["version"], EntryVersion.objects.count()) == (2, 1)


def test_a_time_out_of_reach_is_told_beside_whatever_else_is_wrong(phone: Phone) -> None:
    sent = {**entry(stars=5), "recorded_at": "2020-01-10T09:30:00+01:00"}
    status, problem = phone.send("POST", "/api/v1/entries", sent)
    assert (status, problem["type"]) == (422, "/problems/not-valid")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/recorded_at", "not-in-time"),
        ("/stars", "extra-forbidden"),
    }
    del sent["stars"]
    assert phone.send("POST", "/api/v1/entries", sent)[1]["type"] == "/problems/not-in-time"


def test_a_repeat_is_answered_as_before_when_its_time_is_long_over(phone: Phone) -> None:
    sent = entry(recorded_at=(timezone.now() - timedelta(days=399)).isoformat(), sleep=3)
    first = phone.send("POST", "/api/v1/entries", sent)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert phone.send("POST", "/api/v1/entries", sent) == (200, first[1])
        assert phone.send("POST", "/api/v1/entries", {**sent, "id": str(uuid.uuid4())})[0] == 422

""" "Same as yesterday": one short request, stored as a whole entry."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone as clock

from journal.models import Entry
from tests.api.phone import Phone, entry, pain

pytestmark = pytest.mark.django_db

USUAL: dict[str, Any] = {
    "pains": [pain("lumbar", 4, worse_with=["standing"])],
    "neuro": [],
    "falls": [],
    "activity": [{"type": "walking", "minutes": 20}],
    "medications": ["paracetamol"],
    "sleep": 6,
}


@pytest.fixture
def yesterday(phone: Phone) -> dict[str, Any]:
    sent = entry(recorded_at=(clock.now() - timedelta(days=1)).isoformat(), **USUAL)
    assert phone.send("POST", "/api/v1/entries", sent)[0] == 201
    return sent


def same(as_id: object, **more: Any) -> dict[str, Any]:
    return {**entry(), "same_as": str(as_id), **more}


def test_the_whole_report_is_stored_again(phone: Phone, yesterday: dict[str, Any]) -> None:
    sent = same(yesterday["id"])
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    assert status == 201
    assert {name: answer["entry"][name] for name in USUAL} == USUAL
    assert answer["entry"]["id"] == sent["id"]
    assert answer["entry"]["local_date"] > yesterday["recorded_at"][:10]
    assert "same_as" not in answer["entry"]
    stored = Entry.objects.get(client_id=sent["id"])
    assert stored.report == Entry.objects.get(client_id=yesterday["id"]).report


def test_the_rules_judge_it_like_any_other(phone: Phone) -> None:
    sent = entry(
        recorded_at=(clock.now() - timedelta(days=1)).isoformat(),
        pains=[pain("lumbar", 8, onset="sudden")],
    )
    _, first = phone.send("POST", "/api/v1/entries", sent)
    _, second = phone.send("POST", "/api/v1/entries", same(sent["id"]))
    assert second["advice"] == first["advice"] is not None


def test_what_belongs_to_its_day_is_not_repeated(phone: Phone) -> None:
    day = entry(
        **{**USUAL, "falls": [{"kind": "fall", "injury": False}], "height_cm": 160.5, "note": "by the sea"}
    )
    phone.send("POST", "/api/v1/entries", day)
    _, answer = phone.send("POST", "/api/v1/entries", same(day["id"]))
    assert not {"falls", "height_cm", "note"} & answer["entry"].keys()
    assert answer["entry"]["pains"] == USUAL["pains"]


def test_the_same_request_again_is_the_same_answer_whatever_became_of_yesterday(
    phone: Phone, yesterday: dict[str, Any]
) -> None:
    sent = same(yesterday["id"])
    _, first = phone.send("POST", "/api/v1/entries", sent)
    assert phone.send("POST", "/api/v1/entries", sent) == (200, first)
    phone.send("PATCH", f"/api/v1/entries/{yesterday['id']}", {"sleep": 2})
    assert phone.send("POST", "/api/v1/entries", sent) == (200, first)
    phone.send("PATCH", f"/api/v1/entries/{sent['id']}", {"sleep": 9})
    assert phone.send("POST", "/api/v1/entries", sent) == (200, first)
    phone.send("DELETE", f"/api/v1/entries/{yesterday['id']}")
    assert phone.send("POST", "/api/v1/entries", sent) == (200, first)


def test_an_id_used_for_something_else_is_a_conflict(phone: Phone, yesterday: dict[str, Any]) -> None:
    other = entry(pains=[])
    phone.send("POST", "/api/v1/entries", other)
    again = {**other, "same_as": yesterday["id"]}
    del again["pains"]
    assert phone.send("POST", "/api/v1/entries", again)[0] == 409
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("of_whom", ["nobody", "withdrawn", "another patient"])
def test_an_entry_that_is_not_there_is_not_found(
    phone: Phone, yesterday: dict[str, Any], of_whom: str, invite: Callable[..., str]
) -> None:
    named: object = yesterday["id"]
    asking = phone
    if of_whom == "nobody":
        named = uuid.uuid4()
    elif of_whom == "withdrawn":
        phone.send("DELETE", f"/api/v1/entries/{named}")
    else:
        asking = Phone()
        asking.sign_up(invite(age=70))
    before = Entry.objects.count()
    status, problem = asking.send("POST", "/api/v1/entries", same(named))
    assert (status, problem["status"]) == (404, 404)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("beside", [{"sleep": 3}, {"pains": []}, {"note": None}])
def test_an_answer_beside_it_is_refused(
    phone: Phone, yesterday: dict[str, Any], beside: dict[str, Any]
) -> None:
    assert phone.send("POST", "/api/v1/entries", same(yesterday["id"], **beside))[0] == 422


@pytest.mark.parametrize("wrong", ["yesterday", 3, True])
def test_no_id_is_refused(phone: Phone, wrong: object) -> None:
    assert phone.send("POST", "/api/v1/entries", {**entry(), "same_as": wrong})[0] == 422


def test_an_entry_cannot_become_the_same_as_another(phone: Phone, yesterday: dict[str, Any]) -> None:
    other = entry(pains=[])
    phone.send("POST", "/api/v1/entries", other)
    status, _ = phone.send("PATCH", f"/api/v1/entries/{other['id']}", {"same_as": yesterday["id"]})
    assert status == 422

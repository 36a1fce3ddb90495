"""What a patient can see of a flag beside its advice: since when, on what, and where the rule comes from."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.content import engine
from journal.models import Entry, Flag
from tests.api.phone import Phone, entry, pain

pytestmark = pytest.mark.django_db

USUAL: dict[str, Any] = {"pains": [pain("lumbar", 2)]}
SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}


def say(phone: Phone, days_ago: int, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    at = timezone.now() - timedelta(days=days_ago)
    sent = entry(recorded_at=at.isoformat(), **said)
    status, answer = phone.send("POST", "/api/v1/entries", sent)
    assert status == 201
    return sent["id"], answer


def test_a_flag_says_since_when_on_what_and_why_there_is_such_a_rule(phone: Phone) -> None:
    for back in (9, 8, 7):
        say(phone, back, USUAL)
    first, answer = say(phone, 2, SUDDEN)
    told = answer["flags"][0]
    assert told["first_day"] == told["last_day"] == told["day"]
    assert told["met_again"] == []
    second, _ = say(phone, 0, SUDDEN)
    [flag] = phone.send("GET", "/api/v1/flags")[1]["results"]
    again = Entry.objects.get(client_id=second).local_date.isoformat()
    assert (flag["first_day"], flag["last_day"], flag["met_again"]) == (told["day"], again, [again])
    assert flag["evidence"] == [
        {"day": told["day"], "entry_ids": [first]},
        {"day": again, "entry_ids": [second]},
    ]
    rule = engine.BY_PATTERN["sudden-back-pain"]
    assert flag["rule_version"] == rule.version
    assert [one["text"] for one in flag["sources"]] == [one.text for one in rule.sources]
    assert {one["basis"] for one in flag["sources"]} == {"read", "own design"}


def test_the_baseline_is_there_as_a_number_and_in_words(phone: Phone) -> None:
    for back in (9, 8, 7):
        say(phone, back, USUAL)
    _, answer = say(phone, 0, SUDDEN)
    numbers = {one["key"]: one for one in answer["flags"][0]["numbers"]}
    assert numbers["baseline"] == {
        "key": "baseline",
        "label": "Usual level (median of the last answered days)",
        "value": 2,
        "text": "2 of 10",
    }
    assert (numbers["severity"]["value"], numbers["baseline_days"]["value"]) == (8, 3)


def test_an_answer_from_before_all_this_was_kept_still_reads(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    phone.send("POST", "/api/v1/entries", sent)
    row = Entry.objects.get()
    for name in ("rule_version", "days_met", "evidence", "numbers"):
        del row.outcome["flags"][0][name]
    row.save()
    [flag] = phone.send("POST", "/api/v1/entries", sent)[1]["flags"]
    assert (flag["rule_version"], flag["first_day"], flag["evidence"], flag["numbers"]) == (
        None,
        flag["day"],
        [],
        [],
    )


def test_a_fault_of_the_server_has_no_source(phone: Phone) -> None:
    phone.send("POST", "/api/v1/entries", entry(**SUDDEN))
    Flag.objects.update(pattern="could-not-be-evaluated")
    [flag] = phone.send("GET", "/api/v1/flags")[1]["results"]
    assert flag["sources"] == []

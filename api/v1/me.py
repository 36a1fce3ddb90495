"""`/me`: the patient's own account."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.zones import Zone
from journal.accounts.models import Patient
from journal.actions import consents, patients
from reminders.actions import reminders


class ClinicOut(BaseModel):
    """The clinic that looks after the patient."""

    name: str
    phone: str
    emergency_number: str = Field(description="The number to call in an emergency, where the clinic is.")


class MeOut(BaseModel):
    """What the app needs to know of its patient."""

    name: str
    email: str
    born: date | None
    timezone: str = Field(description="The home zone: reminders follow it.")
    language: str
    revision: int
    clinic: ClinicOut
    consents_due: list[str] = Field(
        description="Purposes of which a newer text counts than the one agreed to: please ask (/me/consents)."
    )


class MeChange(BaseModel):
    """What a patient may change by themselves."""

    model_config = ConfigDict(extra="forbid", strict=True)

    timezone: Zone | None = Field(default=None, description="IANA zone; reminders follow at once.")
    language: Annotated[str, Field(pattern="^(en|es)$")] | None = None


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


NO_TOKEN = {401: OpenApiResponse(Problem, description="No valid session token.")}


class MeView(APIView):
    """The patient's own account."""

    @extend_schema(operation_id="me_retrieve", responses={200: MeOut, **NO_TOKEN})
    def get(self, request: Request) -> Response:
        """Name, zone, language, clinic."""
        return Response(shown(patient_of(request)).model_dump(mode="json"))

    @extend_schema(
        operation_id="me_update",
        request=MeChange,
        responses={
            200: MeOut,
            400: OpenApiResponse(Problem, description="Not valid JSON."),
            **NO_TOKEN,
            422: OpenApiResponse(Problem, description="Not a known zone or language."),
        },
    )
    def patch(self, request: Request) -> Response:
        """Changes zone or language."""
        sent = MeChange.model_validate(request.data)
        by, at = user_of(request), clock.now()
        with transaction.atomic():
            patient = patients.settle(
                by=by, at=at, patient=patient_of(request), timezone=sent.timezone, language=sent.language
            )
            if sent.timezone is not None:
                reminders.move(by=by, at=at, patient=patient, timezone=ZoneInfo(sent.timezone))
        return Response(shown(patient).model_dump(mode="json"))

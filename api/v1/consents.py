"""`/me/consents`: what the patient agreed to, agrees to now, or takes back."""

from datetime import datetime
from typing import Literal

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from journal.accounts.models import Patient
from journal.actions import consents
from journal.actions.consents import Standing
from journal.content.consents import REMINDERS

Code = Literal["journal", "reminders"]
PURPOSES = "journal: that the clinic keeps and reads what is logged. reminders: that the app reminds."


class ConsentOut(BaseModel):
    """One purpose: its present text, and how the patient stands to it."""

    purpose: Code = Field(description=PURPOSES)
    title: str = Field(description="In a few words.")
    text: str = Field(description="What is agreed to, in the present version.")
    current_version: str = Field(description="The version that counts now.")
    version: str | None = Field(description="The version that the patient agreed to last; null: none so far.")
    given_at: datetime | None = Field(description="When that version was agreed to.")
    withdrawn_at: datetime | None = Field(description="When it was taken back; null: it counts.")
    due: bool = Field(description="A newer version counts than the one agreed to: please ask again.")


class ConsentsOut(BaseModel):
    """Every purpose."""

    consents: list[ConsentOut] = Field(description="One for each purpose.")


class ConsentWish(BaseModel):
    """To agree, or to take back; what is taken back stops at once."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: Code = Field(description=PURPOSES)
    given: bool = Field(description="True to agree, false to take back.")
    version: str | None = Field(default=None, description="The version that was shown. Needed to agree.")


def _shown(standing: Standing, language: str) -> ConsentOut:
    words, latest = standing.purpose.said_in(language), standing.consent
    return ConsentOut.model_validate(
        {
            "purpose": standing.purpose.code,
            "title": words.title,
            "text": words.text,
            "current_version": standing.purpose.version,
            "version": latest.version if latest else None,
            "given_at": latest.given_at if latest else None,
            "withdrawn_at": latest.withdrawn_at if latest else None,
            "due": standing.due,
        }
    )


def _answer(request: Request, patient: Patient) -> Response:
    language = language_of(request)
    shown = [_shown(standing, language) for standing in consents.standing(patient)]
    body = ConsentsOut(consents=shown).model_dump(mode="json")
    return Response(body, headers={"Content-Language": language})


class ConsentsView(APIView):
    """What the patient agreed to."""

    @extend_schema(
        operation_id="me_consents_list",
        parameters=[ACCEPT_LANGUAGE],
        responses={200: ConsentsOut},
    )
    def get(self, request: Request) -> Response:
        """Every purpose, with the text that counts now."""
        return _answer(request, patient_of(request))

    @extend_schema(
        operation_id="me_consents_change",
        parameters=[ACCEPT_LANGUAGE],
        request=ConsentWish,
        examples=[
            OpenApiExample(
                "Agree to reminders",
                request_only=True,
                value={"purpose": "reminders", "given": True, "version": REMINDERS.version},
            ),
        ],
        responses={
            200: ConsentsOut,
            422: OpenApiResponse(Problem, description="Not a purpose, or not the version that counts now."),
        },
    )
    def post(self, request: Request) -> Response:
        """Agrees to the present version of one purpose, or takes the consent back. Either may be repeated."""
        wish = ConsentWish.model_validate(request.data)
        patient, by, at = patient_of(request), user_of(request), clock.now()
        if wish.given:
            consents.give(by=by, at=at, patient=patient, purpose=wish.purpose, version=wish.version or "")
        else:
            consents.withdraw(by=by, at=at, patient=patient, purpose=wish.purpose)
        return _answer(request, patient)

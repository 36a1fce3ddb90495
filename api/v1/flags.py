"""`/flags`: what the rules noticed, and the patient's "I have read it"."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import Page, page_of
from journal.actions import flags
from journal.actions.entries import snapshot
from journal.content import texts
from journal.content.rule import Urgency
from journal.content.wording import stored
from journal.models import Flag

Status = Literal["open", "acknowledged", "resolved", "superseded"]


class FlagOut(BaseModel):
    """One red flag, in words for the patient."""

    id: UUID
    pattern: str = Field(description="Stable id of the rule.", examples=["sudden-back-pain"])
    urgency: Urgency = Field(description="How soon somebody must act.")
    status: Status
    day: date = Field(description="The patient's local day on which the condition held.")
    raised_at: datetime
    title: str
    why: str = Field(description="One plain sentence: what in the entries raised it.")
    advice: str = Field(description="What to do now.")
    entry_ids: list[UUID] = Field(description="The entries that were evidence.")


class FlagPage(Page[FlagOut]):
    """One page of flags."""


def with_texts(flag: dict[str, Any], language: str) -> dict[str, Any]:
    """A flag's snapshot in words of that language; snapshots from before there were others stay English."""
    said = stored(flag.get("why_params", []))
    text = texts.text(flag["pattern"], language)
    other = texts.why(flag["pattern"], said, language) if language != texts.FIRST else None
    shown = {name: value for name, value in flag.items() if name != "why_params"}
    return {**shown, "why": other or flag["why"], "title": text.title, "advice": text.advice}


# What the list doesn't show: most of a flag's bytes, and all but two of its JSON documents.
FOR_CLINICIANS = ("met", "covered", "arms", "numbers", "why_clinician")


class Wanted(BaseModel):
    """The filter of the list."""

    status: Status | None = None


NO_TOKEN = {401: OpenApiResponse(Problem, description="No valid session token.")}


class FlagsView(APIView):
    """The patient's own flags."""

    @extend_schema(
        operation_id="flags_list",
        parameters=[
            OpenApiParameter("status", str, enum=["open", "acknowledged", "resolved", "superseded"]),
            ACCEPT_LANGUAGE,
            OpenApiParameter("cursor", str, description="From `next` or `previous` of an earlier page."),
        ],
        responses={200: FlagPage, **NO_TOKEN, 422: OpenApiResponse(Problem, description="Unknown status.")},
    )
    def get(self, request: Request) -> Response:
        """The latest first, 50 a page. No flag never means that all is well."""
        wanted = Wanted.model_validate(request.query_params.dict())
        found = Flag.objects.filter(patient=patient_of(request)).defer(*FOR_CLINICIANS)
        if wanted.status:
            found = found.filter(status=wanted.status)
        page, rows = page_of(request, self, found, ("-raised_at", "-id"))
        language = language_of(request)
        answer = page([with_texts(snapshot(flag), language) for flag in rows])
        answer.headers["Content-Language"] = language
        return answer


class FlagSeenView(APIView):
    """The patient has read the advice."""

    @extend_schema(
        operation_id="flags_seen",
        request=None,
        parameters=[ACCEPT_LANGUAGE],
        responses={200: FlagOut, **NO_TOKEN, 404: OpenApiResponse(Problem, description="No such flag.")},
    )
    def post(self, request: Request, flag_id: UUID) -> Response:
        """Records the first time; again is harmless."""
        flag = Flag.objects.get(patient=patient_of(request), pk=flag_id)
        seen = flags.mark_seen(by=user_of(request), at=clock.now(), flag=flag)
        language = language_of(request)
        body = with_texts(snapshot(seen), language)
        return Response(body, headers={"Content-Language": language})

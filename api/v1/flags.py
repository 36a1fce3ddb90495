"""`/flags`: what the rules noticed, and the patient's "I have read it"."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import patient_of, user_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import Paged, query_of
from journal.actions import flags
from journal.actions.entries import snapshot
from journal.content import texts
from journal.content.rule import Urgency
from journal.content.wording import stored
from journal.models import Flag

Status = Literal["open", "acknowledged", "resolved", "superseded"]


STATUSES = (
    "open: nobody at the clinic has looked yet. acknowledged: somebody is dealing with it. "
    "resolved: dealt with. superseded: later entries changed what was known."
)


class FlagOut(BaseModel):
    """One red flag, in words for the patient."""

    id: UUID = Field(description="Stable.")
    pattern: str = Field(description="Stable id of the rule.", examples=["sudden-back-pain"])
    urgency: Urgency = Field(description="How soon somebody must act.")
    status: Status = Field(description=STATUSES)
    day: date = Field(description="The patient's local day on which the condition held.")
    raised_at: datetime = Field(description="When it was raised, in UTC.")
    title: str = Field(description="One line to head it with.")
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


class Wanted(Paged):
    """The filter of the list."""

    status: Status | None = None


class FlagsView(APIView):
    """The patient's own flags."""

    @extend_schema(
        operation_id="flags_list",
        parameters=[
            OpenApiParameter(
                "status",
                str,
                enum=["open", "acknowledged", "resolved", "superseded"],
                description="Flags in this state alone; all of them when left out.",
            ),
            ACCEPT_LANGUAGE,
            CURSOR,
        ],
        responses={200: FlagPage},
    )
    def get(self, request: Request) -> Response:
        """The latest first, 50 a page. No flag never means that all is well."""
        wanted = query_of(request, Wanted)
        found = Flag.objects.filter(patient=patient_of(request))
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
        responses={200: FlagOut},
    )
    def post(self, request: Request, flag_id: UUID) -> Response:
        """Records the first time; again is harmless."""
        flag = Flag.objects.get(patient=patient_of(request), pk=flag_id)
        seen = flags.mark_seen(by=user_of(request), at=clock.now(), flag=flag)
        language = language_of(request)
        body = with_texts(snapshot(seen), language)
        return Response(body, headers={"Content-Language": language})

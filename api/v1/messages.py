"""`/messages`: what the clinic sent to the patient."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.edits import nothing_in
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import Paged, query_of
from journal.actions import messages
from journal.content.messages import TEMPLATES
from journal.models import Message


class MessageOut(BaseModel):
    """One message, in words of the language asked for."""

    id: UUID = Field(description="Stable.")
    code: str = Field(description="Stable; which message it is.", examples=["please-call"])
    title: str = Field(description="Its heading.")
    body: str = Field(description="Its text, in plain words.")
    by: str = Field(description="Who sent it; empty when the account has no name.")
    at: datetime = Field(description="When it was sent, with offset.")
    read_at: datetime | None = Field(description="When the patient confirmed having read it.")


class MessagePage(Page[MessageOut]):
    """One page of messages."""


def shown(message: Message, language: str) -> MessageOut:
    text = TEMPLATES[message.template].in_language(language)
    return MessageOut(
        id=message.pk,
        code=message.template,
        title=text.title,
        body=text.body,
        by=message.by.get_full_name(),
        at=message.at,
        read_at=message.read_at,
    )


class MessagesView(APIView):
    """The patient's inbox."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="messages_list", parameters=[ACCEPT_LANGUAGE, CURSOR], responses={200: MessagePage}
    )
    def get(self, request: Request) -> Response:
        """The latest first, 50 a page."""
        query_of(request, Paged)
        found = Message.objects.filter(patient=patient_of(request)).select_related("by")
        page, rows = page_of(request, self, found, ("-at", "-id"))
        language = language_of(request)
        answer = page([shown(one, language).model_dump(mode="json") for one in rows])
        answer.headers["Content-Language"] = language
        return answer


class MessageReadView(APIView):
    """The patient has read a message."""

    @extend_schema(
        operation_id="messages_read",
        request=None,
        parameters=[ACCEPT_LANGUAGE],
        responses={200: MessageOut, 404: OpenApiResponse(Problem, description="No message of this patient.")},
    )
    def post(self, request: Request, message_id: UUID) -> Response:
        """Records the first time; again is harmless."""
        nothing_in(request)
        found = Message.objects.select_related("by").get(patient=patient_of(request), pk=message_id)
        read = messages.mark_read(by=user_of(request), at=clock.now(), message=found)
        language = language_of(request)
        body = shown(read, language).model_dump(mode="json")
        return Response(body, headers={"Content-Language": language})

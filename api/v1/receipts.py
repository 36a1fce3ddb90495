"""`/receipts`: the app says that a message arrived, or was opened."""

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of
from api.v1.devices import session_of
from reminders.actions import deliveries


class ReceiptIn(BaseModel):
    """What became of one message on this phone."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[UUID, Field(strict=False)] = Field(
        description="What the message is about: the `id` in a push, or an occurrence's id."
    )
    channel: Literal["push", "inbox"] = Field(description="The way by which it came.")
    receipt: Literal["delivered", "opened"] = Field(
        description="delivered: it is on the phone. opened: the patient touched it, so it was delivered."
    )


class ReceiptsView(APIView):
    """Receipts."""

    @extend_schema(
        operation_id="receipts_create",
        request=ReceiptIn,
        examples=[
            OpenApiExample(
                "Opened in the app's inbox",
                request_only=True,
                value={
                    "id": "e3e70682-c209-4cac-a29f-6fbed82c07cd",
                    "channel": "inbox",
                    "receipt": "opened",
                },
            ),
        ],
        responses={
            204: OpenApiResponse(description="Recorded."),
            404: OpenApiResponse(Problem, description="Nothing about this was sent to the patient."),
        },
    )
    def post(self, request: Request) -> Response:
        """Records the first time; again is harmless. Done, skip and snooze need no receipt of their own."""
        sent = ReceiptIn.model_validate(request.data)
        deliveries.received(
            at=clock.now(),
            patient=patient_of(request),
            subject=sent.id,
            channel=sent.channel,
            opened=sent.receipt == "opened",
            session_key=session_of(request),
        )
        return Response(status=204)

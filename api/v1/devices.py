"""`/devices`: the phones that may be pushed to, and what an app needs in order to subscribe."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.pages import Page, page_of
from journal.sync import strict_json
from reminders.actions import devices
from reminders.channels import webpush
from reminders.models import Device

Kind = Literal["fcm", "webpush"]


class Keys(BaseModel):
    """The phone's keys of a subscription, base64url."""

    model_config = ConfigDict(extra="ignore", strict=True)

    p256dh: Annotated[str, Field(max_length=200)]
    auth: Annotated[str, Field(max_length=200)]


class Subscription(BaseModel):
    """A PushSubscription as `JSON.stringify` gives it; `expirationTime` is not needed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    endpoint: Annotated[str, Field(max_length=2048)]
    keys: Keys


class DeviceIn(BaseModel):
    """This phone's push token."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    token: Subscription | Annotated[str, Field(min_length=20, max_length=4096, pattern=r"^[\x21-\x7e]+$")] = (
        Field(description="FCM: the registration token. Web Push: the PushSubscription, also as JSON text.")
    )
    label: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f]*$")] = Field(
        default="", description="What the patient calls this phone.", examples=["My phone"]
    )

    @field_validator("token", mode="before")
    @classmethod
    def _opened(cls, token: object) -> object:
        """A subscription as text is read with the same care as the body."""
        if isinstance(token, str) and token.startswith("{"):
            try:
                return strict_json.loads(token)
            except ValueError as error:
                raise ValueError("not a PushSubscription as JSON") from error
        return token

    @model_validator(mode="after")
    def _fits(self) -> "DeviceIn":
        if (self.kind == "webpush") != isinstance(self.token, Subscription):
            raise ValueError("the token is text for fcm, and a PushSubscription for webpush")
        return self


class DeviceOut(BaseModel):
    """One phone. Its token is never told again."""

    id: UUID
    kind: Kind
    label: str
    registered_at: datetime
    seen_at: datetime = Field(description="When the app last registered this token.")
    current: bool = Field(description="Whether it belongs to the session that asks.")


class DevicePage(Page[DeviceOut]):
    """One page of phones."""


class WebPushOut(BaseModel):
    """Web Push, also for UnifiedPush."""

    available: bool
    public_key: str = Field(description="`applicationServerKey`, base64url; empty when not available.")


class FcmOut(BaseModel):
    """Firebase Cloud Messaging."""

    available: bool


class PushOut(BaseModel):
    """Which kinds of push this server can send. Tokens of the others are kept and not used."""

    webpush: WebPushOut
    fcm: FcmOut


NO_TOKEN = {401: OpenApiResponse(Problem, description="No valid session token.")}


def shown(device: Device, session_key: str) -> dict[str, Any]:
    """One phone as JSON."""
    return {
        "id": str(device.pk),
        "kind": device.kind,
        "label": device.label,
        "registered_at": device.registered_at.isoformat(),
        "seen_at": device.seen_at.isoformat(),
        "current": device.session_key == session_key,
    }


def session_of(request: Request) -> str:
    """The key of the session that asks: a device ends with it."""
    session = cast(SessionBase, request.auth)
    return session.session_key or ""


class DevicesView(APIView):
    """The patient's phones."""

    @extend_schema(
        operation_id="devices_list",
        parameters=[OpenApiParameter("cursor", str, description="From `next` or `previous` of a page.")],
        responses={200: DevicePage, **NO_TOKEN, 422: OpenApiResponse(Problem, description="No such cursor.")},
    )
    def get(self, request: Request) -> Response:
        """Those that are signed in, the newest first."""
        patient, session = patient_of(request), session_of(request)
        here = devices.present(patient, by=user_of(request), at=clock.now())
        found = Device.objects.filter(pk__in=[device.pk for device in here])
        page, rows = page_of(request, self, found, ("-registered_at", "-id"))
        return page([shown(device, session) for device in rows])

    @extend_schema(
        operation_id="devices_create",
        request=DeviceIn,
        responses={
            200: DeviceOut,
            201: DeviceOut,
            **NO_TOKEN,
            400: OpenApiResponse(Problem, description="Not JSON, or JSON that could be read in two ways."),
            409: OpenApiResponse(Problem, description="No room for one more."),
            422: OpenApiResponse(Problem, description="No token that can be used, and which part of it."),
        },
    )
    def post(self, request: Request) -> Response:
        """Registers this phone: after every sign-in, and whenever its token changes. The same token again
        answers 200 with the same device. It ends with this session; on a phone where somebody else signs in
        it is theirs."""
        sent = DeviceIn.model_validate(request.data)
        token = sent.token.model_dump() if isinstance(sent.token, Subscription) else sent.token
        device, new = devices.register(
            by=user_of(request),
            at=clock.now(),
            patient=patient_of(request),
            kind=sent.kind,
            token=token,
            label=sent.label,
            session_key=session_of(request),
        )
        return Response(shown(device, session_of(request)), status=201 if new else 200)


class DeviceView(APIView):
    """One phone."""

    @extend_schema(
        operation_id="devices_destroy",
        responses={
            204: None,
            **NO_TOKEN,
            404: OpenApiResponse(Problem, description="The patient has no such device."),
        },
    )
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Nothing more is pushed there."""
        found = Device.objects.present().select_related("patient")
        device = found.get(patient=patient_of(request), pk=device_id)
        devices.remove(by=user_of(request), at=clock.now(), device=device)
        return Response(status=204)


class PushView(APIView):
    """How to subscribe."""

    @extend_schema(operation_id="push_retrieve", responses={200: PushOut, **NO_TOKEN})
    def get(self, request: Request) -> Response:
        """What an app needs before it asks its system for a push token."""
        key = webpush.public_key()
        return Response(
            {
                "webpush": {"available": bool(key), "public_key": key},
                "fcm": {"available": bool(settings.FCM_CREDENTIALS)},
            }
        )

"""`/devices`: the phones that may be pushed to, and what an app needs in order to subscribe."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import Paged, query_of
from journal.sync import strict_json
from reminders.actions import devices
from reminders.channels import webpush
from reminders.models import Device
from reminders.models.devices import fingerprint

Kind = Literal["fcm", "webpush"]
AVAILABLE = "Whether this server is set up to send it."
KINDS = "fcm: Firebase Cloud Messaging. webpush: Web Push, also UnifiedPush."


class Keys(BaseModel):
    """The phone's keys of a subscription, base64url."""

    model_config = ConfigDict(extra="ignore", strict=True)

    p256dh: Annotated[str, Field(max_length=200)] = Field(description="A point on the curve P-256.")
    auth: Annotated[str, Field(max_length=200)] = Field(description="The authentication secret, 16 bytes.")


class Subscription(BaseModel):
    """A PushSubscription as `JSON.stringify` gives it; `expirationTime` is not needed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    endpoint: Annotated[str, Field(max_length=2048)] = Field(
        description="An https address of a push service that this server uses."
    )
    keys: Keys = Field(description="With which the content is sealed for this phone alone.")


FcmToken = Annotated[str, Field(min_length=20, max_length=4096, pattern=r"^[\x21-\x7e]+$")]


def _token_of(kind: Kind, token: dict[str, str]) -> dict[str, Any]:
    """In the words of JSON Schema: what a token of this kind is."""
    return {"properties": {"kind": {"const": kind}, "token": token}, "required": ["kind", "token"]}


class DeviceIn(BaseModel):
    """This phone's push token."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "oneOf": [
                _token_of("fcm", {"type": "string", "pattern": "^[^{]"}),
                _token_of("webpush", {"type": "object"}),
                _token_of("webpush", {"type": "string", "pattern": "^[{]"}),
            ]
        },
    )

    kind: Kind = Field(description=KINDS)
    token: Subscription | FcmToken = Field(
        description="FCM: the registration token. Web Push: the PushSubscription, also as JSON text."
    )
    label: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f]*$")] = Field(
        default="", description="What the patient calls this phone.", examples=["My phone"]
    )


class _Fcm(DeviceIn):
    token: FcmToken


class _WebPush(DeviceIn):
    token: Subscription

    @field_validator("token", mode="before")
    @classmethod
    def _opened(cls, token: object) -> object:
        """A subscription as text is read with the same care as the body."""
        if isinstance(token, str):
            try:
                return strict_json.loads(token)
            except ValueError as error:
                raise PydanticCustomError("invalid_token", "This is no PushSubscription as JSON.") from error
        return token


class _OfNoKind(DeviceIn):
    token: Any = None


def _read(sent: Any) -> DeviceIn:
    """By its kind, so that each reason has its place in the body, and none is of the other kind."""
    kinds: dict[object, type[DeviceIn]] = {"fcm": _Fcm, "webpush": _WebPush}
    return next((one for name, one in kinds.items() if name == sent.get("kind")), _OfNoKind).model_validate(
        sent
    )


class DeviceOut(BaseModel):
    """One phone. Its token is never told again."""

    id: UUID = Field(description="Stable.")
    kind: Kind = Field(description=KINDS)
    label: str = Field(description="What the patient calls this phone; may be empty.")
    registered_at: datetime = Field(description="When this token first came, in UTC.")
    seen_at: datetime = Field(description="When the app last registered this token.")
    current: bool = Field(description="Whether it belongs to the session that asks.")


class DevicePage(Page[DeviceOut]):
    """One page of phones."""


class WebPushOut(BaseModel):
    """Web Push, also for UnifiedPush."""

    available: bool = Field(description=AVAILABLE)
    public_key: str = Field(description="`applicationServerKey`, base64url; empty when not available.")


class FcmOut(BaseModel):
    """Firebase Cloud Messaging."""

    available: bool = Field(description=AVAILABLE)


class PushOut(BaseModel):
    """Which kinds of push this server can send. Tokens of the others are kept and not used."""

    webpush: WebPushOut = Field(description="Web Push, and UnifiedPush, which speaks the same.")
    fcm: FcmOut = Field(description="Firebase Cloud Messaging, for phones with Google services.")


# The keys are those of RFC 8291's own example: they belong to nobody.
WEB_PUSH = {
    "kind": "webpush",
    "token": {
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/example",
        "keys": {
            "p256dh": (
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            ),
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "label": "My browser",
}


def shown(device: Device, session_key: str) -> dict[str, Any]:
    """One phone as JSON."""
    return {
        "id": str(device.pk),
        "kind": device.kind,
        "label": device.label,
        "registered_at": device.registered_at.isoformat(),
        "seen_at": device.seen_at.isoformat(),
        "current": device.session_hash == fingerprint(session_key),
    }


def session_of(request: Request) -> str:
    """The key of the session that asks: a device ends with it."""
    session = cast(SessionBase, request.auth)
    return session.session_key or ""


class DevicesView(APIView):
    """The patient's phones."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="devices_list",
        parameters=[CURSOR],
        responses={200: DevicePage},
    )
    def get(self, request: Request) -> Response:
        """Those that are signed in, the newest first."""
        query_of(request, Paged)
        patient, session = patient_of(request), session_of(request)
        here = devices.present(patient, by=user_of(request), at=clock.now())
        found = Device.objects.filter(pk__in=[device.pk for device in here])
        page, rows = page_of(request, self, found, ("-registered_at", "-id"))
        return page([shown(device, session) for device in rows])

    @extend_schema(
        operation_id="devices_create",
        request=DeviceIn,
        examples=[
            OpenApiExample(
                "An Android phone",
                request_only=True,
                value={"kind": "fcm", "token": "dT3nX0qkRjK1vW5z:APA91bHq-example", "label": "My phone"},
            ),
            OpenApiExample("A browser", request_only=True, value=WEB_PUSH),
        ],
        responses={
            200: OpenApiResponse(DeviceOut, description="The device that had this token already."),
            201: OpenApiResponse(DeviceOut, description="A new device."),
            409: OpenApiResponse(Problem, description="`not-possible-now`: no room for one more."),
            422: OpenApiResponse(
                Problem,
                description="`not-valid`, or `invalid-token`: none that can be used, and which part of it.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Registers this phone: after every sign-in, and whenever its token changes. The same token again
        answers 200 with the same device. It ends with this session; on a phone where somebody else signs in
        it is theirs."""
        sent = _read(request.data)
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
            204: OpenApiResponse(description="Removed."),
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

    @extend_schema(operation_id="push_retrieve", responses={200: PushOut})
    def get(self, request: Request) -> Response:
        """What an app needs before it asks its system for a push token."""
        key = webpush.public_key()
        return Response(
            {
                "webpush": {"available": bool(key), "public_key": key},
                "fcm": {"available": bool(settings.FCM_CREDENTIALS)},
            }
        )

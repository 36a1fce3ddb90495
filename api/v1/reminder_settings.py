"""`/reminders/settings` and `/reminders/pause`: what holds for all of a patient's reminders together."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import check_match, digest, tag
from api.moments import LocalDate
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from journal.actions import changes
from reminders.actions import settings
from reminders.models import ReminderSettings

PauseReason = Literal["holiday", "hospital", "other"]
PAUSED_FOR = "For the clinic to understand the gap: holiday, hospital or other."
A_DAY = "Most reminders of one local day, 1 to 20; what has a date or a dose rings beyond it."


class PauseIn(BaseModel):
    """Local days, both included, on which nothing rings; 90 at most."""

    model_config = ConfigDict(extra="forbid", strict=True)

    first: LocalDate = Field(alias="from", description="First local day without reminders.")
    last: LocalDate = Field(alias="until", description="Last local day without reminders, today or later.")
    reason: PauseReason = Field(description=PAUSED_FOR)


class PauseOut(BaseModel):
    """A pause."""

    first: date = Field(alias="from", description="First local day without reminders.")
    last: date = Field(alias="until", description="Last local day without reminders.")
    reason: PauseReason = Field(description=PAUSED_FOR)


class SettingsChange(BaseModel):
    """How many reminders ring on one local day. What has a date or a dose always rings."""

    model_config = ConfigDict(extra="forbid", strict=True)

    a_day: Annotated[int, Field(ge=1, le=20)] = Field(description=A_DAY)


class SettingsOut(BaseModel):
    """What holds for all reminders together."""

    a_day: int = Field(description=A_DAY)
    pause: PauseOut | None = Field(description="The pause that was set last; null when none is.")


def settings_shown(found: ReminderSettings) -> dict[str, Any]:
    """The settings as JSON."""
    pause = None
    if found.paused_from and found.paused_until:
        pause = {
            "from": found.paused_from.isoformat(),
            "until": found.paused_until.isoformat(),
            "reason": found.pause_reason,
        }
    return {"a_day": found.a_day, "pause": pause}


def _state(found: ReminderSettings) -> str:
    """The state that a change replaces."""
    return digest(json.dumps(settings_shown(found)).encode())


def _settings_answer(found: ReminderSettings) -> Response:
    body = settings_shown(found)
    return Response(body, headers={"ETag": tag(_state(found), body)})


class ReminderSettingsView(APIView):
    """What holds for all reminders together."""

    @extend_schema(operation_id="reminder_settings_retrieve", responses={200: SettingsOut})
    def get(self, request: Request) -> Response:
        """How many ring on one day, and the pause, if any."""
        return _settings_answer(settings.of(patient_of(request)))

    @extend_schema(
        operation_id="reminder_settings_update",
        request=SettingsChange,
        examples=[OpenApiExample("Three a day", request_only=True, value={"a_day": 3})],
        parameters=[IF_MATCH],
        responses={200: SettingsOut, **CHANGED},
    )
    def patch(self, request: Request) -> Response:
        """How many ring on one day."""
        sent = SettingsChange.model_validate(request.data)
        by, at = user_of(request), clock.now()
        with changes.locked(patient_of(request)) as locked:
            check_match(request.headers.get("If-Match"), _state(settings.of(locked)))
            return _settings_answer(settings.limit(by=by, at=at, patient=locked, a_day=sent.a_day))


class ReminderPauseView(APIView):
    """A holiday, a stay in hospital."""

    @extend_schema(
        operation_id="reminder_pause_set",
        request=PauseIn,
        examples=[
            OpenApiExample(
                "A week away",
                request_only=True,
                value={"from": "2026-01-12", "until": "2026-01-18", "reason": "holiday"},
            ),
        ],
        responses={200: SettingsOut},
    )
    def put(self, request: Request) -> Response:
        """Nothing rings on these local days, medicines included; another pause replaces this one."""
        sent = PauseIn.model_validate(request.data)
        paused = settings.pause(
            by=user_of(request),
            at=clock.now(),
            patient=patient_of(request),
            first=sent.first,
            last=sent.last,
            reason=sent.reason,
        )
        return _settings_answer(paused)

    @extend_schema(operation_id="reminder_pause_end", responses={200: SettingsOut})
    def delete(self, request: Request) -> Response:
        """Reminders ring again from the next turn on."""
        by, patient = user_of(request), patient_of(request)
        return _settings_answer(settings.resume(by=by, at=clock.now(), patient=patient))

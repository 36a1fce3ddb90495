"""`/occurrences`: each turn of a reminder, what became of it, and what the patient does with it."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.moments import Moment
from api.permissions import patient_of, user_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import SPAN, Span, query_of
from api.v1.reminders import KINDS, NOT_NOW, Kind
from reminders import adherence, wording
from reminders.actions import occurrences
from reminders.models import Occurrence

SkipReason = Literal["pain", "unwell", "no-time", "other"]
Score = Annotated[int, Field(ge=0, le=10)]
STATES = (
    "due: waits for the patient, also once the time to which it was put off has come. held: paused while a "
    "flag holds exercise. done, skipped, snoozed: what the patient said. expired: nobody answered in time."
)


class OccurrenceOut(BaseModel):
    """One turn of a reminder: what the app's inbox shows."""

    id: UUID = Field(description="Stable.")
    reminder: UUID = Field(description="The reminder whose turn it is.")
    kind: Kind = Field(description=KINDS)
    title: str = Field(description="What it says.")
    body: str = Field(
        description="The tip of that day, below the day of a scan or an injection; may be empty."
    )
    item: str = Field(description="Id of the library's item; may be empty.")
    notice: str = Field(description="A second text to show, such as why it comes less often; may be empty.")
    care_item: UUID | None = Field(description="The item of `/care-plan` that it is about.")
    local_date: date = Field(description="The patient's local day.")
    slot: int = Field(description="Which turn of that day: prescribed exercises of a day are one each.")
    due_at: datetime = Field(description="When it rang or rings, with offset.")
    state: Literal["due", "held", "done", "skipped", "snoozed", "expired"] = Field(description=STATES)
    held_by: UUID | None = Field(description="The flag that holds this turn.")
    held_reason: str | None = Field(description="Why it is held, in the patient's words.")
    reason: str = Field(
        description="Of a skip: pain, unwell, no-time, other. Of a hold without a flag: pain-rise, clinic. "
        "Else why it did not ring or ended: cap, late, lifted (was held at its hour), ignored, paused, "
        "consent. May be empty."
    )
    pain_before: Score | None = Field(description="Pain right before, NRS 0 to 10; null when not said.")
    pain_after: Score | None = Field(description="Pain right after, NRS 0 to 10; null when not said.")
    snoozed_until: datetime | None = Field(
        description="When it comes back, or came back last; null unless it was put off and is not answered."
    )
    revision: int = Field(description="The patient's revision of the last change.")


class OccurrencePage(Page[OccurrenceOut]):
    """One page of turns."""


class Snooze(BaseModel):
    """Until when; in 30 minutes when left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    until: Moment | None = Field(
        default=None, description="RFC 3339 with offset, at most 12 hours ahead; in 30 minutes when left out."
    )


class Done(BaseModel):
    """Pain right before and after an exercise, when asked. A rise of 2 or more pauses this exercise."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pain_before: Score | None = Field(default=None, description="0 (none) to 10 (worst).")
    pain_after: Score | None = Field(default=None, description="0 (none) to 10 (worst).")


class Skip(BaseModel):
    """Why not today; may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: SkipReason | None = Field(default=None, description="In the patient's view; null when not said.")


class FiguresOut(BaseModel):
    """Exercise turns of the last `days` local days, today included."""

    days: int = Field(description="Length of the span in local days: 7 or 28.")
    planned: int = Field(description="Turns that were sent and not held; open ones count.")
    done: int = Field(description="Said done, or written into the journal on that day.")
    skipped: dict[str, int] = Field(description="By reason; not-said when none was given.")
    ignored: int = Field(description="Ended without an answer.")
    held: int = Field(description="Turns that a flag or a rise of pain held; never counted as planned.")
    pain_rose: int = Field(description="Turns after which pain had risen by 2 or more.")


class ExerciseFigures(BaseModel):
    """One exercise."""

    care_item: UUID | None = Field(description="The item of `/care-plan`; null for one of the library.")
    item: str = Field(description="Id of the library's item; may be empty.")
    title: str = Field(description="What the exercise is called.")
    spans: list[FiguresOut] = Field(description="The last 7 and the last 28 days.")


class SummaryOut(BaseModel):
    """What became of planned exercise in the last 7 and 28 days."""

    overall: list[FiguresOut] = Field(description="All exercises together: the last 7 and the last 28 days.")
    exercises: list[ExerciseFigures] = Field(description="Each exercise that had a turn in these days.")


def _state(occurrence: Occurrence, at: datetime) -> str:
    """What is stored says snoozed until the patient answers, or the turn is over."""
    came_back = occurrence.snoozed_until is not None and occurrence.snoozed_until <= at
    return Occurrence.State.DUE.value if came_back else occurrence.state


def turn(occurrence: Occurrence, language: str, at: datetime) -> dict[str, Any]:
    """One turn as JSON, as of this moment, in words of that language."""
    said = wording.of(occurrence, language)
    return {
        "id": str(occurrence.pk),
        "reminder": str(occurrence.reminder.client_id),
        "kind": occurrence.reminder.kind,
        "title": said.title,
        "body": said.body,
        "item": occurrence.item,
        "notice": said.notice,
        "care_item": occurrence.care_item_id and str(occurrence.care_item_id),
        "local_date": occurrence.local_date.isoformat(),
        "slot": occurrence.slot,
        "due_at": occurrence.due_at.isoformat(),
        "state": _state(occurrence, at),
        "held_by": occurrence.held_by_id and str(occurrence.held_by_id),
        "held_reason": said.held_reason,
        "reason": occurrence.reason,
        "pain_before": occurrence.pain_before,
        "pain_after": occurrence.pain_after,
        "snoozed_until": occurrence.snoozed_until and occurrence.snoozed_until.isoformat(),
        "revision": occurrence.revision,
    }


class OccurrencesView(APIView):
    """The inbox."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="occurrences_list",
        parameters=[
            *SPAN,
            CURSOR,
            ACCEPT_LANGUAGE,
        ],
        responses={200: OccurrencePage},
    )
    def get(self, request: Request) -> Response:
        """Turns by local date, the latest first, 50 a page."""
        span = query_of(request, Span)
        found = Occurrence.objects.filter(patient=patient_of(request)).select_related("reminder")
        if span.first:
            found = found.filter(local_date__gte=span.first)
        if span.last:
            found = found.filter(local_date__lte=span.last)
        page, rows = page_of(request, self, found, ("-local_date", "-due_at", "-id"))
        language, at = language_of(request), clock.now()
        return page([turn(occurrence, language, at) for occurrence in rows])


class OccurrenceSummaryView(APIView):
    """Adherence."""

    @extend_schema(
        operation_id="occurrences_summary", parameters=[ACCEPT_LANGUAGE], responses={200: SummaryOut}
    )
    def get(self, request: Request) -> Response:
        """What became of planned exercise over 7 and 28 days, together and for each exercise."""
        patient = patient_of(request)
        today = clock.now().astimezone(patient.timezone).date()
        return Response(asdict(adherence.of(patient, today=today, language=language_of(request))))


class _OneOccurrenceView(APIView):
    """One turn of the patient's own."""

    def _turn(self, request: Request, occurrence_id: UUID) -> Occurrence:
        found = Occurrence.objects.select_related("patient", "reminder")
        return found.get(patient=patient_of(request), pk=occurrence_id)


class OccurrenceView(_OneOccurrenceView):
    """One turn."""

    @extend_schema(
        operation_id="occurrences_retrieve",
        parameters=[ACCEPT_LANGUAGE],
        responses={200: OccurrenceOut},
    )
    def get(self, request: Request, occurrence_id: UUID) -> Response:
        """One turn: what a push or a receipt names by its id."""
        found = self._turn(request, occurrence_id)
        return Response(turn(found, language_of(request), clock.now()))


class OccurrenceActionView(_OneOccurrenceView):
    """What the patient did with one turn."""


class OccurrenceDoneView(OccurrenceActionView):
    """Done."""

    @extend_schema(
        operation_id="occurrences_done",
        request=Done,
        examples=[
            OpenApiExample(
                "Done, with a little more pain",
                request_only=True,
                value={"pain_before": 2, "pain_after": 3},
            ),
        ],
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """The patient did it; again is harmless, and with other pain the later word counts."""
        sent = Done.model_validate(request.data or {})
        found = occurrences.done(
            by=user_of(request),
            at=clock.now(),
            occurrence=self._turn(request, occurrence_id),
            pain_before=sent.pain_before,
            pain_after=sent.pain_after,
        )
        return Response(turn(found, language_of(request), clock.now()))


class OccurrenceSkipView(OccurrenceActionView):
    """Skipped."""

    @extend_schema(
        operation_id="occurrences_skip",
        request=Skip,
        examples=[OpenApiExample("No time today", request_only=True, value={"reason": "no-time"})],
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """Not today, and why; again is harmless. Of a turn that was done, it takes back what was told of
        pain, and a pause that followed with it; not so when the reason is pain.
        """
        sent = Skip.model_validate(request.data or {})
        found = occurrences.skip(
            by=user_of(request),
            at=clock.now(),
            occurrence=self._turn(request, occurrence_id),
            reason=sent.reason or "",
        )
        return Response(turn(found, language_of(request), clock.now()))


class OccurrenceSnoozeView(OccurrenceActionView):
    """Put off."""

    @extend_schema(
        operation_id="occurrences_snooze",
        request=Snooze,
        examples=[
            OpenApiExample("Until ten", request_only=True, value={"until": "2026-01-10T10:00:00+00:00"}),
        ],
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """Comes back at `until`, at most 12 hours ahead; in 30 minutes when it is left out."""
        sent = Snooze.model_validate(request.data or {})
        found = occurrences.snooze(
            by=user_of(request),
            at=clock.now(),
            occurrence=self._turn(request, occurrence_id),
            until=sent.until,
        )
        return Response(turn(found, language_of(request), clock.now()))

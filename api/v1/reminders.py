"""`/reminders` and `/occurrences`: when the patient wants to be reminded, and what became of each turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import check_match, tag
from api.errors import Problem
from api.moments import Moment, WallClock
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import SPAN, Paged, Span, query_of
from api.zones import Zone
from journal.accounts.models import Patient
from journal.actions import changes
from journal.content.library import items
from journal.models import Flag
from reminders.actions import occurrences, reminders
from reminders.models import Occurrence, Reminder

Kind = Literal["exercise", "fall-prevention", "custom"]
Channel = Literal["inbox", "email", "push"]
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Rule = Annotated[str, Field(max_length=200)]
KINDS = (
    "exercise: held while a flag says so. fall-prevention: with a tip of the day. "
    "custom: the patient's own words."
)
STATES = (
    "due: waits for the patient. held: paused while a flag holds exercise. done, skipped, snoozed: what the "
    "patient said. expired: nobody answered in time."
)
RULE = "RFC 5545, of which FREQ=DAILY or WEEKLY, INTERVAL, BYDAY, UNTIL and COUNT are read."
Channels = Annotated[tuple[Channel, ...], Field(strict=False, min_length=1, max_length=4)]


class QuietHours(BaseModel):
    """Wall-clock times between which nothing rings; the window may pass midnight."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start: WallClock = Field(alias="from", description="Local time, HH:MM.")
    end: WallClock = Field(alias="until", description="Local time, HH:MM.")


class ReminderChange(BaseModel):
    """What a patient may change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Title | None = Field(
        default=None, description="What it says when it rings: 1 to 120 characters in one line."
    )
    rrule: Rule | None = Field(default=None, description=RULE, examples=["FREQ=WEEKLY;BYDAY=MO,TH"])
    local_time: WallClock | None = Field(default=None, description="Wall-clock time in `timezone`, HH:MM.")
    timezone: Zone | None = Field(default=None, description="IANA zone; the patient's own when left out.")
    quiet_hours: QuietHours | None = Field(default=None, description="Null for none.")
    channels: Channels | None = Field(default=None, description="Ways in which it reaches the patient.")
    active: bool | None = Field(default=None, description="False: it rings no more until it is true again.")


class ReminderIn(ReminderChange):
    """A new reminder."""

    kind: Kind = Field(description=KINDS)
    title: Title = Field(description="What it says when it rings: 1 to 120 characters in one line.")
    rrule: Rule = Field(description=RULE, examples=["FREQ=DAILY"])
    local_time: WallClock = Field(description="Wall-clock time in `timezone`, HH:MM.", examples=["18:30"])


class ReminderOut(BaseModel):
    """One reminder."""

    id: UUID = Field(description="Stable.")
    kind: Kind = Field(description=KINDS)
    title: str = Field(description="What it says when it rings.")
    rrule: str = Field(description="The rhythm (RFC 5545).")
    local_time: time = Field(description="Wall-clock time in `timezone`.")
    timezone: str = Field(description="IANA zone.")
    quiet_hours: QuietHours | None = Field(description="When nothing rings; null for never.")
    channels: list[Channel] = Field(description="Ways in which it reaches the patient.")
    active: bool = Field(description="False: it rings no more until it is true again.")
    held_by: list[UUID] = Field(description="Flags that hold exercise at present; empty when none does.")
    next_due_at: datetime | None = Field(
        description="When it rings next, with offset; null when it does not."
    )
    revision: int = Field(description="The patient's revision of the last change; the front of the ETag.")


class OccurrenceOut(BaseModel):
    """One turn of a reminder: what the app's inbox shows."""

    id: UUID = Field(description="Stable.")
    reminder: UUID = Field(description="The reminder whose turn it is.")
    kind: Kind = Field(description=KINDS)
    title: str = Field(description="What it says.")
    body: str = Field(description="The tip of that day, from the library; may be empty.")
    item: str = Field(description="Id of the library's item; may be empty.")
    local_date: date = Field(description="The patient's local day.")
    due_at: datetime = Field(description="When it rang or rings, with offset.")
    state: Literal["due", "held", "done", "skipped", "snoozed", "expired"] = Field(description=STATES)
    held_by: UUID | None = Field(description="The flag that holds this turn.")
    snoozed_until: datetime | None = Field(description="When it comes back; null unless snoozed.")
    revision: int = Field(description="The patient's revision of the last change.")


class ReminderPage(Page[ReminderOut]):
    """One page of reminders."""


class OccurrencePage(Page[OccurrenceOut]):
    """One page of turns."""


class Snooze(BaseModel):
    """Until when; in 30 minutes when left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    until: Moment | None = Field(
        default=None, description="RFC 3339 with offset, at most 12 hours ahead; in 30 minutes when left out."
    )


def shown(reminder: Reminder, held_by: list[str]) -> dict[str, Any]:
    """One reminder as JSON."""
    quiet = reminder.quiet_from and {
        "from": f"{reminder.quiet_from:%H:%M}",
        "until": f"{reminder.quiet_until:%H:%M}",
    }
    return {
        "id": str(reminder.client_id),
        "kind": reminder.kind,
        "title": reminder.title,
        "rrule": reminder.rrule,
        "local_time": f"{reminder.local_time:%H:%M}",
        "timezone": str(reminder.timezone),
        "quiet_hours": quiet,
        "channels": reminder.channels,
        "active": reminder.active,
        "held_by": held_by if reminder.kind == Reminder.Kind.EXERCISE else [],
        "next_due_at": reminder.next_due_at and reminder.next_due_at.isoformat(),
        "revision": reminder.revision,
    }


def turn(occurrence: Occurrence) -> dict[str, Any]:
    """One turn as JSON, with the library's text."""
    tips = items(lang=occurrence.language)
    return {
        "id": str(occurrence.pk),
        "reminder": str(occurrence.reminder.client_id),
        "kind": occurrence.reminder.kind,
        "title": occurrence.title,
        "body": next((tip.body for tip in tips if tip.id == occurrence.item), ""),
        "item": occurrence.item,
        "local_date": occurrence.local_date.isoformat(),
        "due_at": occurrence.due_at.isoformat(),
        "state": occurrence.state,
        "held_by": occurrence.held_by_id and str(occurrence.held_by_id),
        "snoozed_until": occurrence.snoozed_until and occurrence.snoozed_until.isoformat(),
        "revision": occurrence.revision,
    }


def holding(patient: Patient) -> list[str]:
    """Ids of the flags that hold the patient's exercise."""
    flags = Flag.objects.holding_exercise().filter(patient=patient).order_by("raised_at")
    return [str(pk) for pk in flags.values_list("pk", flat=True)]


def wishes(sent: ReminderChange) -> dict[str, Any]:
    """What was sent, as the action takes it. Null means none for quiet hours, and nothing for the rest."""
    found = {
        name: getattr(sent, name)
        for name in ("title", "rrule", "local_time", "channels", "active")
        if getattr(sent, name) is not None
    }
    if sent.timezone is not None:
        found["timezone"] = ZoneInfo(sent.timezone)
    if "channels" in found:
        found["channels"] = list(found["channels"])
    if "quiet_hours" in sent.model_fields_set:
        quiet = sent.quiet_hours
        found |= {"quiet_from": quiet and quiet.start, "quiet_until": quiet and quiet.end}
    return found


NOT_NOW = {409: OpenApiResponse(Problem, description="`not-possible-now`, and why in words to show.")}


def _answer(reminder: Reminder, patient: Patient, *, status: int = 200) -> Response:
    body = shown(reminder, holding(patient))
    return Response(body, status=status, headers={"ETag": tag(reminder.revision, body)})


class RemindersView(APIView):
    """The patient's reminders."""

    @extend_schema(
        operation_id="reminders_list",
        parameters=[CURSOR],
        responses={200: ReminderPage},
    )
    def get(self, request: Request) -> Response:
        """All of them, 50 a page."""
        query_of(request, Paged)
        patient = patient_of(request)
        found = Reminder.objects.present().filter(patient=patient)
        page, rows = page_of(request, self, found, ("kind", "id"))
        held_by = holding(patient)
        return page([shown(reminder, held_by) for reminder in rows])

    @extend_schema(
        operation_id="reminders_create", request=ReminderIn, responses={201: ReminderOut, **NOT_NOW}
    )
    def post(self, request: Request) -> Response:
        """A new reminder."""
        sent = ReminderIn.model_validate(request.data)
        patient = patient_of(request)
        reminder = reminders.create(
            by=user_of(request), at=clock.now(), patient=patient, kind=sent.kind, **wishes(sent)
        )
        return _answer(reminder, patient, status=201)


class ReminderView(APIView):
    """One reminder."""

    def _reminder(self, request: Request, reminder_id: UUID) -> Reminder:
        found = Reminder.objects.present().select_related("patient")
        return found.get(patient=patient_of(request), client_id=reminder_id)

    @contextmanager
    def _locked(self, request: Request, reminder_id: UUID) -> Iterator[Reminder]:
        """The reminder while nobody else writes. Raises StaleError when `If-Match` names another state."""
        with changes.locked(patient_of(request)):
            reminder = self._reminder(request, reminder_id)
            check_match(request.headers.get("If-Match"), reminder.revision)
            yield reminder

    @extend_schema(operation_id="reminders_retrieve", responses={200: ReminderOut})
    def get(self, request: Request, reminder_id: UUID) -> Response:
        """One reminder."""
        reminder = self._reminder(request, reminder_id)
        return _answer(reminder, reminder.patient)

    @extend_schema(
        operation_id="reminders_update",
        request=ReminderChange,
        parameters=[IF_MATCH],
        responses={200: ReminderOut, **NOT_NOW, **CHANGED},
    )
    def patch(self, request: Request, reminder_id: UUID) -> Response:
        """Changes what is sent; the next due moment follows at once."""
        sent = ReminderChange.model_validate(request.data)
        with self._locked(request, reminder_id) as stored:
            reminder = reminders.change(by=user_of(request), at=clock.now(), reminder=stored, **wishes(sent))
        return _answer(reminder, reminder.patient)

    @extend_schema(
        operation_id="reminders_destroy",
        parameters=[IF_MATCH],
        responses={204: OpenApiResponse(description="Deleted."), **CHANGED},
    )
    def delete(self, request: Request, reminder_id: UUID) -> Response:
        """No more turns of it."""
        with self._locked(request, reminder_id) as reminder:
            reminders.remove(by=user_of(request), at=clock.now(), reminder=reminder)
        return Response(status=204)


class OccurrencesView(APIView):
    """The inbox."""

    @extend_schema(
        operation_id="occurrences_list",
        parameters=[
            *SPAN,
            CURSOR,
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
        return page([turn(occurrence) for occurrence in rows])


class OccurrenceActionView(APIView):
    """What the patient did with one turn."""

    def _turn(self, request: Request, occurrence_id: UUID) -> Occurrence:
        found = Occurrence.objects.select_related("patient", "reminder")
        return found.get(patient=patient_of(request), pk=occurrence_id)


class OccurrenceDoneView(OccurrenceActionView):
    """Done."""

    @extend_schema(
        operation_id="occurrences_done",
        request=None,
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """The patient did it; again is harmless."""
        found = self._turn(request, occurrence_id)
        return Response(turn(occurrences.done(by=user_of(request), at=clock.now(), occurrence=found)))


class OccurrenceSkipView(OccurrenceActionView):
    """Skipped."""

    @extend_schema(
        operation_id="occurrences_skip",
        request=None,
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """Not this time; again is harmless."""
        found = self._turn(request, occurrence_id)
        return Response(turn(occurrences.skip(by=user_of(request), at=clock.now(), occurrence=found)))


class OccurrenceSnoozeView(OccurrenceActionView):
    """Put off."""

    @extend_schema(
        operation_id="occurrences_snooze",
        request=Snooze,
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
        return Response(turn(found))

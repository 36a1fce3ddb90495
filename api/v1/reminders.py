"""`/reminders` and `/occurrences`: when the patient wants to be reminded, and what became of each turn."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import check_match, digest, tag
from api.errors import Problem
from api.moments import HHMM, LocalDate, Moment, WallClock
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import SPAN, Paged, Span, query_of
from api.zones import Zone
from journal.accounts.models import Patient
from journal.actions import care_plan, changes
from journal.content.library import items
from journal.models import Flag
from reminders import adherence
from reminders.actions import occurrences, reminders, settings
from reminders.models import Occurrence, Reminder, ReminderSettings
from reminders.schedule import ScheduleError, parse

Kind = Literal[
    "exercise",
    "fall-prevention",
    "log-today",
    "height",
    "medicine",
    "injection",
    "appointment",
    "review",
    "custom",
]
SkipReason = Literal["pain", "unwell", "no-time", "other"]
PauseReason = Literal["holiday", "hospital", "other"]
Score = Annotated[int, Field(ge=0, le=10)]
Channel = Literal["inbox", "email", "push"]
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]


def _no_number(said: object) -> object:
    """0 equals False, and is no answer to a question of yes or no."""
    if said is False or said is None:
        return said
    raise PydanticCustomError("literal_error", "Input should be false")


def _can_be_kept(rule: str) -> str:
    try:
        parse(rule)
    except ScheduleError as error:
        raise PydanticCustomError("invalid_schedule", "{why}", {"why": str(error)}) from error
    return rule


Rule = Annotated[
    str, AfterValidator(_can_be_kept), Field(max_length=200, json_schema_extra={"format": "rrule"})
]
KINDS = (
    "exercise: the care plan's exercises of the day, or the library's programme; held while a flag says so. "
    "fall-prevention: a tip, one that fits after a fall. log-today: silent once the day has an entry. "
    "height: silent for half a year after a height. medicine, injection, appointment, review: of the plan or "
    "the patient's own; they never step down. custom: in the patient's own words."
)
STATES = (
    "due: waits for the patient. held: paused while a flag holds exercise. done, skipped, snoozed: what the "
    "patient said. expired: nobody answered in time."
)
PAUSED_FOR = "For the clinic to understand the gap: holiday, hospital or other."
A_DAY = "Most reminders of one local day, 1 to 20; what has a date or a dose rings beyond it."
RULE = "RFC 5545, of which FREQ=DAILY or WEEKLY, INTERVAL, BYDAY, UNTIL and COUNT are read."
Channels = Annotated[tuple[Channel, ...], Field(strict=False, min_length=1, max_length=4)]


class QuietHours(BaseModel):
    """Wall-clock times between which nothing rings; the window may pass midnight."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start: WallClock = Field(alias="from", description="Local time, HH:MM.")
    end: WallClock = Field(alias="until", description="Local time, HH:MM.")

    @model_validator(mode="after")
    def _shorter_than_a_day(self) -> Self:
        if self.start == self.end:
            raise PydanticCustomError("invalid_schedule", "Quiet hours can't last the whole day.")
        return self


class QuietHoursOut(BaseModel):
    """When nothing rings."""

    start: HHMM = Field(alias="from", description="Local time, HH:MM.")
    end: HHMM = Field(alias="until", description="Local time, HH:MM; may lie past midnight.")


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
    stepped_down: Annotated[Literal[False], BeforeValidator(_no_number)] | None = Field(
        default=None, description="False brings a reminder that stepped down back to its full rhythm."
    )


class ReminderIn(ReminderChange):
    """A new reminder."""

    id: Annotated[UUID | None, Field(strict=False)] = Field(
        default=None,
        description="Chosen by the app, a UUID: the same reminder sent again is then harmless. The server "
        "chooses one when it is left out.",
    )
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
    local_time: HHMM = Field(description="Wall-clock time in `timezone`.")
    timezone: str = Field(description="IANA zone.")
    quiet_hours: QuietHoursOut | None = Field(description="When nothing rings; null for never.")
    channels: list[Channel] = Field(description="Ways in which it reaches the patient.")
    active: bool = Field(description="False: it rings no more until it is true again.")
    held_by: list[UUID] = Field(description="Flags that hold exercise at present; empty when none does.")
    stepped_down: bool = Field(
        description="Whether it comes less often because it went unanswered; an answer brings it back."
    )
    from_plan: bool = Field(description="Whether it follows from what the clinic planned or recorded.")
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
        "Else why it did not ring or ended: cap, late, ignored, paused, consent. May be empty."
    )
    pain_before: Score | None = Field(description="Pain right before, NRS 0 to 10; null when not said.")
    pain_after: Score | None = Field(description="Pain right after, NRS 0 to 10; null when not said.")
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


class Done(BaseModel):
    """Pain right before and after an exercise, when asked. A rise of 2 or more pauses this exercise."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pain_before: Score | None = Field(default=None, description="0 (none) to 10 (worst).")
    pain_after: Score | None = Field(default=None, description="0 (none) to 10 (worst).")


class Skip(BaseModel):
    """Why not today; may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: SkipReason | None = Field(default=None, description="In the patient's view; null when not said.")


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
        "stepped_down": reminder.stride > 1,
        "from_plan": bool(reminder.source),
        "next_due_at": reminder.next_due_at and reminder.next_due_at.isoformat(),
        "revision": reminder.revision,
    }


def turn(occurrence: Occurrence) -> dict[str, Any]:
    """One turn as JSON, with the library's text."""
    bodies = {text.id: text.body for text in items(lang=occurrence.language)}
    return {
        "id": str(occurrence.pk),
        "reminder": str(occurrence.reminder.client_id),
        "kind": occurrence.reminder.kind,
        "title": occurrence.title,
        "body": bodies.get(occurrence.item, ""),
        "item": occurrence.item,
        "notice": bodies.get(occurrence.notice, ""),
        "care_item": occurrence.care_item_id and str(occurrence.care_item_id),
        "local_date": occurrence.local_date.isoformat(),
        "slot": occurrence.slot,
        "due_at": occurrence.due_at.isoformat(),
        "state": occurrence.state,
        "held_by": occurrence.held_by_id and str(occurrence.held_by_id),
        "held_reason": _held_reason(occurrence),
        "reason": occurrence.reason,
        "pain_before": occurrence.pain_before,
        "pain_after": occurrence.pain_after,
        "snoozed_until": occurrence.snoozed_until and occurrence.snoozed_until.isoformat(),
        "revision": occurrence.revision,
    }


def _held_reason(occurrence: Occurrence) -> str | None:
    if occurrence.state != Occurrence.State.HELD:
        return None
    if occurrence.held_by_id:
        return care_plan.ALL_HELD
    return care_plan.held_words(occurrence.reason, occurrence.language)


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
    if sent.stepped_down is False:
        found["stride"] = 1
    if sent.timezone is not None:
        found["timezone"] = ZoneInfo(sent.timezone)
    if "channels" in found:
        found["channels"] = list(found["channels"])
    if "quiet_hours" in sent.model_fields_set:
        quiet = sent.quiet_hours
        found |= {"quiet_from": quiet and quiet.start, "quiet_until": quiet and quiet.end}
    return found


NOT_NOW = {409: OpenApiResponse(Problem, description="`not-possible-now`, and why in words to show.")}


EXAMPLE = OpenApiExample(
    "Mondays and Thursdays, never at night",
    request_only=True,
    value={
        "kind": "custom",
        "title": "Write the journal",
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "local_time": "18:30",
        "timezone": "Europe/Berlin",
        "quiet_hours": {"from": "22:00", "until": "07:00"},
        "channels": ["inbox"],
    },
)


def _answer(reminder: Reminder, patient: Patient, *, status: int = 200) -> Response:
    body = shown(reminder, holding(patient))
    return Response(body, status=status, headers={"ETag": tag(reminder.revision, body)})


def _state(found: ReminderSettings) -> str:
    """The state that a change replaces."""
    return digest(json.dumps(settings_shown(found)).encode())


def _settings_answer(found: ReminderSettings) -> Response:
    body = settings_shown(found)
    return Response(body, headers={"ETag": tag(_state(found), body)})


class RemindersView(APIView):
    """The patient's reminders."""

    asks = frozenset({"GET"})

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
        operation_id="reminders_create",
        request=ReminderIn,
        examples=[EXAMPLE],
        responses={
            200: OpenApiResponse(ReminderOut, description="Made before by the same request."),
            201: ReminderOut,
            409: OpenApiResponse(
                Problem,
                description="`id-used-before`: the id was used for another reminder. `not-possible-now`, and "
                "why in words to show.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """A new reminder. Under an `id` of the app's own, the same again answers 200 and makes no second."""
        sent = ReminderIn.model_validate(request.data)
        patient = patient_of(request)
        wished = {name: wish for name, wish in wishes(sent).items() if name != "stride"}
        reminder, new = reminders.create_once(
            by=user_of(request),
            at=clock.now(),
            patient=patient,
            client_id=sent.id or uuid4(),
            kind=sent.kind,
            **wished,
        )
        return _answer(reminder, patient, status=201 if new else 200)


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
        examples=[OpenApiExample("An hour later", request_only=True, value={"local_time": "19:30"})],
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


class OccurrencesView(APIView):
    """The inbox."""

    asks = frozenset({"GET"})

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


class OccurrenceSummaryView(APIView):
    """Adherence."""

    @extend_schema(operation_id="occurrences_summary", responses={200: SummaryOut})
    def get(self, request: Request) -> Response:
        """What became of planned exercise over 7 and 28 days, together and for each exercise."""
        patient = patient_of(request)
        today = clock.now().astimezone(patient.timezone).date()
        return Response(asdict(adherence.of(patient, today=today)))


class OccurrenceActionView(APIView):
    """What the patient did with one turn."""

    def _turn(self, request: Request, occurrence_id: UUID) -> Occurrence:
        found = Occurrence.objects.select_related("patient", "reminder")
        return found.get(patient=patient_of(request), pk=occurrence_id)


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
        return Response(turn(found))


class OccurrenceSkipView(OccurrenceActionView):
    """Skipped."""

    @extend_schema(
        operation_id="occurrences_skip",
        request=Skip,
        examples=[OpenApiExample("No time today", request_only=True, value={"reason": "no-time"})],
        responses={200: OccurrenceOut, **NOT_NOW},
    )
    def post(self, request: Request, occurrence_id: UUID) -> Response:
        """Not today, and why; again is harmless."""
        sent = Skip.model_validate(request.data or {})
        found = occurrences.skip(
            by=user_of(request),
            at=clock.now(),
            occurrence=self._turn(request, occurrence_id),
            reason=sent.reason or "",
        )
        return Response(turn(found))


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
        return Response(turn(found))

"""`/reminders`: when the patient wants to be reminded."""

from collections.abc import Iterator
from contextlib import contextmanager
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

from api.conditional import check_match, tag
from api.errors import Problem
from api.moments import HHMM, LocalDate, WallClock
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import Paged, query_of
from api.zones import Zone
from journal.accounts.models import Patient
from journal.actions import changes
from journal.models import Flag
from reminders import wording
from reminders.actions import reminders
from reminders.models import Reminder
from reminders.schedule import ScheduleError, parse
from reminders.sync import Title

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
Channel = Literal["inbox", "email", "push"]


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
RULE = (
    "RFC 5545, of which FREQ=DAILY, WEEKLY or MONTHLY, INTERVAL, BYDAY, BYMONTHDAY, UNTIL and COUNT are read."
)


def _one_to_four(said: object) -> object:
    """Counted before its items are looked at: a list of one wrong channel is not short."""
    if isinstance(said, list) and not 1 <= len(said) <= 4:
        raise PydanticCustomError("list_length", "Input should be a list of 1 to 4 channels")
    return said


Channels = Annotated[
    tuple[Channel, ...],
    BeforeValidator(_one_to_four),
    Field(strict=False, json_schema_extra={"minItems": 1, "maxItems": 4}),
]


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
    starts_on: LocalDate | None = Field(
        default=None,
        description="The first local day in `timezone`, from which INTERVAL and COUNT are counted: today or "
        "later, two years ahead at most; today when left out of a new one. With FREQ=DAILY;COUNT=1 it is the "
        "only day.",
        examples=["2027-01-14"],
    )
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
    starts_on: date = Field(description="The local day from which INTERVAL and COUNT are counted.")
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


class ReminderPage(Page[ReminderOut]):
    """One page of reminders."""


def shown(reminder: Reminder, held_by: list[str], language: str) -> dict[str, Any]:
    """One reminder as JSON; headings of ours in that language."""
    quiet = reminder.quiet_from and {
        "from": f"{reminder.quiet_from:%H:%M}",
        "until": f"{reminder.quiet_until:%H:%M}",
    }
    return {
        "id": str(reminder.client_id),
        "kind": reminder.kind,
        "title": wording.heading(reminder.title, language),
        "rrule": reminder.rrule,
        "local_time": f"{reminder.local_time:%H:%M}",
        "timezone": str(reminder.timezone),
        "starts_on": reminder.starts_on.isoformat(),
        "quiet_hours": quiet,
        "channels": reminder.channels,
        "active": reminder.active,
        "held_by": held_by if reminder.kind == Reminder.Kind.EXERCISE else [],
        "stepped_down": reminder.stride > 1,
        "from_plan": bool(reminder.source),
        "next_due_at": reminder.next_due_at and reminder.next_due_at.isoformat(),
        "revision": reminder.revision,
    }


def holding(patient: Patient) -> list[str]:
    """Ids of the flags that hold the patient's exercise."""
    flags = Flag.objects.holding_exercise().filter(patient=patient).order_by("raised_at")
    return [str(pk) for pk in flags.values_list("pk", flat=True)]


def wishes(sent: ReminderChange) -> dict[str, Any]:
    """What was sent, as the action takes it. Null means none for quiet hours, and nothing for the rest."""
    found = {
        name: getattr(sent, name)
        for name in ("title", "rrule", "local_time", "starts_on", "channels", "active")
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
ONCE = OpenApiExample(
    "An appointment on one day",
    request_only=True,
    value={
        "kind": "appointment",
        "title": "Bone clinic at eleven",
        "rrule": "FREQ=DAILY;COUNT=1",
        "starts_on": "2027-01-14",
        "local_time": "09:00",
        "channels": ["inbox", "push"],
    },
)


def _answer(request: Request, reminder: Reminder, patient: Patient, *, status: int = 200) -> Response:
    body = shown(reminder, holding(patient), language_of(request))
    return Response(body, status=status, headers={"ETag": tag(reminder.revision, body)})


class RemindersView(APIView):
    """The patient's reminders."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="reminders_list",
        parameters=[CURSOR, ACCEPT_LANGUAGE],
        responses={200: ReminderPage},
    )
    def get(self, request: Request) -> Response:
        """All of them, 50 a page."""
        query_of(request, Paged)
        patient = patient_of(request)
        found = Reminder.objects.present().filter(patient=patient)
        page, rows = page_of(request, self, found, ("kind", "id"))
        held_by, language = holding(patient), language_of(request)
        return page([shown(reminder, held_by, language) for reminder in rows])

    @extend_schema(
        operation_id="reminders_create",
        request=ReminderIn,
        examples=[EXAMPLE, ONCE],
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
        """A new reminder. Under an `id` of the app's own, the same again answers 200 and makes no second.

        One that would never ring, such as for a day or an hour that is over, is refused at `/rrule`.
        """
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
        return _answer(request, reminder, patient, status=201 if new else 200)


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
        return _answer(request, reminder, reminder.patient)

    @extend_schema(
        operation_id="reminders_update",
        request=ReminderChange,
        examples=[OpenApiExample("An hour later", request_only=True, value={"local_time": "19:30"})],
        parameters=[IF_MATCH],
        responses={200: ReminderOut, **NOT_NOW, **CHANGED},
    )
    def patch(self, request: Request, reminder_id: UUID) -> Response:
        """Changes what is sent; the next due moment follows at once. A change after which it would never ring
        is refused at `/rrule`; the first day of what follows from the plan stays.
        """
        sent = ReminderChange.model_validate(request.data)
        with self._locked(request, reminder_id) as stored:
            reminder = reminders.change(by=user_of(request), at=clock.now(), reminder=stored, **wishes(sent))
        return _answer(request, reminder, reminder.patient)

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

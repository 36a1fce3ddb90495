"""`/entries`: what the patient logs, and what to do now."""

from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic import ValidationError as Invalid
from pydantic_core import PydanticCustomError
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import check_match
from api.errors import Problem
from api.moments import Moment
from api.permissions import patient_of, user_of
from api.v1.edits import CHANGED, IF_MATCH
from api.v1.flags import FlagOut, with_texts
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import SPAN, Span, query_of
from api.zones import Zone
from journal.actions import entries
from journal.actions.refusals import NotInTimeError
from journal.content import texts
from journal.content.report import Report
from journal.models import Entry, EntryVersion


def _in_time(said: datetime, asked: ValidationInfo) -> datetime:
    """Asked only of a body that is refused anyway: a repeat of what is stored may be as old as it likes."""
    try:
        if asked.context:
            entries.check_time(asked.context["at"], said)
    except NotInTimeError as error:
        raise PydanticCustomError("not_in_time", str(error)) from error
    return said


class EntryChange(Report):
    """One entry with what it says; in a change, what is left out stays as it was."""

    id: Annotated[UUID, Field(strict=False)] = Field(
        description="Chosen by the app, a UUID. Sending the same entry again is harmless."
    )
    recorded_at: Annotated[Moment, AfterValidator(_in_time)] = Field(
        description="When the patient said it: RFC 3339 with offset. At most 24 hours ahead, 400 days back. "
        "What is finer than a microsecond is cut off.",
        examples=["2026-01-10T09:30:00+01:00"],
    )
    timezone: Zone = Field(
        description="IANA zone of the phone at that moment; the entry's local day is the date there.",
        examples=["Europe/Berlin"],
    )


class EntryPatch(Report):
    """What may be corrected; what is left out stays as it was."""

    # Without a default in the schema: left out is not the same as null.
    recorded_at: Moment = Field(
        default_factory=clock.now, description="When the patient said it: RFC 3339 with offset."
    )
    timezone: Zone = Field(default_factory=str, description="IANA zone of the phone at that moment.")


class EntryIn(EntryChange):
    """One entry as the phone sends it."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"same_as": {"type": "string"}}, "required": ["same_as"]},
            "then": {"propertyNames": {"enum": ["id", "recorded_at", "timezone", "same_as"]}},
        }
    )

    same_as: Annotated[UUID | None, Field(strict=False)] = Field(
        default=None,
        description="Id of an earlier entry that says it all, with no other answer beside it. Its report is "
        "stored again, but for falls that happened, the measured height and the note, which belong to their "
        "day. An unknown id is 404.",
    )

    @model_validator(mode="after")
    def _said_or_the_same(self) -> Self:
        if self.same_as and self.model_fields_set & set(Report.model_fields):
            raise ValueError("same_as takes no other answer beside it")
        return self


class EntryOut(Report):
    """One entry as stored: what was sent, and what the server adds."""

    id: UUID = Field(description="The id that the app chose.")
    recorded_at: datetime = Field(description="When the patient said it, with the offset that was sent.")
    timezone: str = Field(description="IANA zone of the phone at that moment.")
    local_date: date = Field(description="The calendar date on the patient's clock. Never changes.")
    version: int = Field(description="Grows with each edit; the ETag.")
    revision: int = Field(description="The patient's revision of the last write to this entry.")


class EntryPage(Page[EntryOut]):
    """One page of entries."""


class EntryAnswer(BaseModel):
    """What one write did, and what the patient should do now."""

    entry: EntryOut = Field(description="As stored.")
    flags: list[FlagOut] = Field(
        description="Flags that this write opened or opened again, most urgent first. What gets worse is a "
        "flag of a more urgent pattern."
    )
    advice: str | None = Field(
        description="What to do now: the advice of the most urgent flag that this entry opened or joined. "
        "Null means that no rule was met; it never means that all is well."
    )


def shown(entry: Entry | EntryVersion, client_id: UUID) -> dict[str, Any]:
    """One version of an entry as JSON, the time with the offset that the phone sent."""
    offset = timezone(timedelta(minutes=entry.utc_offset))
    return {
        "id": str(client_id),
        "recorded_at": entry.recorded_at.astimezone(offset).isoformat(),
        "timezone": entry.timezone,
        **entry.report,
        "local_date": entry.local_date.isoformat(),
        "version": entry.version,
        "revision": entry.revision,
    }


def _answer(recorded: entries.Recorded, *, status: int, language: str) -> Response:
    pattern = recorded.advice_pattern
    body = {
        "entry": shown(recorded.entry, recorded.client_id),
        "flags": [with_texts(flag, language) for flag in recorded.flags],
        "advice": texts.text(pattern, language).advice if pattern else None,
    }
    headers = {"ETag": f'"{recorded.entry.version}"', "Content-Language": language}
    return Response(body, status=status, headers=headers)


USED = {
    409: OpenApiResponse(
        Problem, description="`id-used-before`: the id was used before for other content; nothing changed."
    )
}
UNKNOWN = {404: OpenApiResponse(Problem, description="The patient has no entry that same_as names.")}


EXAMPLE = OpenApiExample(
    "An entry with a pain, asked about falls",
    request_only=True,
    value={
        "id": "0198c5a0-7d3c-7c3e-9d5e-0a4b5c6d7e90",
        "recorded_at": "2026-01-10T09:30:00+01:00",
        "timezone": "Europe/Berlin",
        "pains": [
            {"site": "lumbar", "side": "midline", "severity": 8, "onset": "sudden", "quality": ["sharp"]}
        ],
        "falls": [],
        "can_bear_weight": True,
    },
)
CORRECTION = OpenApiExample(
    "The pain was weaker", request_only=True, value={"pains": [{"site": "lumbar", "severity": 3}]}
)


class EntriesView(APIView):
    """Record one entry; list them."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="entries_create",
        request=EntryIn,
        examples=[EXAMPLE],
        parameters=[ACCEPT_LANGUAGE],
        responses={
            201: OpenApiResponse(EntryAnswer, description="Stored, judged; what to do now."),
            200: OpenApiResponse(EntryAnswer, description="Stored before: the same body as then."),
            **UNKNOWN,
            **USED,
        },
    )
    def post(self, request: Request) -> Response:
        """Stores the entry, runs the rules, answers what to do now. The same entry again: 200, same body."""
        sent = _read(EntryIn, request.data)
        recorded = _record(request, sent)
        return _answer(recorded, status=201 if recorded.created else 200, language=language_of(request))

    @extend_schema(
        operation_id="entries_list",
        parameters=[
            *SPAN,
            CURSOR,
        ],
        responses={200: EntryPage},
    )
    def get(self, request: Request) -> Response:
        """Entries by local date, the latest first, 50 a page."""
        span = query_of(request, Span)
        found = Entry.objects.current().filter(patient=patient_of(request))
        if span.first:
            found = found.filter(local_date__gte=span.first)
        if span.last:
            found = found.filter(local_date__lte=span.last)
        page, rows = page_of(request, self, found, ("-local_date", "-recorded_at", "-id"))
        return page([shown(entry, entry.client_id) for entry in rows])


class EntryView(APIView):
    """One entry: read, correct, withdraw."""

    def _entry(self, request: Request, client_id: UUID) -> Entry:
        return Entry.objects.current().get(patient=patient_of(request), client_id=client_id)

    @extend_schema(operation_id="entries_retrieve", responses={200: EntryOut})
    def get(self, request: Request, client_id: UUID) -> Response:
        """One entry in its latest version."""
        entry = self._entry(request, client_id)
        return Response(shown(entry, client_id), headers={"ETag": f'"{entry.version}"'})

    @extend_schema(
        operation_id="entries_update",
        request=EntryPatch,
        examples=[CORRECTION],
        parameters=[IF_MATCH, ACCEPT_LANGUAGE],
        responses={200: EntryAnswer, **CHANGED},
    )
    def patch(self, request: Request, client_id: UUID) -> Response:
        """Replaces the fields that are sent; the earlier version is kept. The rules run again."""
        entry = self._entry(request, client_id)
        sent = _read(EntryChange, {**_editable(entry, client_id), **dict(request.data)})
        if sent.id != client_id:
            raise ValidationError({"id": "An entry keeps its id."}, code="not-changeable")
        recorded = entries.amend(
            by=user_of(request),
            at=clock.now(),
            patient=patient_of(request),
            client_id=client_id,
            recorded_at=sent.recorded_at,
            timezone=sent.timezone,
            report=sent,
            expected_version=_version_meant(request, entry),
        )
        return _answer(recorded, status=200, language=language_of(request))

    @extend_schema(
        operation_id="entries_destroy",
        parameters=[IF_MATCH],
        responses={204: OpenApiResponse(description="Taken back."), **CHANGED},
    )
    def delete(self, request: Request, client_id: UUID) -> Response:
        """Takes the entry back. Flags that it raised stay visible, with the reason."""
        meant = _version_meant(request, self._entry(request, client_id)) if _names_one(request) else None
        entries.withdraw(
            by=user_of(request),
            at=clock.now(),
            patient=patient_of(request),
            client_id=client_id,
            expected_version=meant,
        )
        return Response(status=204)


AnyEntry = TypeVar("AnyEntry", bound=EntryChange)


def _read(kind: type[AnyEntry], sent: Any) -> AnyEntry:
    """The typed entry; of one that is refused all that is wrong, its time too."""
    try:
        return kind.model_validate(sent)
    except Invalid:
        return kind.model_validate(sent, context={"at": clock.now()})


def _record(request: Request, sent: EntryIn) -> entries.Recorded:
    """What was sent, or what was said before."""
    record = (
        partial(entries.record_same, same_as=sent.same_as)
        if sent.same_as
        else partial(entries.record, report=sent)
    )
    return record(
        by=user_of(request),
        at=clock.now(),
        patient=patient_of(request),
        client_id=sent.id,
        recorded_at=sent.recorded_at,
        timezone=sent.timezone,
    )


def _editable(entry: Entry, client_id: UUID) -> dict[str, Any]:
    """The entry as the phone would send it."""
    added = {"local_date", "version", "revision"}
    return {name: value for name, value in shown(entry, client_id).items() if name not in added}


def _names_one(request: Request) -> bool:
    return request.headers.get("If-Match", "*").strip() != "*"


def _version_meant(request: Request, entry: Entry) -> int:
    """The version that was read, which must still be there when the change is written.

    Raises:
        StaleError: `If-Match` names other versions alone.
    """
    check_match(request.headers.get("If-Match"), entry.version)
    return entry.version

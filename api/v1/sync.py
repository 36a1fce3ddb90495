"""`/sync`: a phone's database kept in step, by the protocol of WatermelonDB."""

import re
from typing import Annotated, Any, Literal

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, TypeAdapter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import FieldError, Problem
from api.parsing import StrictJSONParser
from api.permissions import patient_of, user_of
from api.v1.flags import FlagOut, Status, with_texts
from api.v1.languages import language_of
from api.v1.occurrences import STATES, Score
from api.v1.queries import Query, query_of
from api.v1.reminders import KINDS, Kind
from journal.content import texts
from journal.content.engine import BY_PATTERN
from journal.content.rule import Urgency
from journal.models import CareItem
from journal.sync import care_items
from journal.sync.entries import Entries, EntryRow
from journal.sync.flags import FlagRow, Flags
from journal.sync.pull import pull
from journal.sync.push import Pushed, SentTable, push
from journal.sync.table import ReadOnly, Table
from reminders.sync import OccurrenceRow, Occurrences, ReminderRow, Reminders

# In the order in which a push is worked off: what the patient says comes first.
TABLES: dict[str, Table] = {
    "entries": Entries(),
    "flags": Flags(texts=with_texts),
    "reminders": Reminders(),
    "occurrences": Occurrences(),
    "care_items": ReadOnly(CareItem, care_items.pull),
}
URGENCIES = list(Urgency)


class SyncParser(StrictJSONParser):
    """A phone that was offline for long sends all of it in one body."""

    most_bytes = 4 * 1024 * 1024


class EntryPulled(BaseModel):
    """One entry as a phone keeps it."""

    id: str = Field(description="The UUID that the app chose.")
    recorded_at: int = Field(description="Milliseconds since 1970, UTC.")
    timezone: str = Field(description="IANA zone in which it was said.")
    report: str = Field(description="The document of the entry as JSON text.")
    local_date: str = Field(description="The patient's local day, YYYY-MM-DD.")
    version: int = Field(description="Grows with each edit.")


class FlagPulled(BaseModel):
    """One flag as a phone keeps it."""

    id: str = Field(description="Stable.")
    pattern: str = Field(description="Stable id of the rule.")
    urgency: Urgency = Field(description="How soon somebody must act.")
    status: Status = Field(description="open, acknowledged, resolved or superseded: as in `/flags`.")
    supported: bool = Field(description="False: later entries changed what was known.")
    day: str = Field(description="The local day on which the condition held, YYYY-MM-DD.")
    raised_at: int = Field(description="Milliseconds since 1970, UTC.")
    title: str = Field(description="One line to head it with.")
    why: str = Field(description="One plain sentence: what in the entries raised it.")
    advice: str = Field(description="What to do now.")
    entry_ids: str = Field(description="The entries that were evidence: a JSON list as text.")
    holds_exercise: bool = Field(description="Exercise is on hold now because of this flag.")
    seen_at: int | None = Field(description="When the server heard that the advice was read; milliseconds.")


class ReminderPulled(BaseModel):
    """One reminder as a phone keeps it."""

    id: str = Field(description="The UUID that the phone or the server chose.")
    kind: Kind = Field(description=KINDS)
    title: str = Field(description="What it says when it rings.")
    rrule: str = Field(description="RFC 5545.")
    local_time: str = Field(description="HH:MM in `timezone`.")
    timezone: str = Field(description="IANA zone.")
    quiet_from: str | None = Field(description="HH:MM; null for never.")
    quiet_until: str | None = Field(description="HH:MM; may lie past midnight; null for never.")
    channels: str = Field(description="A JSON list as text.")
    active: bool = Field(description="False: it rings no more until it is true again.")
    starts_on: str = Field(description="The local day that anchors interval and count, YYYY-MM-DD.")
    source: str = Field(description="What of the clinic's plan it follows; empty: it is the patient's own.")
    stride: int = Field(description="1, or more while it comes less often because it went unanswered.")


class OccurrencePulled(BaseModel):
    """One turn of a reminder as a phone keeps it."""

    id: str = Field(description="Stable.")
    reminder_id: str = Field(description="The row of `reminders` whose turn it is.")
    kind: Kind = Field(description=KINDS)
    title: str = Field(description="What it says.")
    body: str = Field(
        description="The tip of that day, below the day of a scan or an injection; may be empty."
    )
    item: str = Field(description="Id of the library's item; may be empty.")
    notice: str = Field(description="A second text to show, such as why it comes less often; may be empty.")
    care_item_id: str | None = Field(description="The row of `care_items` that it is about.")
    local_date: str = Field(description="YYYY-MM-DD.")
    slot: int = Field(description="Which turn of that day: prescribed exercises of a day are one each.")
    due_at: int = Field(description="Milliseconds since 1970, UTC.")
    expires_at: int = Field(description="Milliseconds since 1970, UTC.")
    state: Literal["due", "held", "done", "skipped", "snoozed", "expired"] = Field(description=STATES)
    held_by: str | None = Field(description="The flag that holds this turn.")
    held_reason: str | None = Field(description="Why it is held, in the patient's words.")
    snoozed_until: int | None = Field(description="Milliseconds since 1970, UTC.")
    reason: str = Field(description="Of a skip, a hold, or of not ringing: as in `/occurrences`.")
    pain_before: Score | None = Field(description="Pain right before, NRS 0 to 10; null when not said.")
    pain_after: Score | None = Field(description="Pain right after, NRS 0 to 10; null when not said.")


class PulledTable(BaseModel):
    """`created` is always empty: set `sendCreatedAsUpdated` in the app."""

    created: list[dict[str, Any]] = Field(description="Always empty.")
    deleted: list[str] = Field(description="Ids to remove from the phone.")


class PulledEntries(PulledTable):
    """Changes of `entries`."""

    updated: list[EntryPulled] = Field(description="Whole rows to insert or overwrite.")


class PulledFlags(PulledTable):
    """Changes of `flags`."""

    updated: list[FlagPulled] = Field(description="Whole rows to insert or overwrite.")


class PulledReminders(PulledTable):
    """Changes of `reminders`."""

    updated: list[ReminderPulled] = Field(description="Whole rows to insert or overwrite.")


class PulledOccurrences(PulledTable):
    """Changes of `occurrences`."""

    updated: list[OccurrencePulled] = Field(description="Whole rows to insert or overwrite.")


class CareItemPulled(BaseModel):
    """One item of the care plan. Days are local dates, YYYY-MM-DD."""

    id: str = Field(description="Stable.")
    kind: str = Field(description="exercise, brace, rest, goal, task, fall_prevention, referral or medicine.")
    code: str = Field(description="What it is, as a stable code of its kind.")
    title: str = Field(description="As a patient reads it.")
    text: str = Field(description="What the clinic wrote to it; may be empty.")
    library_id: str | None = Field(description="The text of `/library` that explains it.")
    dose: str = Field(description="How much and how often, in words; may be empty.")
    rrule: str | None = Field(description="The rhythm (RFC 5545), when one is set.")
    tags: str = Field(description="Safety tags, a list as JSON text.")
    hours_a_day: int | None = Field(description="For a brace: hours a day; null when not said.")
    starts: str = Field(description="The first day.")
    ends: str | None = Field(description="The planned last day.")
    review_on: str | None = Field(description="When it is looked at again; null when not set.")
    stopped_on: str | None = Field(description="The first day on which it no longer holds.")


class PulledCareItems(PulledTable):
    """Changes of `care_items`."""

    updated: list[CareItemPulled] = Field(description="Whole rows to insert or overwrite.")


class PulledTables(BaseModel):
    """All tables, each with all three lists."""

    entries: PulledEntries = Field(description="What the patient said.")
    flags: PulledFlags = Field(description="What the rules noticed.")
    reminders: PulledReminders = Field(description="When to remind.")
    occurrences: PulledOccurrences = Field(description="The turns of reminders: the inbox.")
    care_items: PulledCareItems = Field(description="What the clinic planned.")


class PullAnswer(BaseModel):
    """What `pullChanges` of WatermelonDB returns."""

    changes: PulledTables = Field(description="All that is new to this phone, by table.")
    timestamp: int = Field(
        description="The patient's revision: the next `last_pulled_at`. A counter, no time."
    )
    experimentalStrategy: Literal["replacement"] | None = Field(  # noqa: N815  the client's own name
        default=None,
        description="Only when asked for: pushed rows that are not in this answer are removed.",
    )


class PushedEntries(SentTable):
    """What the phone did in `entries`."""

    created: list[EntryRow] = Field(default=[], description="Whole rows that the phone made.")  # type: ignore[assignment]  # described here, read row by row
    updated: list[EntryRow] = Field(default=[], description="Whole rows that the phone changed.")  # type: ignore[assignment]


class PushedFlags(SentTable):
    """What the phone did in `flags`: `seen_at` alone is read."""

    created: list[FlagRow] = Field(default=[], description="Whole rows that the phone made.")  # type: ignore[assignment]
    updated: list[FlagRow] = Field(default=[], description="Whole rows that the phone changed.")  # type: ignore[assignment]


class PushedReminders(SentTable):
    """What the phone did in `reminders`."""

    created: list[ReminderRow] = Field(default=[], description="Whole rows that the phone made.")  # type: ignore[assignment]
    updated: list[ReminderRow] = Field(default=[], description="Whole rows that the phone changed.")  # type: ignore[assignment]


class PushedOccurrences(SentTable):
    """What the phone did in `occurrences`: done, skipped, snoozed."""

    created: list[OccurrenceRow] = Field(default=[], description="Whole rows that the phone made.")  # type: ignore[assignment]
    updated: list[OccurrenceRow] = Field(default=[], description="Whole rows that the phone changed.")  # type: ignore[assignment]


class PushBody(BaseModel):
    """The changes object as WatermelonDB's `pushChanges` has it. Rows of a table that is none are refused."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, SentTable] = Field(init=False)

    entries: PushedEntries = Field(
        default_factory=PushedEntries, description="Entries made, corrected and taken back."
    )
    flags: PushedFlags = Field(default_factory=PushedFlags, description="Flags whose advice was read.")
    reminders: PushedReminders = Field(
        default_factory=PushedReminders, description="Reminders made, changed and deleted."
    )
    occurrences: PushedOccurrences = Field(
        default_factory=PushedOccurrences, description="Turns that were done, skipped or put off."
    )
    care_items: SentTable = Field(
        default_factory=SentTable, description="Every row is refused: the clinic's table."
    )


class PushAnswer(BaseModel):
    """The verdicts, and what to do now. An app returns this from `pushChanges` as it is."""

    experimentalRejectedIds: dict[str, list[str]] = Field(  # noqa: N815  the client's own name
        description="By table: rows that were not taken. They stay changed on the phone until corrected."
    )
    errors: list[FieldError] = Field(
        description="Why: pointer into the body, code, one sentence. All reasons, unless they are more than "
        "1,000 or more than 20 of one row; each refused row has at least one."
    )
    errors_left_out: int = Field(description="How many reasons more there are: 0, unless too many to tell.")
    flags: list[FlagOut] = Field(description="Flags that the pushed entries opened, most urgent first.")
    advice: str | None = Field(
        description="What to do now: of the most urgent flag that a pushed entry opened or joined. "
        "Null means that no rule was met; it never means that all is well."
    )
    revision: int = Field(description="The patient's revision after this push.")


def _cursor(value: Any) -> Any:
    """The client writes its first cursor as the text `null`."""
    if value in (None, "", "null", "0"):
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    raise ValueError("a whole number, or null for the first pull")


Cursor = Annotated[int | None, BeforeValidator(_cursor)]


class NewColumns(BaseModel):
    """Columns that an app's new schema has in a table that it had before."""

    table: str
    columns: list[str] = []


class Migration(BaseModel):
    """What is new in the app's schema since its last pull."""

    from_version: int | None = Field(default=None, alias="from")
    tables: list[str] = []
    columns: list[NewColumns] = []


class PullQuery(Query):
    """What a pull asks for."""

    last_pulled_at: Cursor = None
    schema_version: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    migration: Json[Migration | None] | None = None
    strategy: Literal["replacement"] | None = None

    @property
    def whole(self) -> set[str]:
        new = self.migration
        return {*new.tables, *(each.table for each in new.columns)} if new else set()


class PushQuery(Query):
    """From where a push goes on."""

    last_pulled_at: Cursor = None


SINCE = OpenApiParameter(
    "last_pulled_at",
    {"type": "string", "pattern": "^(null|[0-9]{1,18})?$"},
    description="`timestamp` of the last pull; `null`, `0` or left out before the first.",
)
EXAMPLE = OpenApiExample(
    "One new entry",
    request_only=True,
    value={
        "entries": {
            "created": [
                {
                    "id": "0198c5a0-7d3c-7c3e-9d5e-0a4b5c6d7e8f",
                    "_status": "created",
                    "_changed": "",
                    "recorded_at": 1768033800000,
                    "timezone": "Europe/Berlin",
                    "report": '{"pains":[{"site":"lumbar","side":"midline","severity":3}]}',
                }
            ],
            "updated": [],
            "deleted": [],
        }
    },
)


class SyncView(APIView):
    """Pull, then push."""

    asks = frozenset({"GET", "POST"})

    parser_classes = (SyncParser,)

    @extend_schema(
        operation_id="sync_pull",
        parameters=[
            SINCE,
            OpenApiParameter(
                "schema_version",
                {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                description="Version of the app's own schema.",
            ),
            OpenApiParameter(
                "migration",
                {"type": "string", "format": "json", "contentMediaType": "application/json"},
                description="JSON text, `null` unless the app's schema is new: {from, tables, columns: "
                "[{table, columns}]}. Those tables are sent whole.",
            ),
            OpenApiParameter(
                "strategy",
                str,
                enum=["replacement"],
                description="Everything, with `experimentalStrategy: replacement`: the way back after 409.",
            ),
        ],
        responses={
            200: PullAnswer,
            409: OpenApiResponse(
                Problem, description="`cursor-ahead`: the phone has seen a later state than the server knows."
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """What changed since the last pull: all three lists of every table, rows whole."""
        query = query_of(request, PullQuery)
        pulled = pull(
            patient=patient_of(request),
            since=query.last_pulled_at,
            tables=TABLES,
            whole=query.whole,
            replacement=query.strategy == "replacement",
        )
        strategy = {"experimentalStrategy": "replacement"} if pulled.replacement else {}
        return Response({"changes": pulled.changes, "timestamp": pulled.timestamp, **strategy})

    @extend_schema(
        operation_id="sync_push",
        parameters=[SINCE],
        request=PushBody,
        examples=[EXAMPLE],
        responses={
            200: PushAnswer,
            409: OpenApiResponse(
                Problem,
                description="`pull-first`: the record changed since `last_pulled_at`; nothing was stored. "
                "`cursor-ahead`: the phone has seen a later state than the server knows.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """All that the phone changed, in one call. Each row has its verdict; the same again is harmless."""
        query = query_of(request, PushQuery)
        pushed = push(
            by=user_of(request),
            at=clock.now(),
            patient=patient_of(request),
            since=query.last_pulled_at,
            sent=_sent(request.data),
            tables=TABLES,
        )
        return Response(_answer(pushed, language_of(request)))


TABLES_SENT = TypeAdapter(dict[str, SentTable])


def _sent(body: Any) -> dict[str, SentTable]:
    return TABLES_SENT.validate_python(body)


def _answer(pushed: Pushed, language: str) -> dict[str, Any]:
    patterns = sorted(pushed.advice_patterns, key=_urgency_of)
    return {
        "experimentalRejectedIds": pushed.rejected,
        "errors": [vars(fault) for fault in pushed.faults],
        "errors_left_out": pushed.left_out,
        "flags": [with_texts(flag, language) for flag in sorted(pushed.flags, key=_urgency)],
        "advice": texts.text(patterns[0], language).advice if patterns else None,
        "revision": pushed.revision,
    }


def _urgency(flag: dict[str, Any]) -> tuple[int, str]:
    return URGENCIES.index(Urgency(flag["urgency"])), flag["pattern"]


def _urgency_of(pattern: str) -> int:
    """An entry that could not be checked ranks as its own flag does: the same day."""
    rule = BY_PATTERN.get(pattern)
    return URGENCIES.index(rule.urgency if rule else Urgency.SAME_DAY)

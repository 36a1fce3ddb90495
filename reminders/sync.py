"""The tables `reminders` and `occurrences` as phones keep them."""

from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from journal.accounts.models import Patient
from journal.sync import strict_json
from journal.sync.columns import Milliseconds, Ours, Row, Zone, milliseconds, moment
from journal.sync.table import Changes, NotTakenError, RowByRow, Sent, Visit, read
from reminders import wording
from reminders.actions import occurrences, reminders
from reminders.actions.reminders import InvalidScheduleError
from reminders.models import Occurrence, Reminder
from reminders.models.occurrences import PATIENT_REASONS


def _channels(text: str) -> str:
    """A JSON list of channels."""
    found = strict_json.loads(text)
    known = set(Reminder.Channel.values)
    if not isinstance(found, list) or not 1 <= len(found) <= len(known) or not set(map(str, found)) <= known:
        raise ValueError(f"not a JSON list of {' and '.join(sorted(known))}")
    return text


def _day(text: str) -> str:
    if text:
        date.fromisoformat(text)
    return text


WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
# One line, and not of blanks alone.
Title = Annotated[
    str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]*[^\x00-\x1f\s][^\x00-\x1f]*$")
]
StartsOn = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"), AfterValidator(_day)]
OURS = frozenset({"source", "stride"})


COLUMN_OF = {"/rrule": "rrule", "/starts_on": "starts_on"}


class ReminderRow(Row):
    """One reminder as a phone pushes it: always the whole row."""

    kind: Literal[
        "exercise",
        "fall-prevention",
        "log-today",
        "height",
        "medicine",
        "injection",
        "appointment",
        "review",
        "custom",
    ] = Field(description="Never changes.")
    title: Title = Field(description="What it says when it rings: 1 to 120 characters in one line.")
    rrule: Annotated[str, Field(max_length=200)] = Field(
        description="RFC 5545, of which FREQ=DAILY, WEEKLY or MONTHLY, INTERVAL, BYDAY, BYMONTHDAY, UNTIL "
        "and COUNT are read.",
        examples=["FREQ=WEEKLY;BYDAY=MO,TH"],
    )
    local_time: WallClock = Field(description="Wall-clock time in `timezone`, HH:MM.")
    timezone: Zone = Field(description="IANA zone.", examples=["Europe/Berlin"])
    quiet_from: WallClock | None = Field(default=None, description="Nothing rings from then; null for never.")
    quiet_until: WallClock | None = Field(default=None, description="Until then; may lie past midnight.")
    channels: Annotated[str, Field(max_length=200), AfterValidator(_channels)] = Field(
        description="A JSON list as text.", examples=['["inbox"]']
    )
    active: bool = Field(description="False: it rings no more until it is true again.")
    starts_on: StartsOn | None = Field(
        default=None,
        description="The first local day, from which interval and count are counted: two years ahead at "
        "most. Null or empty: today for a new one, else as it was.",
        examples=["2027-01-14"],
    )
    source: Any = Ours
    stride: Any = Ours


class Reminders(RowByRow):
    """A phone makes, changes and deletes them."""

    key = "client_id"
    model = Reminder

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        found = Reminder.objects.filter(patient=patient).order_by("revision", "id")
        if since is None:
            return Changes([shown(reminder, patient.language) for reminder in found.present()])
        changed = list(found.filter(revision__gt=since))
        return Changes(
            [shown(reminder, patient.language) for reminder in changed if reminder.deleted_at is None],
            [str(reminder.client_id) for reminder in changed if reminder.deleted_at],
        )

    def save(self, visit: Visit, row: Sent) -> None:
        sent = read(ReminderRow, row, ours=OURS)
        try:
            self._save(visit, row.id, sent)
        except InvalidScheduleError as error:
            column = COLUMN_OF.get(error.pointer, "quiet_until")
            raise NotTakenError(str(error), code=error.code, column=column) from error

    def _save(self, visit: Visit, row_id: UUID, sent: ReminderRow) -> None:
        stored = Reminder.objects.filter(patient=visit.patient, client_id=row_id).first()
        if stored is None:
            reminders.create(
                by=visit.by,
                at=visit.at,
                patient=visit.patient,
                client_id=row_id,
                kind=sent.kind,
                **_wishes(sent),
            )
        elif stored.deleted_at:
            raise NotTakenError("This reminder was deleted. Make a new one.", code="withdrawn")
        elif stored.kind != sent.kind:
            raise NotTakenError(
                "The kind of a reminder can't be changed.", code="not-changeable", column="kind"
            )
        else:
            stored.patient = visit.patient
            reminders.change(by=visit.by, at=visit.at, reminder=stored, **_wishes(sent))

    def remove(self, visit: Visit, row_id: UUID) -> None:
        """An id that the server never saw, or that is gone already, is done."""
        stored = Reminder.objects.present().filter(patient=visit.patient, client_id=row_id).first()
        if stored:
            stored.patient = visit.patient
            reminders.remove(by=visit.by, at=visit.at, reminder=stored)


def _wishes(sent: ReminderRow) -> reminders.Wishes:
    found: reminders.Wishes = {
        "title": sent.title,
        "rrule": sent.rrule,
        "local_time": time.fromisoformat(sent.local_time),
        "timezone": ZoneInfo(sent.timezone),
        "quiet_from": time.fromisoformat(sent.quiet_from) if sent.quiet_from else None,
        "quiet_until": time.fromisoformat(sent.quiet_until) if sent.quiet_until else None,
        "channels": strict_json.loads(sent.channels),
        "active": sent.active,
    }
    if sent.starts_on:
        found["starts_on"] = date.fromisoformat(sent.starts_on)
    return found


def shown(reminder: Reminder, language: str) -> dict[str, Any]:
    """One reminder as a phone keeps it. What holds it stands in `flags`, its turns in `occurrences`."""
    return {
        "id": str(reminder.client_id),
        "kind": reminder.kind,
        "title": wording.heading(reminder.title, language),
        "rrule": reminder.rrule,
        "local_time": f"{reminder.local_time:%H:%M}",
        "timezone": str(reminder.timezone),
        "quiet_from": f"{reminder.quiet_from:%H:%M}" if reminder.quiet_from else None,
        "quiet_until": f"{reminder.quiet_until:%H:%M}" if reminder.quiet_until else None,
        "channels": strict_json.dumps(reminder.channels),
        "active": reminder.active,
        "starts_on": reminder.starts_on.isoformat(),
        "source": reminder.source,
        "stride": reminder.stride,
    }


TURN_OURS = frozenset(
    {
        "reminder_id",
        "kind",
        "title",
        "body",
        "item",
        "notice",
        "care_item_id",
        "local_date",
        "slot",
        "due_at",
        "expires_at",
        "held_by",
        "held_reason",
    }
)


class OccurrenceRow(Row):
    """One turn as a phone pushes it; it may say done, skipped or snoozed."""

    state: Literal["due", "held", "done", "skipped", "snoozed", "expired"] = Field(
        description="done, skipped or snoozed; another one only as it was pulled."
    )
    snoozed_until: Milliseconds | None = Field(
        default=None, description="With `snoozed`: whole milliseconds since 1970, at most 12 hours ahead."
    )
    reason: str | None = Field(
        default=None,
        description="With `skipped`: pain, unwell, no-time, other, or empty. Else the server's reason.",
    )
    pain_before: Annotated[int, Field(ge=0, le=10)] | None = Field(
        default=None, description="With `done`: pain right before the exercise, 0 to 10."
    )
    pain_after: Annotated[int, Field(ge=0, le=10)] | None = Field(
        default=None, description="With `done`: pain after it, 0 to 10."
    )
    reminder_id: Any = Ours
    kind: Any = Ours
    title: Any = Ours
    body: Any = Ours
    item: Any = Ours
    notice: Any = Ours
    care_item_id: Any = Ours
    local_date: Any = Ours
    slot: Any = Ours
    due_at: Any = Ours
    expires_at: Any = Ours
    held_by: Any = Ours
    held_reason: Any = Ours


class Occurrences(RowByRow):
    """Turns are planned by the server; the patient says what became of them."""

    model = Occurrence

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        found = Occurrence.objects.filter(patient=patient).select_related("reminder")
        if since is not None:
            found = found.filter(revision__gt=since)
        return Changes([_turn(turn, patient.language) for turn in found.order_by("revision", "id")])

    def save(self, visit: Visit, row: Sent) -> None:
        sent = read(OccurrenceRow, row, ours=TURN_OURS)
        turn = Occurrence.objects.get(patient=visit.patient, pk=row.id)
        turn.patient = visit.patient
        if _is_so_already(turn, sent):
            return
        if sent.state == "done":
            occurrences.done(
                by=visit.by,
                at=visit.at,
                occurrence=turn,
                pain_before=sent.pain_before,
                pain_after=sent.pain_after,
            )
        elif sent.state == "skipped":
            reason = sent.reason if sent.reason in PATIENT_REASONS else ""
            occurrences.skip(by=visit.by, at=visit.at, occurrence=turn, reason=reason or "")
        elif sent.state == "snoozed":
            until = None if sent.snoozed_until is None else moment(sent.snoozed_until)
            occurrences.snooze(by=visit.by, at=visit.at, occurrence=turn, until=until)
        else:
            raise NotTakenError(
                "A phone may say done, skipped or snoozed.", code="server-owned", column="state"
            )

    def remove(self, visit: Visit, row_id: UUID) -> None:
        if Occurrence.objects.filter(patient=visit.patient, pk=row_id).exists():
            raise NotTakenError("A turn can't be deleted: say skipped.", code="not-deletable")


def _is_so_already(turn: Occurrence, sent: OccurrenceRow) -> bool:
    if turn.state != sent.state:
        return False
    if sent.state == "done":
        return (sent.pain_before, sent.pain_after) in ((None, None), (turn.pain_before, turn.pain_after))
    if sent.state == "skipped":
        return sent.reason in (None, "", turn.reason)
    until = turn.snoozed_until and milliseconds(turn.snoozed_until)
    return sent.state != "snoozed" or sent.snoozed_until in (None, until)


def _turn(turn: Occurrence, language: str) -> dict[str, Any]:
    said = wording.of(turn, language)
    held_by: UUID | None = turn.held_by_id
    care_item: UUID | None = turn.care_item_id
    return {
        "id": str(turn.pk),
        "reminder_id": str(turn.reminder.client_id),
        "kind": turn.reminder.kind,
        "title": said.title,
        "body": said.body,
        "item": turn.item,
        "notice": said.notice,
        "care_item_id": None if care_item is None else str(care_item),
        "local_date": turn.local_date.isoformat(),
        "slot": turn.slot,
        "due_at": milliseconds(turn.due_at),
        "expires_at": milliseconds(turn.expires_at),
        "state": turn.state,
        "held_by": None if held_by is None else str(held_by),
        "held_reason": said.held_reason,
        "snoozed_until": turn.snoozed_until and milliseconds(turn.snoozed_until),
        "reason": turn.reason,
        "pain_before": turn.pain_before,
        "pain_after": turn.pain_after,
    }

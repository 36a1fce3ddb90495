"""Turns on their way into the database, many at a time: with record and deliveries, and at their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from journal.rows import array
from reminders.models.occurrences import Occurrence

# What lies in the inbox has arrived with this very commit. Everything else, and whatever is for an account
# that was closed, is for a dispatcher to look at. Nothing is joined here: once the plan is kept for all
# batches, PostgreSQL takes arrays for short and would go through one for each element of the other.
STORE = """
WITH turn AS MATERIALIZED (
    SELECT * FROM unnest(
        %(id)s::uuid[], %(patient_id)s::bigint[], %(reminder_id)s::uuid[], %(local_date)s::date[],
        %(slot)s::smallint[], %(due_at)s::timestamptz[], %(expires_at)s::timestamptz[], %(state)s::text[],
        %(held_by_id)s::uuid[], %(item)s::text[], %(language)s::text[], %(title)s::text[],
        %(care_item_id)s::uuid[], %(reason)s::text[], %(notice)s::text[], %(revision)s::bigint[],
        %(kind)s::text[], %(channels)s::text[], %(user_id)s::bigint[], %(signs_in)s::boolean[],
        %(lasts)s::boolean[]
    ) AS turn (
        id, patient_id, reminder_id, local_date, slot, due_at, expires_at, state,
        held_by_id, item, language, title, care_item_id, reason, notice, revision,
        kind, channels, user_id, signs_in, lasts
    )
), patient AS (
    UPDATE accounts_patient SET revision = revision + 1 WHERE id = ANY(%(patients)s::bigint[])
), made AS (
    INSERT INTO reminders_occurrence (
        id, patient_id, reminder_id, local_date, slot, due_at, expires_at, state,
        held_by_id, item, language, title, care_item_id, reason, notice, snoozes, revision
    )
    SELECT id, patient_id, reminder_id, local_date, slot, due_at, expires_at, state,
        held_by_id, item, language, title, care_item_id, reason, notice, 0, revision
    FROM turn
), recorded AS (
    INSERT INTO journal_change (patient_id, revision, verb, subject, at, data)
    SELECT patient_id, revision, 'occurrence.' || state, 'occurrence:' || id, %(at)s::timestamptz,
        CASE WHEN held_by_id IS NULL THEN '{}' ELSE jsonb_build_object('held_by', held_by_id) END
    FROM turn
)
INSERT INTO reminders_delivery (
    patient_id, topic, kind, subject_id, to_id, channel, lane, key, due_at, expires_at, last_error,
    wanted_since, state, sent_at, attempts
)
SELECT patient_id, 'reminder', 'reminder.' || kind, id, user_id, channel, '',
    concat_ws(':', 'reminder', id, 0, user_id, channel), due_at,
    CASE WHEN lasts THEN expires_at ELSE due_at + %(grace)s::interval END, '',
    CASE WHEN NOT arrived THEN due_at END, CASE WHEN arrived THEN 'sent' ELSE 'waiting' END,
    CASE WHEN arrived THEN %(at)s::timestamptz END, CASE WHEN arrived THEN 1 ELSE 0 END
FROM turn CROSS JOIN unnest(string_to_array(channels, ',')) AS channel
CROSS JOIN LATERAL (SELECT channel = 'inbox' AND signs_in) AS inbox (arrived)
"""
ADVANCE = """
UPDATE reminders_reminder AS reminder
SET next_local_date = coming.day, next_due_at = coming.due_at, last_item = coming.item, lease_until = NULL
FROM unnest(%(id)s::uuid[], %(day)s::date[], %(due_at)s::timestamptz[], %(item)s::text[])
    AS coming (id, day, due_at, item)
WHERE reminder.id = coming.id
"""
# A patient's other reminders of the kind go on after the same tip, or it would come twice in a row.
SHOW = """
UPDATE reminders_reminder AS reminder SET last_item = shown.item
FROM unnest(%(patient)s::bigint[], %(kind)s::text[], %(item)s::text[]) AS shown (patient, kind, item)
WHERE reminder.patient_id = shown.patient AND reminder.kind = shown.kind AND reminder.last_item <> shown.item
"""
# A day ends for all turns at once. Django's bulk_update, a CASE for each column, costs ten times as much.
END = """
UPDATE reminders_occurrence AS turn
SET state = ended.state, reason = ended.reason, acted_at = ended.acted_at, revision = ended.revision,
    snoozed_until = NULL
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(reason)s::text[], %(acted_at)s::timestamptz[],
    %(revision)s::bigint[]) AS ended (id, state, reason, acted_at, revision)
WHERE turn.id = ended.id
"""


@dataclass(slots=True)
class Turn:
    """An occurrence before it is stored, with what its deliveries need; the fields are columns of `STORE`.

    `channels`: over which it rings, with commas between; empty when it makes no sound. `lasts`: it is sent as
    long as the turn is open, and not for a grace alone.
    """

    id: str
    patient_id: int
    reminder_id: UUID
    local_date: date
    due_at: datetime
    expires_at: datetime
    state: str
    language: str
    title: str
    revision: int
    kind: str
    user_id: int | None
    signs_in: bool
    slot: int = 0
    held_by_id: UUID | None = None
    item: str = ""
    care_item_id: UUID | None = None
    reason: str = ""
    notice: str = ""
    channels: str = ""
    lasts: bool = False


@dataclass(slots=True)
class Coming:
    """The next slot of a reminder, none when its rule has ended, and the tip that was shown last."""

    id: UUID
    day: date | None
    due_at: datetime | None
    item: str


def store(turns: Sequence[Turn], coming: Sequence[Coming], *, at: datetime, grace: timedelta) -> int:
    """Writes all of a batch, whose patients are locked; how many lie in inboxes now.

    Each patient's revision grows by one, to that of the turns, for all that this says about that patient.

    Raises:
        IntegrityError: a turn is there already.
    """
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, _columns(coming, *_names(Coming)))
        if turns:
            patients = array({turn.patient_id for turn in turns})
            given: dict[str, Any] = {"patients": patients, "at": at, "grace": grace}
            cursor.execute(STORE, {**given, **_columns(turns, *_names(Turn))})
    return sum(turn.signs_in and "inbox" in turn.channels for turn in turns)


def show(items: Mapping[tuple[int, str], str]) -> None:
    """Which tip each patient was shown last, by kind of reminder."""
    if items:
        given = {
            "patient": array(patient for patient, _ in items),
            "kind": array(kind for _, kind in items),
            "item": array(items.values()),
        }
        with connection.cursor() as cursor:
            cursor.execute(SHOW, given)


def end(turns: Sequence[Occurrence]) -> None:
    """Stores what became of turns whose time is over."""
    with connection.cursor() as cursor:
        cursor.execute(END, _columns(turns, "id", "state", "reason", "acted_at", "revision"))


def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _columns(rows: Sequence[object], *names: str) -> dict[str, str]:
    return {name: array(map(attrgetter(name), rows)) for name in names}

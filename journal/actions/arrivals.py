"""New entries: their rows, the patient's next revision and the record of it, in one statement."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from journal import rows
from journal.accounts.models import Patient, User
from journal.models import Entry

# What an entry was answered before anything was found: which it mostly stays.
NOTHING_FOUND: Mapping[str, Any] = {"flags": [], "advice": None}

# One round trip instead of five, and no row is built twice. Arrays of scalars go as text, which costs less
# than to have each element adapted; the documents as one JSON array. The update waits for the lock and
# takes it; a writer that had to wait may find an id taken meanwhile, whose insert then does nothing.
_STORE = """
WITH said AS (
    SELECT * FROM ROWS FROM (
        unnest(
            %(client_id)s::uuid[], %(version)s::int[], %(recorded_at)s::timestamptz[], %(utc_offset)s::int[],
            %(timezone)s::text[], %(local_date)s::date[], %(digest)s::text[]
        ),
        jsonb_array_elements(%(report)s::jsonb)
    ) WITH ORDINALITY AS t (
        client_id, version, recorded_at, utc_offset, timezone, local_date, digest, report, place
    )
), raised AS (
    UPDATE accounts_patient SET revision = revision + 1
    WHERE id = %(patient)s AND erased_at IS NULL AND NOT EXISTS (
        SELECT FROM journal_entry JOIN said USING (client_id) WHERE patient_id = %(patient)s
    )
    RETURNING *
), stored AS (
    INSERT INTO journal_entry (
        patient_id, client_id, version, recorded_at, utc_offset, timezone, local_date, report, digest,
        received_at, revision, outcome
    )
    SELECT raised.id, client_id, version, recorded_at, utc_offset, said.timezone, local_date, report,
        digest, %(at)s::timestamptz, raised.revision, %(outcome)s::jsonb
    FROM said CROSS JOIN raised ORDER BY place
    ON CONFLICT (patient_id, client_id) DO NOTHING
    RETURNING id, client_id
), noted AS (
    INSERT INTO journal_change (patient_id, revision, verb, subject, by_id, at, data)
    SELECT raised.id, raised.revision, 'entry.recorded', 'entry:' || client_id, %(by)s::bigint, %(at)s, '{}'
    FROM stored CROSS JOIN raised ORDER BY stored.id
)
SELECT {columns}, (SELECT json_object_agg(client_id, id) FROM stored)::text FROM raised AS patient
"""


Stored = tuple[Patient, list[Entry]]


def store(
    *, by: User | None, at: datetime, patient: Patient, said: Sequence[Mapping[str, Any]]
) -> Callable[[], Stored | None]:
    """Sends new entries; what comes back gives the locked patient and the entries, in the order of `said`.

    Call it within a transaction. `said` are columns of entries, `client_id` and `version` among them. None,
    and nothing written but perhaps a revision that no row carries, when an id of them was used before.
    """
    values: dict[str, Any] = {name: rows.array([each[name] for each in said]) for name in _SCALARS}
    values |= {"report": to_json([each["report"] for each in said]).decode(), "outcome": _NOTHING_FOUND}
    values |= {"patient": patient.pk, "at": at, "by": by.pk if by else None}
    found = rows.ask_for(Patient, _STORE, values)
    return lambda: _stored(found(), at=at, said=said)


def _stored(
    found: list[tuple[Patient, tuple[Any, ...]]], *, at: datetime, said: Sequence[Mapping[str, Any]]
) -> Stored | None:
    if not found:
        return None
    [(locked, [stored])] = found
    ids: dict[str, int] = json.loads(stored or "{}")
    if len(ids) < len(said):
        return None
    return locked, [_row(locked, at, each, ids[str(each["client_id"])]) for each in said]


_NOTHING_FOUND = json.dumps(NOTHING_FOUND)
_SCALARS = ("client_id", "version", "recorded_at", "utc_offset", "timezone", "local_date", "digest")


def _row(patient: Patient, at: datetime, said: Mapping[str, Any], entry_id: int) -> Entry:
    """The entry as it was stored; what PostgreSQL computes of it is read when it is asked for."""
    columns = {
        **said,
        "id": entry_id,
        "patient_id": patient.pk,
        "received_at": at,
        "revision": patient.revision,
        "outcome": {**NOTHING_FOUND},
        "deleted_at": None,
    }
    return rows.stored(Entry, columns, patient=patient)


# One statement for all of them, whatever they were answered.
_ANSWER = """
UPDATE journal_entry AS entry SET outcome = found.outcome
FROM ROWS FROM (unnest(%(ids)s::bigint[]), jsonb_array_elements(%(outcomes)s::jsonb)) AS found (id, outcome)
WHERE entry.id = found.id AND entry.patient_id = %(patient)s
"""


def keep_outcomes(*, patient: Patient, entries: Sequence[Entry]) -> None:
    """What these entries were answered, kept for the phone that never heard it."""
    if not entries:
        return
    outcomes = json.dumps([entry.outcome for entry in entries])
    ids = rows.array(entry.pk for entry in entries)
    rows.ask(_ANSWER, {"ids": ids, "outcomes": outcomes, "patient": patient.pk})

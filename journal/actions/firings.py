"""Flags as an evaluation leaves them, and the news of those it opened: one message, however many."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from journal.accounts.models import Patient
from journal.models import Flag, OutboxEvent
from journal.rows import array, ask, at_once

CHANGED = (
    "rule_version", "met", "last_met", "evidence", "covered", "arms", "numbers", "why",
    "why_params", "why_clinician", "supported", "superseded_reason", "status", "revision",
)  # fmt: skip

_OPEN = """
INSERT INTO journal_flag ({columns})
SELECT {columns} FROM jsonb_populate_recordset(NULL::journal_flag, %(flags)s::jsonb)
"""
_CHANGE = """
UPDATE journal_flag AS flag SET ({columns}) = ROW({now})
FROM jsonb_populate_recordset(NULL::journal_flag, %(flags)s::jsonb) AS now
WHERE flag.id = now.id AND flag.patient_id = %(patient)s
"""
_TELL = """
INSERT INTO journal_outboxevent (patient_id, kind, subject_id, at)
SELECT %(patient)s, kind, subject_id, %(at)s::timestamptz
FROM ROWS FROM (unnest(%(kinds)s::text[]), unnest(%(flags)s::uuid[])) AS news (kind, subject_id)
"""


def save(*, at: datetime, patient: Patient, opened: Collection[Flag], changed: Collection[Flag]) -> None:
    """Writes new flags and the changed columns of stored ones, under the patient's present revision.

    `opened` are new, or were superseded and are open again; the latter are in `changed`, too.
    """
    new = [flag for flag in opened if flag._state.adding]
    for flag in (*new, *changed):
        flag.revision = patient.revision
    with at_once():
        if new:
            ask(_open(), {"flags": _as_json(new)})
        if changed:
            ask(_change(), {"flags": _as_json(changed), "patient": patient.pk})
        if opened:
            ask(_TELL, _news(at, patient, opened))
    for flag in new:
        flag._state.adding, flag._state.db = False, DEFAULT_DB_ALIAS


def _news(at: datetime, patient: Patient, opened: Iterable[Flag]) -> dict[str, Any]:
    kinds = OutboxEvent.Kind
    told = [kinds.FLAG_OPENED if flag._state.adding else kinds.FLAG_REOPENED for flag in opened]
    return {
        "patient": patient.pk,
        "at": at,
        "kinds": array(map(str, told)),
        "flags": array(flag.pk for flag in opened),
    }


@cache
def _open() -> str:
    return _OPEN.format(columns=_names(Flag._meta.concrete_fields))


@cache
def _change() -> str:
    fields = [Flag._meta.get_field(name) for name in CHANGED]
    return _CHANGE.format(columns=_names(fields), now=_names(fields, "now."))


def _names(fields: Iterable[Any], table: str = "") -> str:
    return ", ".join(f"{table}{connection.ops.quote_name(field.column)}" for field in fields)


def _as_json(flags: Iterable[Flag]) -> str:
    fields = Flag._meta.concrete_fields
    return json.dumps(
        [{field.column: _value(getattr(flag, field.attname)) for field in fields} for flag in flags]
    )


def _value(value: Any) -> Any:
    """As JSON has it, and PostgreSQL reads it back."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

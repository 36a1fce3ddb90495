"""Patients with their histories, by COPY, as the owner; and their session tokens."""

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from psycopg import sql

from journal.accounts.models import User
from journal.actions.entries import columns_of
from journal.content.report import Report
from tests.benchmarks.documents import DAYS, FLAGS, LONG, NOW, ZONE, report

# Those whom the server is asked about, those whose rows pgbench writes, those with a long history.
SERVED, BESIDE, READ = 2_000, 2_000, 100


@dataclass(frozen=True)
class Person:
    """One patient, the token of the phone, and an old enough revision to pull one change from."""

    id: int
    token: str
    revision: int


@dataclass(frozen=True)
class People:
    """By what they are for."""

    served: Sequence[Person]
    beside: Sequence[Person]
    read: Sequence[Person]


def fill(connection: psycopg.Connection) -> People:
    """Writes all rows in one transaction of the owner, then vacuums."""
    with connection.transaction():
        clinic = connection.execute(
            "INSERT INTO accounts_clinic (slug, name, timezone, phone, emergency_number) "
            "VALUES ('bench', 'Bench', 'Europe/Berlin', '', '112') RETURNING id"
        ).fetchone()
        assert clinic
        ids = range(1, SERVED + BESIDE + READ + 1)
        _copy(connection, "accounts_user", [_user(number) for number in ids])
        lengths = {number: DAYS if number <= SERVED + BESIDE else LONG for number in ids}
        _copy(connection, "accounts_patient", [_patient(n, clinic[0], lengths[n]) for n in ids])
        said = _said_once(LONG)
        _copy(connection, "journal_entry", _flat(ids, lambda n: [_entry(n, s) for s in said[-lengths[n] :]]))
        _copy(connection, "journal_change", _flat(ids, lambda n: _changes(n, lengths[n])))
        _copy(connection, "journal_flag", _flat(ids[-READ:], lambda n: [_flag(n, k) for k in range(FLAGS)]))
        tokens = {n: uuid.uuid4().hex for n in ids}
        _copy(connection, "django_session", [_session(n, tokens[n]) for n in ids])
        for table in ("accounts_user", "accounts_patient"):
            connection.execute(f"SELECT setval('{table}_id_seq', {ids[-1]})")  # noqa: S608
    connection.execute("VACUUM ANALYZE")
    found = [Person(n, tokens[n], lengths[n]) for n in ids]
    return People(found[:SERVED], found[SERVED:-READ], found[-READ:])


def revisions(connection: psycopg.Connection) -> dict[int, int]:
    """The revision of each patient as it is now."""
    return dict(connection.execute("SELECT id, revision FROM accounts_patient").fetchall())


def _flat(
    ids: Iterable[int], rows: Callable[[int], list[dict[str, Any]]]
) -> Iterable[dict[str, Any]]:
    return (row for number in ids for row in rows(number))


def _copy(connection: psycopg.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Columns as the first row names them."""
    rows = iter(rows)
    first = next(rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, first))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(list(first.values()))
        for row in rows:
            copy.write_row(list(row.values()))


def _user(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "email": f"p{number}@bench.example",
        "password": f"!{number}",
        "is_superuser": False,
        "first_name": "",
        "last_name": "",
        "is_staff": False,
        "is_active": True,
        "date_joined": NOW,
    }


def _session(number: int, token: str) -> dict[str, Any]:
    """As a sign-in of the app leaves it."""
    user = User(id=number, password=f"!{number}")
    signed_in = {
        SESSION_KEY: str(number),
        BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return {
        "session_key": token,
        "session_data": SessionStore().encode(signed_in),
        "expire_date": NOW + timedelta(days=30),
    }


def _patient(number: int, clinic: int, revision: int) -> dict[str, Any]:
    return {
        "id": number,
        "user_id": number,
        "clinic_id": clinic,
        "name": "",
        "sex": "F",
        "born": (NOW - timedelta(days=365 * 72)).date(),
        "history": ["osteoporosis", "chronic_pain_known"],
        "history_dates": "{}",
        "timezone": ZONE,
        "language": "en",
        "revision": revision,
        "enrolled_at": NOW - timedelta(days=LONG + 30),
    }


def _said_once(days: int) -> list[dict[str, Any]]:
    """One entry a day up to yesterday, the same for everybody but for id and patient."""
    found = []
    for back in range(days, 0, -1):
        moment = (NOW - timedelta(days=back)).astimezone(ZoneInfo(ZONE))
        columns = columns_of(recorded_at=moment, timezone=ZONE, report=Report.model_validate(report(back)))
        found.append({**columns, "report": json.dumps(columns["report"]), "back": back})
    return found


def _entry(patient: int, said: dict[str, Any]) -> dict[str, Any]:
    number = said["back"]
    return {
        **{name: value for name, value in said.items() if name != "back"},
        "patient_id": patient,
        "client_id": uuid.uuid4(),
        "version": 1,
        "received_at": said["recorded_at"],
        "revision": (LONG if patient > SERVED + BESIDE else DAYS) + 1 - number,
        "outcome": '{"flags": [], "advice": null}',
    }


def _changes(patient: int, count: int) -> list[dict[str, Any]]:
    return [
        {
            "patient_id": patient,
            "revision": number,
            "verb": "entry.recorded",
            "subject": f"entry:{uuid.uuid4()}",
            "by_id": patient,
            "at": NOW - timedelta(days=count - number + 1),
            "data": "{}",
        }
        for number in range(1, count + 1)
    ]


def _flag(patient: int, number: int) -> dict[str, Any]:
    """One a month, looked at by somebody."""
    at: datetime = NOW - timedelta(days=30 * (number + 1))
    day = at.date()
    return {
        "id": uuid.uuid4(),
        "patient_id": patient,
        "pattern": "persistent-pain",
        "rule_version": 1,
        "urgency": "routine",
        "holds_exercise": False,
        "day": day,
        "status": "acknowledged",
        "supported": True,
        "superseded_reason": "",
        "met": json.dumps({"lumbar": [day.isoformat()]}),
        "last_met": day,
        "evidence": json.dumps({day.isoformat(): [str(uuid.uuid4())]}),
        "covered": "{}",
        "arms": "[]",
        "numbers": "{}",
        "why": "The pain in your lower back has been there for six weeks or more.",
        "why_params": "[]",
        "why_clinician": "Pain for six weeks.",
        "raised_at": at,
        "due_at": at + timedelta(days=7),
        "revision": 1,
    }

"""Patients with their histories, and their session tokens."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from psycopg import sql

from journal.accounts.models import Clinic, Patient, User
from journal.actions.entries import columns_of
from journal.content.report import Report
from journal.models import Flag
from tests.benchmarks.documents import DAYS, FLAGS, LONG, NOW, ZONE, report

OWNER = "owner"  # the role of the app may not write everybody's rows
# Those whom the server is asked about, those whose rows pgbench writes, those with a long history.
SERVED, BESIDE, READ = 2_000, 2_000, 50


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
    """Writes all rows as the owner, then vacuums."""
    ids = range(1, SERVED + BESIDE + READ + 1)
    lengths = {number: DAYS if number <= SERVED + BESIDE else LONG for number in ids}
    tokens = {number: uuid.uuid4().hex for number in ids}
    clinic = Clinic.objects.using(OWNER).create(slug="bench", name="Bench", timezone=ZONE)
    users = User.objects.using(OWNER).bulk_create(_user(number) for number in ids)
    Patient.objects.using(OWNER).bulk_create(_patient(user, clinic, lengths[user.pk]) for user in users)
    _sign_in(users, tokens)
    said = _said_once(LONG)
    with connection.transaction():
        _copy(connection, "journal_entry", _flat(ids, lambda n: [_entry(n, s) for s in said[-lengths[n] :]]))
        _copy(connection, "journal_change", _flat(ids, lambda n: _changes(n, lengths[n])))
    Flag.objects.using(OWNER).bulk_create(_flag(n, k) for n in ids[-READ:] for k in range(FLAGS))
    connection.execute("VACUUM ANALYZE")
    found = [Person(n, tokens[n], lengths[n]) for n in ids]
    return People(found[:SERVED], found[SERVED:-READ], found[-READ:])


def revisions(connection: psycopg.Connection) -> dict[int, int]:
    """The revision of each patient as it is now."""
    return dict(connection.execute("SELECT id, revision FROM accounts_patient").fetchall())


def _flat(ids: Iterable[int], rows: Callable[[int], list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
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


def _user(number: int) -> User:
    return User(id=number, email=f"p{number}@bench.example", password=f"!{number}")


def _sign_in(users: Sequence[User], tokens: Mapping[int, str]) -> None:
    """Sessions as a sign-in of the app leaves them."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = store.get_model_class()
    until = NOW + timedelta(days=30)
    rows.objects.using(OWNER).bulk_create(
        rows(session_key=tokens[user.pk], session_data=store.encode(_session(user)), expire_date=until)
        for user in users
    )
    UserSession.objects.using(OWNER).bulk_create(
        UserSession(user=user, session_key=tokens[user.pk], ip="127.0.0.1") for user in users
    )


def _session(user: User) -> dict[str, Any]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def _patient(user: User, clinic: Clinic, revision: int) -> Patient:
    """With the number of the account as their own."""
    return Patient(
        id=user.pk,
        user=user,
        clinic=clinic,
        sex="F",
        born=(NOW - timedelta(days=365 * 72)).date(),
        history=["osteoporosis", "chronic_pain_known"],
        timezone=ZONE,
        revision=revision,
        enrolled_at=NOW - timedelta(days=LONG + 30),
    )


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


def _flag(patient: int, number: int) -> Flag:
    """One a month, looked at by somebody."""
    at = NOW - timedelta(days=30 * (number + 1))
    day = at.date()
    return Flag(
        patient_id=patient,
        pattern="persistent-pain",
        rule_version=1,
        urgency="routine",
        day=day,
        status=Flag.Status.ACKNOWLEDGED,
        met={"lumbar": [day.isoformat()]},
        last_met=day,
        evidence={day.isoformat(): [str(uuid.uuid4())]},
        why="The pain in your lower back has been there for six weeks or more.",
        why_clinician="Pain for six weeks.",
        raised_at=at,
        due_at=at + timedelta(days=7),
        revision=1,
    )

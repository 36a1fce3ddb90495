"""The second fence: as the app's role, with plain SQL, nobody reaches a row that isn't theirs."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model

from journal.accounts.models import Patient, User
from journal.fence import scope, tables
from journal.fence.tables import Table
from tests.support.records import Cast, a_cast

pytestmark = pytest.mark.django_db

FENCED = list(tables.fenced())
# The trail, and the dispatchers' own notes: pages show what follows from them, never the rows.
SYSTEMS_OWN = {
    "journal.Trace",
    "reminders.DeadAddress",
    "reminders.Round",
    "reminders.Tally",
    "reminders.ZoneRules",
}
# Read before anybody is known: who signs in, from which device, after how many guesses, in which session.
OPEN = {"accounts_user", "accounts_session", "accounts_guesses", "accounts_knowndevice"}
OF_PATIENTS = [table for table in FENCED if table.patient]
OF_ANYBODY = [table for table in FENCED if table.label not in SYSTEMS_OWN]


def label(table: Table) -> str:
    return table.label


@pytest.fixture
def hill(db: None) -> Cast:
    return a_cast("hill", "heron")


@pytest.fixture
def lake(db: None) -> Cast:
    return a_cast("lake", "kestrel")


def scopes_of(cast: Cast) -> dict[str, str]:
    return {
        "the patient": scope.patient(cast.person.pk, cast.patient.pk, cast.clinic.pk),
        "the clinic's staff": scope.staff(cast.physiotherapist.pk, cast.clinic.pk),
        "an operator": scope.office(cast.lead.pk + 1000),
        "somebody signed in": scope.person(cast.person.pk),
        "nobody": scope.NOBODY,
    }


def reaches(row: Model, name: str) -> Iterator[str]:
    """Which of the four verbs get at the row under this scope."""
    table, key = row._meta.db_table, str(row._meta.pk.column)
    values = _as_stored(row)
    columns = ", ".join(f'"{column}"' for column in values)
    fresh: dict[str, Any] = {
        **values,
        key: str(uuid.uuid4()) if isinstance(row.pk, uuid.UUID) else 987_654_321,
    }
    asked: dict[str, tuple[str, list[Any]]] = {
        "select": (f"SELECT 1 FROM {table} WHERE {key} = %s", [row.pk]),
        "update": (f"UPDATE {table} SET {_other(row)} = {_other(row)} WHERE {key} = %s", [row.pk]),
        "delete": (f"DELETE FROM {table} WHERE {key} = %s", [row.pk]),
        "insert": (
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_record(NULL::{table}, %s)",
            [json.dumps(fresh)],
        ),
    }
    for verb, (statement, parameters) in asked.items():
        if _rows(statement, parameters, name):
            yield verb


def _rows(statement: str, parameters: list[Any], name: str) -> int:
    with scope.within(name):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                found: int = cursor.rowcount
                transaction.set_rollback(True)
                return found
        except ProgrammingError as error:  # 42501: a policy, a grant or a trigger says no
            if getattr(error.__cause__, "sqlstate", "") != "42501":
                raise
            return 0


def _as_stored(row: Model) -> dict[str, Any]:
    with connection.cursor() as cursor:
        table, key = row._meta.db_table, row._meta.pk.column
        cursor.execute(f"SELECT row_to_json(it) FROM {table} it WHERE {key} = %s", [row.pk])
        [found] = cursor.fetchone()
    made = {field.column for field in row._meta.concrete_fields if field.generated}
    stored: dict[str, Any] = found if isinstance(found, dict) else json.loads(found)
    return {name: value for name, value in stored.items() if name not in made}


def _other(row: Model) -> str:
    """A column that is not the key."""
    return next(
        f'"{field.column}"'
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.generated
    )


def test_every_table_is_fenced_or_open_for_sign_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
            " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'osteon_own')"
        )
        fenced = {name for (name,) in cursor.fetchall()}
    models = {model._meta.db_table for model in tables.models()}
    assert models - fenced == OPEN


def test_each_fenced_table_has_a_row_to_try_it_with(hill: Cast) -> None:
    """A new model is to be added to tests/support/records.py; the policy it has already."""
    assert {table.label for table in FENCED} - SYSTEMS_OWN == set(hill.rows)


@pytest.mark.parametrize("table", OF_ANYBODY, ids=label)
def test_no_verb_reaches_a_row_of_another_clinic(table: Table, hill: Cast, lake: Cast) -> None:
    row = lake.rows[table.label]
    for who, name in scopes_of(hill).items():
        if who == "an operator" and table.label in tables.THE_OFFICES:
            continue
        assert list(reaches(row, name)) == [], who


@pytest.mark.parametrize("table", OF_PATIENTS, ids=label)
def test_no_verb_reaches_a_row_of_another_patient_of_the_same_clinic(
    table: Table, hill: Cast, lake: Cast
) -> None:
    Patient.objects.filter(pk=lake.patient.pk).update(clinic=hill.clinic)
    assert list(reaches(lake.rows[table.label], scopes_of(hill)["the patient"])) == []


@pytest.mark.parametrize("table", OF_PATIENTS, ids=label)
def test_the_clinic_sees_its_patients_row_and_the_patient_all_but_notes(table: Table, hill: Cast) -> None:
    seen = {who for who, name in scopes_of(hill).items() if "select" in reaches(hill.rows[table.label], name)}
    expected = {"the clinic's staff"}
    if table.label not in tables.FOR_STAFF_ALONE:
        expected.add("the patient")
    if table.label == tables.PATIENT:
        expected.add("somebody signed in")
    assert seen == expected


@pytest.mark.parametrize("name_of_model", sorted(SYSTEMS_OWN))
def test_what_is_nobodys_is_the_systems_alone(name_of_model: str, hill: Cast) -> None:
    table = next(each for each in FENCED if each.label == name_of_model)
    for name in scopes_of(hill).values():
        assert _rows(f"SELECT 1 FROM {table.name}", [], name) == 0


# Nobody opens these: the dispatchers work them off.
DISPATCHERS = {"journal.OutboxEvent", "reminders.Chase", "reminders.Digest"}
SCOPED = [
    table
    for table in FENCED
    if table.label not in DISPATCHERS | SYSTEMS_OWN
    and (table.label == tables.CLINIC or {"patient", "clinic"} & {f.name for f in table.model._meta.fields})
]
FOR_LEADS_ALONE = {"accounts.Invitation"}


@pytest.mark.parametrize("table", SCOPED, ids=label)
def test_each_model_says_who_may_see_its_rows(table: Table, hill: Cast, lake: Cast) -> None:
    """The first fence, asked as the system, so that the second one hides nothing: a new model is in it."""
    rows: Any = table.model._default_manager
    row = hill.rows[table.label]
    operator = User.objects.create_superuser("root@host.example", "x")

    def sees(person: Any) -> bool:
        return bool(rows.visible_to(person).filter(pk=row.pk).exists())

    assert sees(hill.lead)
    assert sees(hill.physiotherapist) == (table.label not in FOR_LEADS_ALONE)
    told = table.label in tables.TOLD_TO_ITS_PATIENTS
    assert sees(hill.person) == (table.label not in tables.FOR_STAFF_ALONE if table.patient else told)
    assert not any(map(sees, [lake.lead, lake.physiotherapist, lake.person, AnonymousUser()]))
    assert sees(operator) == (not table.patient and table.label not in FOR_LEADS_ALONE)
    User.objects.update(is_active=False)
    assert not any(map(sees, User.objects.all()))


def test_nothing_is_signed_with_another_persons_name(hill: Cast) -> None:
    """The same row in the own name is taken."""
    own = scope.staff(hill.physiotherapist.pk, hill.clinic.pk)
    statement = (
        "INSERT INTO journal_note (patient_id, code, day, text, by_id, at, revision)"
        " VALUES (%s, 'contact', '2026-03-10', 'x', %s, now(), 1)"
    )
    assert _rows(statement, [hill.patient.pk, hill.lead.pk], own) == 0
    assert _rows(statement, [hill.patient.pk, hill.physiotherapist.pk], own) == 1


def test_a_scope_ends_with_its_transaction(hill: Cast) -> None:
    with scope.within(scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk)):
        assert Patient.objects.count() == 1
    with scope.within(scope.NOBODY):
        assert Patient.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_each_statement_says_in_whose_name_it_asks() -> None:
    hill = a_cast("hill", "heron")
    a_cast("lake", "kestrel")
    with scope.within(scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk)):
        assert [patient.pk for patient in Patient.objects.all()] == [hill.patient.pk]
        with connection.connection.cursor() as beneath:  # what the next user of this connection would find
            beneath.execute("SELECT current_setting('osteon.scope', true)")
            assert beneath.fetchone()[0] in (None, "")
    with scope.within(scope.NOBODY):
        assert not Patient.objects.exists()


def test_a_rolled_back_savepoint_does_not_leave_another_persons_scope(hill: Cast, lake: Cast) -> None:
    mine = scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk)
    theirs = scope.patient(lake.person.pk, lake.patient.pk, lake.clinic.pk)
    with scope.within(mine):
        assert Patient.objects.get().pk == hill.patient.pk
        with transaction.atomic():
            with scope.within(theirs):
                assert Patient.objects.get().pk == lake.patient.pk
            transaction.set_rollback(True)
        assert Patient.objects.get().pk == hill.patient.pk


def test_what_a_patient_asks_keeps_one_plan_and_what_others_ask_is_planned_by_value(hill: Cast) -> None:
    def plans(name: str) -> str:
        with scope.within(name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('plan_cache_mode')")
            return str(cursor.fetchone()[0])

    found = {who: plans(name) for who, name in scopes_of(hill).items()}
    assert {who for who, mode in found.items() if mode == "force_generic_plan"} == {
        "the patient",
        "somebody signed in",
    }
    assert plans(scope.SYSTEM) == plans(scope.NOBODY) == "auto"

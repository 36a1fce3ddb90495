"""The trail: nothing happens without a line, and no line can be altered, taken out, dated back or forged."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from journal.accounts.models import ClinicChange, Patient, User
from journal.actions import entries, patients
from journal.content.report import Report
from journal.fence import scope
from journal.models import Change, Flag, Note, StaffRead
from reminders.actions import planning
from reminders.models import Occurrence
from tests.support.exercise import exercise_at_ten
from tests.support.people import a_patient
from tests.support.records import Cast, a_cast

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
# Whose it is is looked at when a transaction ends, and this one is rolled back.
ONE_CHANGE = """
INSERT INTO journal_change (patient_id, revision, verb, subject, at, data)
VALUES (1, 1, 'x', 'x', now(), '{}')
"""


@pytest.fixture
def hill(db: None) -> Cast:
    return a_cast("hill", "heron")


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """The owner of all tables, in the test's database; what is done is rolled back."""
    name = connections["default"].settings_dict["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{name}"))
    with psycopg.connect(url) as connected:
        yield connected
        connected.rollback()


def staff(cast: Cast) -> str:
    return scope.staff(cast.physiotherapist.pk, cast.clinic.pk)


def look(cast: Cast, **said: object) -> None:
    StaffRead.objects.create(**{"patient": cast.patient, "by": cast.physiotherapist, "route": "x", **said})


# --- what the app's role may not do ---


ON_RECORD = ["journal_trace", "journal_staffread", "journal_change", "accounts_clinicchange"]


@pytest.mark.parametrize("table", ON_RECORD)
@pytest.mark.parametrize("attack", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("who", ["the app's role", "the owner"])
def test_what_is_on_record_can_not_be_altered_or_taken_out(
    table: str, attack: str, who: str, owner: psycopg.Connection
) -> None:
    statement = attack.format(table)
    if who == "the owner":
        if statement == "DELETE FROM journal_change":  # row by row, as an erasure takes a patient's out
            owner.execute(ONE_CHANGE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement)
        return
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM journal_trace",
        "INSERT INTO journal_trace (at, deed) VALUES (now(), 'x')",
        "ALTER TABLE journal_trace DISABLE TRIGGER osteon_stays",
        "ALTER TABLE journal_entry DISABLE TRIGGER osteon_added",
        "ALTER TABLE journal_staffread DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER osteon_stamp ON journal_staffread",
        "CREATE OR REPLACE FUNCTION osteon_person() RETURNS bigint LANGUAGE sql RETURN 1",
        "SET session_replication_role = replica",
        "SET ROLE osteon_owner",
        "SELECT nextval('journal_trace_id_seq')",
    ],
)
def test_the_apps_role_can_not_get_at_the_trail_or_round_it(attack: str) -> None:
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(attack)
    assert refused.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


def test_a_look_can_not_be_dated_back(hill: Cast) -> None:
    before = clock.now()
    with scope.within(staff(hill)):
        look(hill, at=LONG_AGO, route="dated-back")
    found = StaffRead.objects.get(route="dated-back")
    assert before - timedelta(minutes=1) < found.at < clock.now() + timedelta(minutes=1)
    assert found.db_role == connections["default"].settings_dict["USER"]


def test_a_look_can_not_be_written_in_another_persons_name(hill: Cast) -> None:
    for name, by in [
        (staff(hill), hill.lead),
        (scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk), hill.person),
        (scope.SYSTEM, hill.physiotherapist),
        (scope.NOBODY, hill.physiotherapist),
    ]:
        with scope.within(name), pytest.raises(DatabaseError), transaction.atomic():
            look(hill, by=by, route="forged")
    assert not StaffRead.objects.filter(route="forged").exists()


# --- what was done, in the program's own words ---


def a_change(cast: Cast, **said: object) -> Change:
    standard = {"patient": cast.patient, "revision": 2, "verb": "x", "subject": "x", "at": LONG_AGO}
    return Change.objects.create(**{**standard, **said})


def a_clinic_change(cast: Cast, **said: object) -> ClinicChange:
    return ClinicChange.objects.create(**{"clinic": cast.clinic, "verb": "x", "at": LONG_AGO, **said})


@pytest.mark.parametrize("write", [a_change, a_clinic_change])
def test_the_database_stamps_what_was_done_whatever_was_sent(
    hill: Cast, write: Callable[..., Change | ClinicChange]
) -> None:
    before = clock.now()
    for name, person in [(staff(hill), hill.physiotherapist.pk), (scope.SYSTEM, None)]:
        with scope.within(name):
            made = write(hill, stamped_at=LONG_AGO, person=hill.lead.pk, db_role="osteon_owner")
            made.refresh_from_db()
        assert made.stamped_at is not None
        assert before - timedelta(minutes=1) < made.stamped_at < clock.now() + timedelta(minutes=1)
        assert made.person == person
        assert made.db_role == connections["default"].settings_dict["USER"]


@pytest.mark.parametrize("write", [a_change, a_clinic_change])
def test_what_was_done_can_not_be_written_in_another_persons_name(
    hill: Cast, write: Callable[..., Change | ClinicChange]
) -> None:
    with scope.within(staff(hill)), pytest.raises(DatabaseError), transaction.atomic():
        write(hill, by=hill.lead)
    with scope.within(staff(hill)):
        assert write(hill, by=None).pk  # the system's, on the way of somebody's request: the stamp says whose


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE journal_change DISABLE TRIGGER osteon_stamp",
        "DROP TRIGGER osteon_stays ON journal_change",
        "DROP TRIGGER osteon_goes ON journal_change",
        "CREATE OR REPLACE FUNCTION osteon_stamp_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "WITH said AS (SELECT set_config('osteon.erasing', '1', true)) DELETE FROM journal_change USING said",
        "UPDATE accounts_brokenglass SET reason = 'x'",
        "UPDATE accounts_brokenglass SET at = now()",
        "DELETE FROM accounts_brokenglass",
        "UPDATE journal_flagaction SET note = 'x'",
        "DELETE FROM journal_flagaction",
    ],
)
def test_the_apps_role_can_not_rewrite_what_was_done_or_get_round_the_stamp(attack: str) -> None:
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(attack)
    assert refused.value.__cause__.sqlstate == "42501"  # type: ignore[union-attr]


def test_an_entry_that_a_phone_sends_is_stamped_too(hill: Cast) -> None:
    """The statement that stores it knows nothing of stamps."""
    mine = scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk)
    said = Report.model_validate({"pains": []})
    when = {"at": LONG_AGO, "recorded_at": LONG_AGO, "timezone": "UTC"}
    with scope.within(mine):
        entries.record(by=hill.person, patient=hill.patient, client_id=uuid4(), report=said, **when)  # type: ignore[arg-type]
        made = Change.objects.get(verb="entry.recorded")
    assert (made.at, made.person) == (LONG_AGO, hill.person.pk)
    assert made.stamped_at is not None
    assert made.stamped_at > LONG_AGO


# --- what the trail holds; the owner alone reads it ---


def lines(patient: Patient) -> list[tuple[object, ...]]:
    """Uncommitted lines are seen in the own transaction only, so the owner's function is borrowed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trace_of_this_test(%s)", [patient.pk])
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


BORROWED = """
CREATE OR REPLACE FUNCTION trace_of_this_test(asked bigint)
RETURNS TABLE (deed text, "table" text,
 columns text[], kind text, person bigint, at timestamptz, db_role text)
LANGUAGE sql SECURITY DEFINER AS $$
SELECT deed, "table", columns, kind, person, at, db_role FROM journal_trace WHERE patient = asked ORDER BY id
$$
"""


@pytest.fixture
def borrowed(owner: psycopg.Connection, db: None) -> Iterator[None]:
    owner.execute(BORROWED)
    owner.commit()
    yield
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as after:
        after.execute("DROP FUNCTION trace_of_this_test(bigint)")


@pytest.mark.usefixtures("borrowed")
def test_a_change_in_plain_sql_has_its_line_with_who_when_and_which_columns(hill: Cast) -> None:
    before = len(lines(hill.patient))
    with scope.within(staff(hill)), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_patient SET name = 'Someone', born = '1950-01-01'")
    [line] = lines(hill.patient)[before:]
    assert line[:5] == ("changed", "accounts_patient", ["name", "born"], "staff", hill.physiotherapist.pk)
    assert clock.now() - line[5] < timedelta(minutes=1)  # type: ignore[operator]
    assert line[6] == connections["default"].settings_dict["USER"]


@pytest.mark.usefixtures("borrowed")
def test_writes_in_bulk_have_a_line_for_each_row(hill: Cast) -> None:
    before = len(lines(hill.patient))
    flag = Flag.objects.get()
    flag.pk, flag.pattern = None, "gi-bleed"
    with scope.within(staff(hill)):
        Flag.objects.bulk_create([flag])
        Flag.objects.update(status="acknowledged")
        Flag.objects.filter(pattern="gi-bleed").delete()
    assert [(line[0], line[1]) for line in lines(hill.patient)[before:]] == [
        ("added", "journal_flag"),
        ("changed", "journal_flag"),
        ("changed", "journal_flag"),
        ("removed", "journal_flag"),
    ]


@pytest.mark.usefixtures("borrowed")
def test_what_hangs_on_a_flag_is_its_patients(hill: Cast) -> None:
    assert ("added", "journal_flagaction") in [(line[0], line[1]) for line in lines(hill.patient)]


@pytest.mark.usefixtures("borrowed")
def test_bookkeeping_leaves_no_line(hill: Cast) -> None:
    before = len(lines(hill.patient))
    Patient.objects.update(revision=9)
    Patient.objects.update(name=hill.patient.name)
    assert lines(hill.patient)[before:] == []


@pytest.mark.usefixtures("borrowed")
def test_a_planned_turn_is_told_by_its_stamped_record_and_what_is_done_to_it_by_the_trail(
    hill: Cast,
) -> None:
    """Decision 40: one line less for each turn that the system makes, and for none that anybody else does."""
    patient = a_patient(hill.clinic, "planned")
    exercise_at_ten(patient, at=LONG_AGO)
    before = len(lines(patient))
    planning.plan_due(at=LONG_AGO + timedelta(days=3))
    turns = Occurrence.objects.filter(patient=patient)
    assert turns.count() == 3
    assert lines(patient)[before:] == []
    for turn in turns:
        said = Change.objects.get(subject=f"occurrence:{turn.pk}")
        assert (said.by, said.person, said.db_role) == (
            None,
            None,
            connections["default"].settings_dict["USER"],
        )
        assert said.stamped_at is not None
        assert clock.now() - said.stamped_at < timedelta(minutes=1)
    turn = turns.latest("due_at")
    turns.filter(pk=turn.pk).update(title="Another title")
    turns.filter(pk=turn.pk).delete()
    with scope.within(staff(hill)):
        Occurrence.objects.bulk_create([turn])
    assert [(line[0], line[1], line[3]) for line in lines(patient)[before:]] == [
        ("changed", "reminders_occurrence", "system"),
        ("removed", "reminders_occurrence", "system"),
        ("added", "reminders_occurrence", "staff"),
    ]


@pytest.mark.usefixtures("borrowed")
def test_no_value_of_a_record_is_in_the_trail(hill: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(found::text, ' ') FROM trace_of_this_test(%s) found", [hill.patient.pk]
        )
        [said] = cursor.fetchone()
    assert "journal_entry" in said
    assert "heron" not in said


@pytest.mark.django_db(transaction=True)
def test_a_verb_and_its_line_stand_or_fall_together(owner: psycopg.Connection) -> None:
    """When the trail can't be written, neither can the record."""
    hill = a_cast("hill", "heron")
    owner.execute("ALTER TABLE journal_trace RENAME TO journal_trace_away")
    owner.commit()
    try:
        with pytest.raises(DatabaseError), transaction.atomic():
            patients.settle(by=None, at=clock.now(), patient=hill.patient, timezone="UTC", language=None)
    finally:
        owner.execute("ALTER TABLE journal_trace_away RENAME TO journal_trace")
        owner.commit()
    hill.patient.refresh_from_db()
    assert str(hill.patient.timezone) == "Europe/Berlin"


# --- a look that can't be written is refused ---


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.django_db(transaction=True)
def test_when_the_right_to_write_looks_is_gone_nothing_is_shown(owner: psycopg.Connection) -> None:
    hill = a_cast("hill", "heron")
    role = connections["default"].settings_dict["USER"]
    owner.execute(f'REVOKE INSERT ON journal_staffread FROM "{role}"')
    owner.commit()
    try:
        for name in ("admin:accounts_patient_changelist", "admin:journal_flag_changelist"):
            answer = browser(hill.physiotherapist).get(reverse(name))
            assert answer.status_code == 500
            assert "heron" not in answer.content.decode()
    finally:
        owner.execute(f'GRANT INSERT ON journal_staffread TO "{role}"')
        owner.commit()
    answer = browser(hill.physiotherapist).get(reverse("admin:accounts_patient_changelist"))
    assert answer.status_code == 200
    assert "heron" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_when_the_table_of_looks_is_locked_nothing_is_shown(owner: psycopg.Connection) -> None:
    hill = a_cast("hill", "heron")
    owner.execute("LOCK TABLE journal_staffread IN ACCESS EXCLUSIVE MODE")
    answer = browser(hill.physiotherapist).get(
        reverse("admin:accounts_patient_change", args=[hill.patient.pk])
    )
    assert answer.status_code in (500, 503)
    assert "heron" not in answer.content.decode()


def test_a_page_of_the_desk_that_records_nothing_is_not_shown(
    hill: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody had written a page and forgotten the look."""
    monkeypatch.setattr("journal.admin.desk.PatientDesk.record", lambda *_, **__: None)
    for address in [
        reverse("admin:journal_flag_changelist"),
        reverse("admin:accounts_patient_change", args=[hill.patient.pk]),
    ]:
        answer = browser(hill.physiotherapist).get(address)
        assert answer.status_code == 403
        assert "heron" not in answer.content.decode()


def test_notes_are_not_the_patients_to_read(hill: Cast) -> None:
    with scope.within(scope.patient(hill.person.pk, hill.patient.pk, hill.clinic.pk)):
        assert not Note.objects.exists()
    with scope.within(staff(hill)):
        assert Note.objects.exists()

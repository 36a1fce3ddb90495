"""A country of clinics: 100,000 patients with 10,000,000 entries, written by PostgreSQL itself in minutes.

A few dozen rows are made through the models, so that they are whole and true to the code of the day; all
others are copies of these, as the owner, with what differs as SQL. While it fills, the triggers of the trail
sleep and the large tables have no indexes but their key; both are back afterwards, and the trail has its line
for each entry. Statistics come last: without them the planner thinks of empty tables.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.benchmarks.grow import multiply
from tests.support.triggers import asleep

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "10000"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES_EACH", "100"))
CHUNK, AT_ONCE = 2_500, 2  # patients a statement, and statements at once
CASELOAD = 40  # patients of one physiotherapist
BASE = 20_000_000  # ids of patients and of their accounts: BASE + number
STAFF = 10_000_000  # ids of physiotherapists and of their accounts
LOOKS_EACH, DELIVERIES_EACH = 20, 20
SIZES = (120, 60, 300, 90, 800, 150, 45, 500, 200, 75)  # patients of the other clinics, again and again
LARGE = ("journal_entry", "journal_change", "journal_trace", "journal_staffread", "reminders_delivery")

# Entry k (from 0, the newest) of patient n: nine in ten logged yesterday or today, some fell silent, and all
# leave out a day now and then.
SILENT = "CASE WHEN {n} % 20 = 0 THEN 40 + {n} % 50 WHEN {n} % 10 = 3 THEN 3 + {n} % 9 ELSE {n} % 2 END"
BACK = f"({SILENT} + {{k}} + {{k}} / (3 + {{n}} % 5))::int"
CLIENT_ID = "md5({n} || ':' || {k})::uuid"


@dataclass(frozen=True)
class Place:
    """One clinic: its patients' numbers, and the ids of its physiotherapists."""

    clinic: int
    first: int
    last: int
    staff: int  # id before the first one
    team: int

    @property
    def patients(self) -> int:
        return self.last - self.first + 1


def count_of(number: str) -> str:
    """SQL: how many entries a patient has; ENTRIES on average, some few, some nearly twice as many."""
    spread = max(ENTRIES * 2 // 5, 1)
    return f"greatest({ENTRIES} + ({number} * 37) % {2 * spread + 1} - {spread}, 1)"


def sizes(total: int) -> list[int]:
    """Patients of the clinics beside the first: a large one, a very large one, and many others."""
    found, left, turn = [], total, 0
    for size in (2_000, max(total // 10, 3_000)):
        if left > size:
            found.append(size)
            left -= size
    while left > 0:
        found.append(min(SIZES[turn % len(SIZES)], left))
        left, turn = left - found[-1], turn + 1
    return found


class Filler:
    """Writes clinics one after the other, numbering patients on."""

    def __init__(self, owner: psycopg.Connection, templates: dict[str, list[Any]]) -> None:
        self.owner, self.templates = owner, templates
        self.patients = self.staff = 0

    def place(self, clinic: int, patients: int) -> Place:
        team = -(-patients // CASELOAD)
        found = Place(clinic, self.patients + 1, self.patients + patients, STAFF + self.staff, team)
        self.patients += patients
        self.staff += team
        return found

    def fill(self, places: list[Place]) -> None:
        """All of these clinics' people and what they said, then statistics."""
        began = time.monotonic()
        first, last = places[0].first, places[-1].last
        with asleep(self.owner), bare(self.owner):
            self._people(places)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                starts = range(first, last + 1, CHUNK)
                list(pool.map(lambda start: self._chunk(start, min(start + CHUNK - 1, last)), starts))
        self.owner.execute("VACUUM ANALYZE")
        took = time.monotonic() - began
        entries = self.owner.execute(
            "SELECT count(*) FROM journal_entry WHERE patient_id BETWEEN %s AND %s",
            [BASE + first, BASE + last],
        ).fetchone()
        size = self.owner.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
        assert entries is not None
        assert size is not None
        people = f"{last - first + 1:,} patients of {len(places)} clinics"
        print(f"{people}, {entries[0]:,} entries in {took:.0f} s; the database has {size[0]}", flush=True)

    def _people(self, places: list[Place]) -> None:
        self.owner.execute("DROP TABLE IF EXISTS pg_temp.place")
        self.owner.execute(
            "CREATE TEMP TABLE place (clinic bigint, first bigint, last bigint, staff bigint, team bigint)"
        )
        with self.owner.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for one in places:
                copy.write_row([one.clinic, one.first, one.last, one.staff, one.team])
        team = "place, generate_series(place.staff + 1, place.staff + place.team) AS t(n)"
        people = "place, generate_series(place.first, place.last) AS t(n)"
        self._copy(
            "accounts_user",
            "staff",
            team,
            id="n",
            email="'p' || n || '@staff.example'",
            last_name="'Nr ' || n",
        )
        self._copy(
            "accounts_clinician",
            "clinician",
            team,
            id="n",
            user_id="n",
            clinic_id="place.clinic",
            on_call="NULL",
        )
        self._copy("accounts_user", "person", people, id=f"{BASE} + n", email="'p' || n || '@people.example'")
        mine = "place.staff + 1 + n % place.team"
        name = "initcap(translate(substr(md5(n::text), 1, 7), '0123456789', 'aeiouaeiou')) || ' Nr ' || n"
        self._copy(
            "accounts_patient",
            "patient",
            people,
            id=f"{BASE} + n",
            user_id=f"{BASE} + n",
            clinic_id="place.clinic",
            physiotherapist_id=f"CASE WHEN n % 50 > 0 THEN {mine} END",
            name=name,
            revision=count_of("n"),
        )
        self._copy(
            "accounts_assignment", "assignment", people, patient_id=f"{BASE} + n", physiotherapist_id=mine
        )

    def _chunk(self, first: int, last: int) -> None:
        """Over a connection of its own: PostgreSQL gives each one processor."""
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as own:
            Filler(own, self.templates)._said(first, last)

    def _said(self, first: int, last: int) -> None:
        """What these patients said, what was seen in it, and who looked."""
        entries = f"generate_series({first}, {last}) AS p(n), generate_series(0, {count_of('n')} - 1) AS t(k)"
        back, client = BACK.format(n="n", k="k"), CLIENT_ID.format(n="n", k="k")
        self._copy(
            "journal_entry",
            "entry",
            entries,
            pick="n * 7 + k * 13",
            client_id=client,
            patient_id=f"{BASE} + n",
            local_date=f"it.local_date - {back}",
            recorded_at=f"it.recorded_at - {back} * interval '1 day' - (n % 300) * interval '1 minute'",
            received_at=f"it.recorded_at - {back} * interval '1 day' - (n % 300 - 1) * interval '1 minute'",
            revision=f"{count_of('n')} - k",
        )
        of_the_entry = {
            "patient_id": f"{BASE} + n",
            "at": f"it.at - {back} * interval '1 day'",
            "subject": f"'entry:' || {client}",
            "revision": f"{count_of('n')} - k",
            "by_id": f"{BASE} + n",
        }
        self._copy("journal_change", "change", entries, **of_the_entry)
        self.owner.execute(
            f"""
            INSERT INTO journal_trace (at, person, kind, db_role, "table", row, patient, deed)
            SELECT now() - {back} * interval '1 day', {BASE} + n, 'patient', 'osteon_app', 'journal_entry',
                (n * 1000 + k)::text, {BASE} + n, 'added' FROM {entries}"""  # noqa: S608
        )
        self._flags(first, last)
        self._beside(first, last)

    def _flags(self, first: int, last: int) -> None:
        """A closed one or two, and one in ten an unresolved one, with the newest entries for evidence."""
        people = f"generate_series({first}, {last}) AS p(n), generate_series(0, 1) AS t(k)"
        day = f"(it.day - {BACK.format(n='n', k='k')})"
        seen = f"jsonb_build_object({day}::text, jsonb_build_array({CLIENT_ID.format(n='n', k='k')}))"
        dated: dict[str, str] = {
            "id": "md5('flag' || n || ':' || k || ':' || it.id)::uuid",
            "patient_id": f"{BASE} + n",
            "day": day,
            "last_met": day,
            "met": f"jsonb_build_object('whole', jsonb_build_array({day}::text))",
            "evidence": seen,
            "raised_at": f"it.raised_at - {BACK.format(n='n', k='k')} * interval '1 day'",
            "due_at": f"it.due_at - {BACK.format(n='n', k='k')} * interval '1 day' + n % 9 * interval '6 h'",
            "owner_id": "NULL",
        }
        self._copy(
            "journal_flag", "flag_closed", people, pick="n + k * 5", where="k = 0 OR n % 2 = 0", **dated
        )
        waiting = "n % 10 = 7 AND (k = 0 OR n % 3 = 0)"
        self._copy("journal_flag", "flag_waiting", people, pick="n + k * 3", where=waiting, **dated)
        self.owner.execute(
            f"""
            INSERT INTO journal_flagaction (flag_id, kind, day, at, by_id, outcome, note)
            SELECT id, kind, day, raised_at + interval '2 hours', {STAFF} + 1,
                CASE kind WHEN 'resolve' THEN 'contacted' ELSE '' END, 'Spoke on the phone.'
            FROM journal_flag, unnest(ARRAY['acknowledge', 'resolve']) AS kind
            WHERE patient_id BETWEEN {BASE + first} AND {BASE + last}
                AND (status = 'resolved' OR status = 'acknowledged' AND kind = 'acknowledge')"""  # noqa: S608
        )

    def _beside(self, first: int, last: int) -> None:
        """Care, reminders with their turns and messages, and the looks of staff."""
        people = f"generate_series({first}, {last}) AS p(n)"
        of_n = {"patient_id": f"{BASE} + n"}
        for table, name in (
            ("journal_note", "note"),
            ("journal_fact", "fact"),
            ("journal_message", "message"),
            ("journal_careitem", "care_item"),
        ):
            new_id = {"id": "gen_random_uuid()"} if name in ("message", "care_item") else {}
            self._copy(table, name, people, every=True, **new_id, **of_n)
        self._copy(
            "journal_task",
            "task",
            people,
            where="n % 25 = 4",
            id="gen_random_uuid()",
            source="n::text",
            **of_n,
        )
        self._copy(
            "reminders_reminder",
            "reminder",
            people,
            id="md5('reminder' || n)::uuid",
            next_due_at="NULL",
            **of_n,
        )
        turns = f"{people}, generate_series(1, {DELIVERIES_EACH}) AS t(k)"
        ago = "k * interval '1 day'"
        self._copy(
            "reminders_occurrence",
            "occurrence",
            turns,
            pick="n + k",
            id="md5('turn' || n || ':' || k)::uuid",
            reminder_id="md5('reminder' || n)::uuid",
            local_date="it.local_date - k",
            due_at=f"it.due_at - {ago}",
            **of_n,
        )
        self._copy(
            "reminders_delivery",
            "delivery",
            turns,
            subject_id="md5('turn' || n || ':' || k)::uuid",
            key="'turn:' || n || ':' || k",
            to_id=f"{BASE} + n",
            due_at=f"it.due_at - {ago}",
            expires_at=f"it.expires_at - {ago}",
            sent_at=f"it.sent_at - {ago}",
            **of_n,
        )
        self.owner.execute(
            f"""
            INSERT INTO journal_staffread (patient_id, by_id, at, route, how, role, db_role)
            SELECT {BASE} + n, coalesce(physio.user_id, {STAFF} + 1),
                now() - (k * 13 + n % 13) * interval '1 hour', 'admin:accounts_patient_changelist', 'list',
                'physiotherapist', 'osteon_app'
            FROM {people} CROSS JOIN generate_series(1, {LOOKS_EACH}) AS t(k)
            JOIN accounts_patient it ON it.id = {BASE} + n
            LEFT JOIN accounts_clinician physio ON physio.id = it.physiotherapist_id"""  # noqa: S608
        )

    def _copy(self, table: str, kind: str, rows: str, /, **changed: Any) -> None:
        multiply(self.owner, table, self.templates[kind], rows, **changed)


@contextmanager
def bare(owner: psycopg.Connection) -> Iterator[None]:
    """The large tables without indexes and references, which are built again at the end, each in one go."""
    owner.execute("SET maintenance_work_mem = '512MB'")
    again: list[str] = []
    for table in LARGE:
        constraints = owner.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('f', 'u')",
            [table],
        ).fetchall()
        for name, definition in constraints:
            owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        indexes = owner.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            [table],
        ).fetchall()
        for name, definition in indexes:
            owner.execute(f"DROP INDEX {name}")
            again.append(definition)
    try:
        yield
    finally:
        for statement in again:
            owner.execute(statement)

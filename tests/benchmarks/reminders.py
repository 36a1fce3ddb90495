"""Reminders found, claimed, planned, rendered and handed to the inbox: a second, with 1, 2 and 4 workers.

`make bench ARGS=reminders`. BENCH_REMINDERS (1,000,000) are stored, BENCH_DUE (100,000) of them due at one
moment. Beside it, in the same run: the claim alone (what PostgreSQL allows one connection; before and after,
for the machine's speed drifts), and the same number due, one of each patient, among 10,000 and among all
(growth).
"""

import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from tests.benchmarks.machine import Postgres

ROOT = Path(__file__).resolve().parents[2]
STORED = int(os.environ.get("BENCH_REMINDERS", "1000000"))
DUE = min(int(os.environ.get("BENCH_DUE", "100000")), STORED)
FEW = min(10_000, STORED)
WORKERS = tuple(int(one) for one in os.environ.get("BENCH_WORKERS", "1,2,4").split(","))
EACH = 4  # reminders a patient
# Due in both parts of the growth: one of each patient of the smaller one, as in the larger one, too.
BOTH = FEW // EACH
KINDS = "(ARRAY['exercise', 'fall-prevention', 'log-today', 'medicine'])[1 + n % 4]"
# Of version 7, as the model makes them.
IDS = """(
    lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
    || substr(replace(gen_random_uuid()::text, '-', ''), 14)
)::uuid"""
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM reminders_reminder WHERE active AND next_due_at <= now()
    ORDER BY next_due_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)
UPDATE reminders_reminder AS it
SET next_due_at = ((it.next_local_date + 1 + it.local_time) AT TIME ZONE it.timezone) + interval '1 day',
    next_local_date = it.next_local_date + 1
FROM due WHERE it.id = due.id RETURNING it.id
"""


def main() -> None:
    """Fills twice, measures, prints."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        _templates()
        _grow(owner, FEW)
        few = _median(owner)
        _grow(owner, STORED - FEW, after=FEW)
        many = _median(owner)
        print(f"{BOTH:,} due among {FEW:,}: {few.rate:.0f}/s; among {STORED:,}: {many.rate:.0f}/s")
        print(f"A reminder costs {many.cpu / few.cpu:.2f} times the CPU among {STORED:,} as among {FEW:,}")
        print(f"\n{STORED:,} reminders, {DUE:,} due at one moment, over the inbox")
        print(
            f"{'':28} {'reminders/s':>12} {'of the claim':>12} {'last one, s late':>16} {'CPU us each':>12}"
        )
        limit = _limit(owner)
        _print("claim and advance alone", limit, limit)
        for workers in WORKERS:
            _print(f"Osteon, {workers} workers", _round(owner, DUE, workers), limit)
        _print("claim and advance once more", _limit(owner), limit)


def _print(name: str, found: "Measured", limit: "Measured") -> None:
    of_claim, late = found.rate / limit.rate, DUE / found.rate
    print(f"{name:28} {found.rate:12.0f} {of_claim:12.3f} {late:16.1f} {found.cpu:12.0f}", flush=True)


def _templates() -> None:
    """One account, patient and reminder by the models, of which all others are copies."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
    django.setup()
    from journal.accounts.models import Clinic, Patient, User
    from journal.fence import scope
    from reminders.models import Reminder

    scope.declare_system()
    now = datetime.now(UTC)
    clinic = Clinic.objects.create(slug="reminded", name="Reminded", timezone="UTC")
    user = User.objects.create(id=10_000_000, email="n@reminded.example", password="!")
    patient = Patient.objects.create(
        id=10_000_000, user=user, clinic=clinic, timezone="UTC", enrolled_at=now, revision=0
    )
    Reminder.objects.create(
        id=uuid.UUID(int=0),
        patient=patient,
        kind="custom",
        title="Move",
        rrule="FREQ=DAILY",
        starts_on=now.date(),
        local_time=now.time().replace(second=0, microsecond=0),
        timezone="UTC",
        channels=["inbox"],
        active=False,
        revision=1,
    )


def _grow(owner: psycopg.Connection, count: int, *, after: int = 0) -> None:
    """More of them; `after` says how many there are."""
    from tests.benchmarks.grow import multiply
    from tests.support.triggers import asleep

    if not count:
        return
    began, base = time.monotonic(), 10_000_000
    first, people = base + after // EACH, -(-count // EACH)
    with asleep(owner):  # a trail of a million copies of one row is of no use to anybody
        multiply(
            owner,
            "accounts_user",
            base,
            people,
            id=f"{first} + n",
            email=f"'p' || {first} + n || '@reminded.example'",
        )
        multiply(owner, "accounts_patient", base, people, id=f"{first} + n", user_id=f"{first} + n")
        multiply(
            owner,
            "reminders_reminder",
            uuid.UUID(int=0),
            count,
            id=IDS,
            client_id="gen_random_uuid()",
            patient_id=f"{first} + 1 + (n - 1) / {EACH}",
            kind=KINDS,
            active="true",
            next_local_date="current_date + 1",
            next_due_at="now() + interval '1 day'",
        )
    owner.execute("VACUUM ANALYZE")
    print(f"{count:,} reminders written in {time.monotonic() - began:.0f} s", flush=True)


def _due(owner: psycopg.Connection, count: int) -> None:
    """Nothing has happened yet, and `count` of all, evenly spread, are due now: one of a patient, while there
    are patients enough.
    """
    owner.execute("TRUNCATE reminders_delivery, reminders_occurrence CASCADE")
    # What lay due before is due tomorrow; what was left over by a claim alone must not come twice.
    owner.execute(
        "UPDATE reminders_reminder SET next_local_date = current_date + 1, lease_until = NULL,"
        " next_due_at = now() + interval '1 day' WHERE active AND next_due_at <= now()"
    )
    owner.execute(
        """UPDATE reminders_reminder SET next_local_date = current_date, next_due_at = now()
           WHERE id IN (SELECT id FROM (
               SELECT id, row_number() OVER (PARTITION BY patient_id ORDER BY md5(id::text)) AS nth
               FROM reminders_reminder WHERE active
           ) AS it ORDER BY nth, md5(id::text) LIMIT %s)""",
        [count],
    )
    owner.execute("VACUUM ANALYZE reminders_reminder")


@dataclass(frozen=True)
class Measured:
    """Reminders a second by the clock, and microseconds of CPU for each, in Python and PostgreSQL together:
    on a machine that others use as well, the second says more."""

    rate: float
    cpu: float


def _median(owner: psycopg.Connection) -> Measured:
    """Of five rounds of what is due in both parts of the growth, by CPU."""
    return sorted((_round(owner, BOTH, 1) for _ in range(5)), key=lambda one: one.cpu)[2]


def _limit(owner: psycopg.Connection) -> Measured:
    """What one connection can claim and advance, with nothing else to do."""
    _due(owner, DUE)
    began, found = time.perf_counter(), 0
    cpu = _postgres() + time.process_time()
    while count := owner.execute(CLAIM).rowcount:
        found += count
    took = time.perf_counter() - began
    return Measured(found / took, 1e6 * (_postgres() + time.process_time() - cpu) / found)


def _postgres() -> float:
    """Seconds of CPU of the server so far; it serves nobody else meanwhile."""
    return Postgres(os.environ["DATABASE_OWNER_URL"]).cpu()


def _round(owner: psycopg.Connection, count: int, workers: int) -> Measured:
    """From when all stood ready until the last one lay in its inbox."""
    command = [sys.executable, "-m", "tests.benchmarks.reminders", "worker"]
    crew = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(workers)
    ]
    for each in crew:
        assert each.stdout is not None
        each.stdout.readline()
    _due(owner, count)
    began, cpu = time.perf_counter(), _postgres()
    for each in crew:
        assert each.stdin is not None
        each.stdin.write(b"go\n")
        each.stdin.flush()
    python = sum(float(each.communicate()[0]) for each in crew)
    took, cpu = time.perf_counter() - began, _postgres() - cpu + python
    row = owner.execute(
        "SELECT count(*) FILTER (WHERE state = 'sent'), count(*) FROM reminders_delivery"
    ).fetchone()
    assert row is not None
    if row[0] != count or any(each.returncode for each in crew):
        raise SystemExit(f"{count} were due, {row[1]} planned, {row[0]} sent")
    return Measured(count / took, 1e6 * cpu / count)


def worker() -> None:
    """The ticks of reminders, again and again until nothing is due and nothing waits."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
    django.setup()
    from django.utils import timezone

    from journal.fence import scope
    from journal.garbage import search_seldom
    from reminders import tasks
    from reminders.models import Reminder

    scope.declare_system()
    search_seldom()  # as the workers do
    Reminder.objects.exists()  # connected, and warm
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    while Reminder.objects.due(timezone.now()).filter(lease_until=None).exists():
        tasks.tick_reminders()
        tasks.tick_deliveries()
    print(time.process_time() - began)


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        worker()
    else:
        main()

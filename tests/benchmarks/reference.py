"""What the machine allows: pgbench with the same rows, prepared, on 8 connections."""

import json
import re
import resource
import subprocess
import tempfile
from collections.abc import Callable, Sequence

from api.embedded.postgres import program
from tests.benchmarks.documents import ZONE, report
from tests.benchmarks.machine import Postgres
from tests.benchmarks.people import LONG, Person
from tests.benchmarks.rounds import Round

# With a blank after each colon: pgbench takes a name after a bare one for a variable.
REPORT = json.dumps(report(1))
OUTCOME = '{"flags": [], "advice": null}'
_RAISE = "UPDATE accounts_patient SET revision = revision + 1 WHERE id = :patient"
_ENTRY = """INSERT INTO journal_entry (patient_id, client_id, version, recorded_at, utc_offset, timezone,
    local_date, report, digest, received_at, revision, outcome)"""
_SAID = f"""SELECT :patient, gen_random_uuid(), 1, now() - n * interval '8 hours', 60, '{ZONE}',
    current_date - n / 3, '{REPORT}'::jsonb, repeat('a', 64), now(), 99, '{OUTCOME}'::jsonb"""
_CHANGE = """INSERT INTO journal_change (patient_id, revision, verb, subject, by_id, at, data)
    SELECT :patient, 99, 'entry.recorded', 'entry:' || gen_random_uuid(), :patient, now(), '{}'::jsonb"""

STEPS = ["BEGIN", _RAISE, f"{_ENTRY} {_SAID} FROM (SELECT 0 AS n)", _CHANGE, "COMMIT"]
BATCH = [
    f"WITH raised AS ({_RAISE}), said AS ({_ENTRY} {_SAID} FROM generate_series(0, 49) n) "
    f"{_CHANGE} FROM generate_series(0, 49)"
]
PULL = [
    "SELECT revision, timezone, language FROM accounts_patient WHERE id = :patient",
    f"SELECT client_id, recorded_at, timezone, report, local_date, version, deleted_at FROM journal_entry "
    f"WHERE patient_id = :patient AND revision > {LONG - 1} ORDER BY revision, id",
    *(
        f"SELECT * FROM {table} WHERE patient_id = :patient AND revision > {LONG - 1} ORDER BY revision, id"
        for table in ("journal_flag", "reminders_reminder", "reminders_occurrence", "journal_careitem")
    ),
]
FLAGS = [
    PULL[0],
    "SELECT * FROM journal_flag WHERE patient_id = :patient ORDER BY raised_at DESC, id DESC LIMIT 51",
]  # fmt: skip


def limit(
    url: str, postgres: Postgres, statements: Sequence[str], people: Sequence[Person], *, units: int = 1
) -> Callable[[float], Round]:
    """Rounds of pgbench over these patients."""
    lines = [f"\\set patient random({people[0].id}, {people[-1].id})"]
    lines += [f"{' '.join(statement.split())};" for statement in statements]

    def run(seconds: float) -> Round:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write("\n".join([*lines, ""]))
            script.flush()
            before = _children(), postgres.cpu()
            told = _pgbench(url, script.name, seconds)
            spent = _children() - before[0], postgres.cpu() - before[1]
        done = int(told["transactions"]) * units
        return Round(float(told["tps"]) * units, 1000 * spent[0] / done, 1000 * spent[1] / done)

    return run


def _pgbench(url: str, script: str, seconds: float) -> dict[str, str]:
    options = ["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(max(1, round(seconds)))]
    done = subprocess.run(
        [str(program("pgbench")), *options, "-f", script, url], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"pgbench failed:\n{done.stderr}")
    found = re.search(r"actually processed: (\d+).*?tps = ([\d.]+)", done.stdout, re.DOTALL)
    assert found, done.stdout
    return {"transactions": found[1], "tps": found[2]}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

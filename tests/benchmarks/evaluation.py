"""CPU of evaluating one entry, by the length of the history and by what the entry changes: `make bench`.

Figures are milliseconds of this process's CPU (the database's own are not in them), median of many runs; the
last is a multiple of `json.loads` of the documents read, so that a slow machine can be told from slow code.
"days" are those judged. Nothing is asserted, and everything is rolled back.
"""

import json
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from journal import load  # noqa: E402
from journal.accounts.models import Clinic, Patient  # noqa: E402
from journal.actions import evaluation  # noqa: E402
from journal.content import engine, reach  # noqa: E402
from journal.content.history import History  # noqa: E402
from journal.content.reach import Told  # noqa: E402
from journal.content.report import Report  # noqa: E402
from journal.fence import scope  # noqa: E402
from journal.management.invented import cohort, diary, usual  # noqa: E402
from journal.management.invented.happenings import Happening, fall  # noqa: E402
from journal.models import Entry, Flag  # noqa: E402

RUNS = 60
A_DAY = 3
HISTORIES = {"30 days": 30, "1 year": 365, "3 years": 1095}
ZONE = "Europe/London"
TODAY = cohort.UNTIL.date()
QUIET = Report(pains=(), falls=(), medications=(), activity=(), systemic=(), neuro=())
HURT = Report.model_validate(
    {"pains": [{"site": "lumbar", "side": "midline", "severity": 9, "onset": "sudden"}], "falls": []}
)
# What is told, how many days late, and whether the same was told the day before (then the flag is joined).
CASES: dict[str, tuple[Report, int, bool]] = {
    "quiet": (QUIET, 0, False),
    "opens a flag": (HURT, 0, False),
    "joins a flag": (HURT, 0, True),
    "quiet, 30 days late": (QUIET, 30, False),
    "opens a flag, 30 days late": (HURT, 30, False),
    "quiet, 300 days late": (QUIET, 300, False),
    "opens a flag, 300 days late": (HURT, 300, False),
}
HEAD = ("documents", "days", "queries", "flags", "entries", "rules", "reconcile", "all", "ratio")


def main() -> None:
    """Prints a table for each length of history."""
    scope.declare_system()
    print(f"Milliseconds of CPU, {A_DAY} entries a day; median of {RUNS} runs. One entry that is…")
    for name, days in HISTORIES.items():
        with _rolled_back():
            patient = _patient(days)
            print(f"\n{'history of ' + name:30}" + "".join(f"{word:>10}" for word in HEAD))
            for case, (report, late, joins) in CASES.items():
                if late < days:
                    print(f"{case:30}" + "".join(f"{one:>10}" for one in _case(patient, report, late, joins)))


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _patient(days: int) -> Patient:
    """Somebody with pains, near-falls, a fall now and then, bone medicine and monthly heights."""
    name = str(uuid.uuid4())
    clinic = Clinic.objects.create(slug=name, name=name)
    patient = Patient.objects.create(
        clinic=clinic, timezone=ZONE, enrolled_at=cohort.UNTIL - timedelta(days=days)
    )
    happened = [Happening(change=fall(), days_ago=back) for back in range(20, days, 160)]
    said = diary.write(
        replace(usual.CAREFUL, adherence=1.0),
        rng=Random(1),
        until=cohort.UNTIL,
        days=days,
        timezone=ZONE,
        height_cm=161,
        happenings=happened,
    )
    Entry.objects.bulk_create(
        _row(patient, one, number) for one in said for number in range(A_DAY) if one.at.hour < 20
    )
    evaluation.run(at=cohort.UNTIL, patient=patient, since=None)
    with connection.cursor() as cursor:  # as autovacuum would have done
        cursor.execute("ANALYZE journal_entry, journal_flag, journal_flagaction")
    return patient


def _row(patient: Patient, said: diary.Said, number: int) -> Entry:
    at = said.at + timedelta(hours=number)
    report = Report.model_validate(said.report)
    return Entry(
        patient=patient,
        client_id=uuid.UUID(int=said.id.int + number),
        recorded_at=at,
        utc_offset=0,
        timezone=ZONE,
        local_date=said.at.date(),
        report=report.document(),
        digest=report.digest(),
        received_at=at,
        revision=1,
    )


def _case(patient: Patient, report: Report, late: int, joins: bool) -> list[str]:
    """One row: how much was read and judged, and what each step cost."""
    day = TODAY - timedelta(days=late)
    with _rolled_back():
        if joins:
            _store(patient, day - timedelta(days=1), report)
            evaluation.run(at=cohort.UNTIL, patient=patient, since=day - timedelta(days=1))
        _store(patient, day, report)
        return _steps(patient, [Told(day, report.document())])


def _steps(patient: Patient, told: list[Told]) -> list[str]:
    since, until = told[0].day, reach.until(told)
    until = until if until and until < TODAY else None

    def flags() -> list[Flag]:
        return load.flags(patient, since=since)

    def read() -> History:
        return load.history(patient, since=since, until=until)

    def judge(history: History) -> engine.Evaluation:
        days = reach.days(told, history)
        return engine.evaluate(history, as_of=TODAY, since=since, known=known, days=days, until=until)

    def everything() -> None:
        sid = transaction.savepoint()
        evaluation.run(at=cohort.UNTIL, patient=patient, since=since, told=told)
        transaction.savepoint_rollback(sid)

    def nothing() -> None:
        transaction.savepoint_rollback(transaction.savepoint())

    known = [load.raised(flag) for flag in flags() if flag.supported]
    documents = [one.report for one in read().entries]
    text = json.dumps(documents)
    reference = _median(lambda: json.loads(text))
    steps = [_median(flags), _median(read), _median(lambda: judge(read())) - _median(read)]
    whole = _median(everything) - _median(nothing)
    spent = [*steps, whole - sum(steps), whole]
    counts = [len(documents), judge(read()).judged, _queries(everything)]
    return [*map(str, counts), *(f"{one:.2f}" for one in spent), f"{whole / reference:.1f}"]


def _store(patient: Patient, day: date, report: Report) -> None:
    at = datetime.combine(day, cohort.UNTIL.timetz())
    Entry.objects.create(
        patient=patient,
        client_id=uuid.uuid4(),
        recorded_at=at,
        utc_offset=0,
        timezone=ZONE,
        local_date=day,
        report=report.document(),
        digest=report.digest(),
        received_at=at,
        revision=1,
    )


def _queries(work: Callable[[], Any]) -> int:
    """How many statements read entries or flags."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return sum(one["sql"].lstrip().startswith(("SELECT", "WITH")) for one in asked.captured_queries)


def _median(work: Callable[[], Any]) -> float:
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return 1000 * statistics.median(found)


if __name__ == "__main__":
    main()

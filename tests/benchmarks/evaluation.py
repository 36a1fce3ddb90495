"""CPU of one new entry for a patient who has logged three times a day for three years: `make bench`.

Figures are milliseconds of this process's CPU (the database's own are not in them), median of many runs, and
as multiples of a reference of the same run, so that a slow machine can be told from slow code. Nothing is
asserted, and everything is rolled back.
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
from journal.actions import entries, evaluation  # noqa: E402
from journal.content import engine  # noqa: E402
from journal.content.history import History  # noqa: E402
from journal.content.report import Report  # noqa: E402
from journal.management.invented import cohort, diary, usual  # noqa: E402
from journal.management.invented.happenings import Happening, fall  # noqa: E402
from journal.models import Entry  # noqa: E402

RUNS = 60
DAYS, A_DAY = 1095, 3
ZONE = "Europe/London"
LATE = 30  # days


def main() -> None:
    """Prints the table."""
    with _rolled_back():
        patient = _patient()
        rows = _measured(patient)
    reference = rows[0][1]
    print(f"{A_DAY} entries a day for {DAYS} days; median of {RUNS} runs")
    print(f"{'':52} {'ms CPU':>8} {'ratio':>7} {'queries':>8}")
    for what, spent, queries in rows:
        print(f"{what:52} {spent:8.2f} {spent / reference:7.1f} {queries:8}")


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _patient() -> Patient:
    """Somebody with pains, near-falls, a fall now and then, bone medicine and monthly heights."""
    name = str(uuid.uuid4())
    clinic = Clinic.objects.create(slug=name, name=name)
    patient = Patient.objects.create(
        clinic=clinic, timezone=ZONE, enrolled_at=cohort.UNTIL - timedelta(days=DAYS)
    )
    happened = [Happening(change=fall(), days_ago=back) for back in range(30, DAYS, 160)]
    said = diary.write(
        replace(usual.CAREFUL, adherence=1.0),
        rng=Random(1),
        until=cohort.UNTIL,
        days=DAYS,
        timezone=ZONE,
        height_cm=161,
        happenings=happened,
    )
    Entry.objects.bulk_create(
        _row(patient, one, number) for one in said for number in range(A_DAY) if one.at.hour < 20
    )
    evaluation.run(at=cohort.UNTIL, patient=patient, since=None)
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


def _measured(patient: Patient) -> list[tuple[str, float, int]]:
    today = cohort.UNTIL.date()
    late = today - timedelta(days=LATE)
    return [*_entry(patient, "new entry", today), *_entry(patient, f"entry {LATE} days late", late)]


def _entry(patient: Patient, what: str, since: date) -> list[tuple[str, float, int]]:
    history, today = load.history(patient, since=since), cohort.UNTIL.date()
    text = json.dumps([one.report for one in history.entries])
    before = [load.raised(flag) for flag in patient.flags.filter(day__lt=since)]

    def read() -> History:
        return load.history(patient, since=since)

    def judge() -> object:
        return engine.evaluate(read(), as_of=today, since=since, known=before)

    return [
        (f"json.loads of the {len(history.entries)} documents read", *_spent(lambda: json.loads(text))),
        (f"{what}: load", *_spent(read)),
        (f"{what}: rules, over what was loaded", _spent(judge)[0] - _spent(read)[0], 0),
        (f"{what}: recorded, with all that is written", *_spent(lambda: _record(patient, since))),
    ]


def _record(patient: Patient, day: date) -> None:
    at = datetime.combine(day, cohort.UNTIL.timetz())
    with _rolled_back():
        entries.record(
            by=None,
            at=cohort.UNTIL,
            patient=patient,
            client_id=uuid.uuid4(),
            recorded_at=at,
            timezone=ZONE,
            report=Report(pains=(), falls=(), medications=()),
        )


def _spent(work: Callable[[], Any]) -> tuple[float, int]:
    """Median milliseconds and queries."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return _median(work), sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)


def _median(work: Callable[[], Any]) -> float:
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return 1000 * statistics.median(found)


if __name__ == "__main__":
    main()

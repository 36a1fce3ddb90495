"""The physiotherapist's pages: `make bench ARGS=desk`, BENCH_PATIENTS (10,000) with 100 entries each.

First one clinic of 1,000 patients alone, then the same clinic among all the others: queries of each page, and
its p95 as a multiple of the queue of a clinic without patients in the same run. Django's test client, so
the pages and PostgreSQL alone are timed; the trail of looks is written as in production.
"""

import logging
import os
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

import psycopg

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "10000"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES_EACH", "100"))
LOOKS = int(os.environ.get("BENCH_LOOKS", "20"))
OURS, OTHERS = 1_000, 2_000  # patients of the clinic looked at, and of each other clinic
BASE = 20_000_000


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
    os.environ["OSTEON_DEMO"] = "on"
    django.setup()
    logging.disable()
    from journal.fence import scope

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        with scope.within(scope.SYSTEM):
            staff = _staff()
            ids = _template(staff["clinic"])
        _fill(owner, ids, OURS, after=0)
        small = _look(owner, staff)
        with scope.within(scope.SYSTEM):
            _fill(owner, ids, max(PATIENTS - OURS, 0), after=OURS)
        large = _look(owner, staff)
    _print(small, large)


def _staff() -> dict[str, Any]:
    """A physiotherapist of the clinic, one of a clinic without patients, and the other clinics."""
    from journal.accounts.models import Clinic
    from tests.support import desk

    clinic, empty = desk.clinic("looked-at"), desk.clinic("empty")
    for number in range(-(-max(PATIENTS - OURS, 0) // OTHERS)):
        Clinic.objects.create(id=BASE + 1 + number, slug=f"other-{number}", name=f"Other {number}")
    Clinic.objects.filter(slug="empty").update(timezone="UTC")
    return {
        "clinic": clinic,
        "mira": desk.clinician(clinic),
        "elio": desk.clinician(empty, "elio@empty.example", name="Elio Roth"),
    }


def _template(clinic: Any) -> dict[str, Any]:
    """One patient with an entry and a flag, of which all others are copies."""
    from django.utils import timezone

    from journal.models import Flag
    from tests.benchmarks.documents import report
    from tests.support import desk

    now = timezone.now()
    patient = desk.patient(clinic, "Nora Template")
    entry = desk.entry(patient, report(1), at=now)
    flag = desk.flag(patient, at=now)
    done = desk.flag(patient, at=now, pattern="height-loss", status=Flag.Status.RESOLVED)
    return {"patient": patient.pk, "entry": entry.pk, "flag": flag.pk, "done": done.pk}


def _fill(owner: psycopg.Connection, ids: dict[str, Any], count: int, *, after: int) -> None:
    """`count` patients with their entries; every tenth has an open flag, each a resolved one."""
    from tests.benchmarks.grow import multiply

    if not count:
        return
    began, first = time.monotonic(), BASE + after
    changed = {"id": f"{first} + n", "name": f"'Person ' || md5(({first} + n)::text)", "user_id": "NULL"}
    if after:
        changed["clinic_id"] = f"{BASE} + 1 + (n - 1) / {OTHERS}"
        changed["physiotherapist_id"] = "NULL"
    multiply(owner, "accounts_patient", ids["patient"], count, **changed)
    multiply(
        owner,
        "journal_entry",
        ids["entry"],
        count * ENTRIES,
        id=f"{first}::bigint * {ENTRIES} + n",
        client_id="gen_random_uuid()",
        patient_id=f"{first} + 1 + (n - 1) / {ENTRIES}",
        recorded_at=f"it.recorded_at - (n % {ENTRIES}) * interval '1 day'",
        received_at=f"it.received_at - (n % {ENTRIES}) * interval '1 day'",
        local_date=f"it.local_date - (n % {ENTRIES})::int",
        revision=f"1 + n % {ENTRIES}",
    )
    multiply(owner, "journal_flag", ids["done"], count, id="gen_random_uuid()", patient_id=f"{first} + n")
    multiply(
        owner,
        "journal_flag",
        ids["flag"],
        count // 10,
        id="gen_random_uuid()",
        patient_id=f"{first} + 10 * n",
    )
    owner.execute("VACUUM ANALYZE")
    took = time.monotonic() - began
    print(f"{count:,} patients, {count * ENTRIES:,} entries written in {took:.0f} s", flush=True)


def _look(owner: psycopg.Connection, staff: dict[str, Any]) -> dict[str, tuple[int, list[float]]]:
    """Queries and seconds of each page, in turns, so that neighbours disturb all alike."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    desk, nothing = Client(HTTP_HOST="127.0.0.1"), Client(HTTP_HOST="127.0.0.1")
    desk.force_login(staff["mira"])
    nothing.force_login(staff["elio"])
    queue, caseload = reverse("admin:journal_flag_changelist"), reverse("admin:accounts_patient_changelist")
    person = BASE + 10
    row = owner.execute("SELECT name FROM accounts_patient WHERE id = %s", [person]).fetchone()
    assert row is not None
    page = reverse("admin:accounts_patient_change", args=[person])
    export = reverse("admin:accounts_patient_export", args=[person])
    asked: dict[str, Callable[[], Any]] = {
        "queue of a clinic without patients": lambda: nothing.get(queue),
        "queue": lambda: desk.get(queue),
        "queue, second page": lambda: desk.get(queue, {"p": 2}),
        "caseload": lambda: desk.get(caseload),
        "caseload, last page": lambda: desk.get(caseload, {"p": 10}),
        "search": lambda: desk.get(caseload, {"q": row[0]}),
        "patient, 28 days": lambda: desk.get(page),
        "patient, 90 days": lambda: desk.get(page, {"days": 90}),
        "CSV, 90 days": lambda: _lines(desk.get(export, {"days": 90})),
    }
    found: dict[str, tuple[int, list[float]]] = {}
    for name, ask in asked.items():
        ask()
        with CaptureQueriesContext(connection) as seen:
            answer = ask()
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
        if os.environ.get("BENCH_SHOW"):
            slow = sorted(seen.captured_queries, key=lambda one: -float(one["time"]))[:3]
            print(f"{name}: " + "\n".join(f"{one['time']} s {one['sql'][:400]}" for one in slow))
        found[name] = (len(seen), [])
    for _ in range(LOOKS):
        for name, ask in asked.items():
            began = time.perf_counter()
            ask()
            found[name][1].append(time.perf_counter() - began)
    return found


def _lines(answer: Any) -> Any:
    """Read to its end, which must be as many lines as there are entries, and a head."""
    count = b"".join(answer.streaming_content).count(b"\n")
    assert count == 1 + min(ENTRIES, 90), count
    return answer


def _print(small: dict[str, tuple[int, list[float]]], large: dict[str, tuple[int, list[float]]]) -> None:
    bare = [_p95(one["queue of a clinic without patients"][1]) for one in (small, large)]
    print(f"\n{'':36} {f'{OURS:,} patients':>24}   {f'{PATIENTS:,} patients':>24}   growth of")
    head = f"{'queries':>8} {'p50 ms':>7} {'p95':>7}"
    print(f"{'p95 as multiples of the bare queue':36} {head}   {head}   the median")
    for name, (queries, seconds) in small.items():
        more, later = large[name]
        growth = median(later) / median(seconds)
        print(
            f"{name:36} {queries:8} {1000 * median(seconds):7.0f} {_p95(seconds) / bare[0]:6.1f}x"
            f"   {more:8} {1000 * median(later):7.0f} {_p95(later) / bare[1]:6.1f}x   {growth:5.2f}"
        )


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[18]


if __name__ == "__main__":
    main()

"""The physiotherapist's pages over a country of clinics: `make bench ARGS=desk`.

    BENCH_PATIENTS=100000 make bench ARGS=desk      10,000,000 entries, some 16 GB, filled in minutes

First one clinic of 1,000 patients alone; then the same clinic among BENCH_PATIENTS (10,000) with
BENCH_ENTRIES_EACH (100) entries each, beside it a clinic of 2,000 and one of a tenth of all. Of each page
its statements, and its p95 as a multiple of the queue of a clinic without patients in the same run, asked
in turns, BENCH_LOOKS (20) times. Django's test client, so that pages and PostgreSQL alone are timed; row
policies, trail, looks and the search for garbage as in production. The last lines are a patient's phone,
and the caseload as a tutorial would write it.
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

import psycopg

LOOKS = int(os.environ.get("BENCH_LOOKS", "20"))
FIRST = 1_000  # patients of the clinic that is looked at alone and among the others
CLINICS = 5_000_000  # ids of the other clinics
BARE, CASELOAD = "queue of a clinic without patients", "caseload, 100 rows"
Asked = dict[str, Callable[[], Any]]


@dataclass
class Seen:
    """Statements of one page, and its seconds."""

    statements: int
    seconds: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[18]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
    os.environ["OSTEON_DEMO"] = "on"
    django.setup()
    logging.disable()
    from django.db import connections

    from journal.admin import fresh
    from journal.fence import scope
    from journal.garbage import search_seldom
    from tests.benchmarks import population

    search_seldom()  # as the web process
    fresh.FRESH_FOR = timedelta(days=1)  # on a busy machine a run takes longer than a sign-in is fresh
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        with scope.within(scope.SYSTEM):
            filler, first = _first(owner)
        filler.fill([filler.place(first, FIRST)])
        alone = _look(_pages("mira@hill.example"))
        sizes = population.sizes(population.PATIENTS - FIRST)
        with scope.within(scope.SYSTEM):
            _clinics(sizes)
        filler.fill([filler.place(CLINICS + n, size) for n, size in enumerate(sizes)])
        among = _look(_pages("mira@hill.example"))
        others = [_look(_pages(f"n{n}@large.example")) for n in range(2)]
        default = _look({"default style": _default_style}, looks=3)
    connections.close_all()
    _print(alone, among, others, [FIRST, population.PATIENTS, *sizes[:2]])
    _print_default(among, default["default style"])


def _first(owner: psycopg.Connection) -> tuple[Any, int]:
    """Who fills, and the clinic that is filled first; beside it one without patients."""
    from django.utils import timezone

    from tests.benchmarks import population, told
    from tests.support import desk

    clinic, empty = desk.clinic("looked-at"), desk.clinic("empty")
    desk.clinician(clinic)
    desk.clinician(empty, "elio@empty.example", name="Elio Roth")
    rows = told.rows(desk.clinic("made"), timezone.now())
    return population.Filler(owner, rows), clinic.pk


def _clinics(sizes: list[int]) -> None:
    from journal.accounts.models import Clinic
    from tests.support import desk

    for number, _size in enumerate(sizes):
        clinic = Clinic.objects.create(id=CLINICS + number, slug=f"other-{number}", name=f"Other {number}")
        if number < 2:
            desk.clinician(clinic, f"n{number}@large.example", name=f"Number {number}")


def _pages(email: str) -> Asked:
    """What somebody of that clinic opens, and what a patient's phone asks."""
    from django.urls import reverse

    from journal.accounts.models import Patient, User
    from journal.admin.patients import PatientListDesk
    from journal.fence import scope
    from journal.models import Flag

    with scope.within(scope.SYSTEM):
        user = User.objects.get(email=email)
        desk, nothing = _signed_in(user), _signed_in(User.objects.get(email="elio@empty.example"))
        people = Patient.objects.filter(clinic__clinicians__user=user)
        count = people.count()
        flag = (
            Flag.objects.filter(patient__in=people, status="open").select_related("patient").order_by("id")[0]
        )
    person = flag.patient
    queue, caseload = reverse("admin:journal_flag_changelist"), reverse("admin:accounts_patient_changelist")
    page = reverse("admin:accounts_patient_change", args=[person.pk])
    export = reverse("admin:accounts_patient_export", args=[person.pk])
    last = -(-count // PatientListDesk.list_per_page)
    return {
        BARE: lambda: nothing.get(queue),
        "queue": lambda: desk.get(queue),
        "queue, page 2": lambda: desk.get(queue, {"p": 2}),
        "queue, news": lambda: desk.get(reverse("admin:journal_flag_news")),
        CASELOAD: lambda: desk.get(caseload),
        "caseload, last page": lambda: desk.get(caseload, {"p": last}),
        "caseload by last entry": lambda: desk.get(caseload, {"o": "3"}),
        "caseload by last entry, last page": lambda: desk.get(caseload, {"o": "3", "p": last}),
        "caseload by trend": lambda: desk.get(caseload, {"o": "2"}),
        "caseload by days logged": lambda: desk.get(caseload, {"o": "4"}),
        "caseload by exercise": lambda: desk.get(caseload, {"o": "5"}),
        "caseload by flags": lambda: desk.get(caseload, {"o": "6"}),
        "search": lambda: desk.get(caseload, {"q": person.name[:4]}),
        "patient, 28 days": lambda: desk.get(page),
        "patient, 90 days": lambda: desk.get(page, {"days": 90}),
        "flag": lambda: desk.get(reverse("admin:journal_flag_change", args=[flag.pk])),
        "CSV, 90 days": lambda: _read(desk.get(export, {"days": 90})),
        "entries of the clinic": lambda: desk.get(reverse("admin:journal_entry_changelist")),
        "alert quality": lambda: desk.get(reverse("admin:quality")),
        **_phone(person),
    }


def _signed_in(user: Any) -> Any:
    from django.test import Client

    from tests.support import desk

    client = Client(HTTP_HOST="127.0.0.1")
    desk.signed_in(client, user)
    return client


def _phone(person: Any) -> Asked:
    from django.test import Client

    from journal.fence import scope
    from tests.support.phones import a_session

    with scope.within(scope.SYSTEM):
        phone = Client(HTTP_HOST="127.0.0.1", headers={"X-Session-Token": a_session(person.user)})
    since = f"/api/v1/sync?last_pulled_at={person.revision - 1}"
    return {
        "phone: entries": lambda: phone.get("/api/v1/entries"),
        "phone: flags": lambda: phone.get("/api/v1/flags"),
        "phone: pull of one change": lambda: phone.get(since),
    }


def _read(answer: Any) -> Any:
    """To its end: a head, and a line for each of at most 90 days."""
    lines = b"".join(answer.streaming_content).count(b"\n")
    assert 2 < lines <= 91, lines
    return answer


def _default_style() -> Any:
    from django.test import RequestFactory

    from journal.accounts.models import User
    from journal.fence import scope
    from tests.benchmarks import default_style

    request = RequestFactory().get("/admin/accounts/patient/", HTTP_HOST="127.0.0.1")
    with scope.within(scope.SYSTEM):
        request.user = User.objects.get(email="mira@hill.example")
        return default_style.page(request)


def _look(asked: Asked, *, looks: int = LOOKS) -> dict[str, Seen]:
    """Each page in turns, so that neighbours disturb all alike."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    found: dict[str, Seen] = {}
    for name, ask in asked.items():
        ask()
        with (
            CaptureQueriesContext(connections["default"]) as seen,
            CaptureQueriesContext(connections["owner"]) as by_owner,
        ):
            answer = ask()
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
        found[name] = Seen(len(seen) + len(by_owner))
    for _ in range(looks):
        for name, ask in asked.items():
            began = time.perf_counter()
            ask()
            found[name].seconds.append(time.perf_counter() - began)
    return found


def _print(
    alone: dict[str, Seen], among: dict[str, Seen], others: list[dict[str, Seen]], sizes: list[int]
) -> None:
    print(f"\n{'':36} {'':>9} {f'{sizes[0]:,} patients':>15} {f'among {sizes[1]:,}':>23}", end="")
    print("".join(f" {f'clinic of {size:,}':>16}" for size in sizes[2:]))
    print(f"{'p95 as a multiple of the first line':36} {'statements':>9} {'p50 ms':>8} {'p95':>6}", end="")
    print(f" {'p50 ms':>8} {'p95':>6} {'growth':>7}" + f" {'p50 ms':>9} {'p95':>6}" * len(others))
    for name, one in alone.items():
        more = among[name]
        counts = {one.statements, more.statements, *(other[name].statements for other in others)}
        said = "-".join(str(count) for count in sorted({min(counts), max(counts)}))
        print(
            f"{name:36} {said:>10} {1000 * median(one.seconds):8.0f} {one.p95 / alone[BARE].p95:5.1f}x",
            end="",
        )
        growth = median(more.seconds) / median(one.seconds)
        print(f" {1000 * median(more.seconds):8.0f} {more.p95 / among[BARE].p95:5.1f}x {growth:7.2f}", end="")
        for other in others:
            p95 = other[name].p95 / other[BARE].p95
            print(f" {1000 * median(other[name].seconds):9.0f} {p95:5.1f}x", end="")
        print()


def _print_default(among: dict[str, Seen], default: Seen) -> None:
    ours = among[CASELOAD]
    times = median(default.seconds) / median(ours.seconds)
    print(
        f"\nThe caseload with computed columns, 100 rows: {default.statements} statements,"
        f" {1000 * median(default.seconds):.0f} ms; ours {ours.statements}, {times:.1f} times as fast"
    )


if __name__ == "__main__":
    main()

"""Large clinics: what a page asks of the database doesn't grow with the rows, and indexes serve it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.admin import lists
from journal.admin.middleware import IDLE_SECONDS
from journal.fence import scope
from journal.insight import caseload
from journal.models import Entry, FlagAction
from tests.support import desk as people

QUEUE = reverse("admin:journal_flag_changelist")
CASELOAD = reverse("admin:accounts_patient_changelist")
ENTRIES = reverse("admin:journal_entry_changelist")


def asked(call: Callable[[], Any]) -> list[str]:
    """The statements of one page."""
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code == 200
    return [one["sql"] for one in queries.captured_queries]


def add(at: Clinic, count: int, *, begins: int = 0) -> list[Patient]:
    """Patients who logged today and whose flags wait."""
    found = [people.patient(at, f"Person {number:04}") for number in range(begins, begins + count)]
    for one in found:
        people.entry(one, at=timezone.now())
        people.flag(one, at=timezone.now())
    return found


def log_more(of: Patient, count: int) -> None:
    for number in range(count):
        people.entry(of, at=timezone.now() - timedelta(days=number))


# --- statements ---


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (QUEUE, 7),
        (f"{QUEUE}?status=any", 9),
        (CASELOAD, 8),
        (f"{CASELOAD}?q=Person", 8),
        *((f"{CASELOAD}?o={column}", 8) for column in ("2", "-3", "4", "5", "6")),
        (ENTRIES, 8),
        (reverse("admin:journal_flag_news"), 4),
    ],
)
def test_a_list_costs_as_many_statements_with_thrice_the_rows(
    desk: Client, hill: Clinic, path: str, most: int
) -> None:
    add(hill, 4)
    desk.get(path)
    few = asked(lambda: desk.get(path))
    add(hill, 8, begins=4)
    assert len(asked(lambda: desk.get(path))) == len(few)
    assert len(few) <= most, few


def test_a_persons_page_and_a_flags_page_cost_as_many_statements_with_thrice_the_entries(
    desk: Client, hill: Clinic
) -> None:
    [ada] = add(hill, 1)
    addresses = [
        reverse("admin:accounts_patient_change", args=[ada.pk]),
        reverse("admin:journal_flag_change", args=[ada.flags.get().pk]),
    ]
    desk.get(QUEUE)
    for address, most in zip(addresses, (30, 17), strict=True):
        log_more(ada, 3)
        few = asked(partial(desk.get, address))
        log_more(ada, 9)
        assert len(asked(partial(desk.get, address))) == len(few)
        assert len(few) <= most, few


def test_the_looks_of_a_page_are_one_statement_outside_any_transaction(desk: Client, hill: Clinic) -> None:
    add(hill, 5)
    desk.get(CASELOAD)
    written = [
        one for one in asked(lambda: desk.get(CASELOAD)) if not one.strip().startswith(("SELECT", "("))
    ]
    assert len(written) == 1
    assert "journal_staffread" in written[0]


def test_a_session_in_use_is_written_once_a_minute(desk: Client, hill: Clinic) -> None:
    def writes() -> bool:
        return any("accounts_session" in one and "UPDATE" in one for one in asked(lambda: desk.get(QUEUE)))

    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk.get(QUEUE)
        clock.shift(59)
        assert not writes()
        clock.shift(2)
        assert writes()
        assert desk.session.get_expiry_age() == IDLE_SECONDS


# --- pages ---


@pytest.mark.parametrize("order", ["", "0", "-0", "2", "-2", "3", "4", "-5", "6"])
def test_the_pages_of_a_list_hold_every_row_once_whatever_it_is_sorted_by(
    desk: Client, hill: Clinic, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.admin.patients.PatientListDesk.list_per_page", 4)
    names = {one.name for one in add(hill, 10)} | {people.patient(hill, "Nothing Logged").name}
    shown = [
        [name for name in names if name in desk.get(CASELOAD, {"p": page, "o": order}).content.decode()]
        for page in (1, 2, 3)
    ]
    assert [len(page) for page in shown] == [4, 4, 3]
    assert {name for page in shown for name in page} == names


def test_a_list_counts_so_far_and_says_so(
    desk: Client, hill: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(hill, 7)
    assert "are listed" not in desk.get(CASELOAD).content.decode()
    monkeypatch.setattr(lists, "MOST", 5)
    page = desk.get(CASELOAD).content.decode()
    assert "Only the first 5 are listed." in page
    assert desk.get(CASELOAD, {"q": "Person 0006"}).content.decode().count('desk-spark"') == 1


def test_the_newest_entries_stand_first_however_few_days_are_sorted(
    desk: Client, hill: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = people.patient(hill, "Ada Berg"), people.patient(hill, "Ben Okafor")
    for days in (0, 1, 5, 20, 200):
        people.entry(ada if days % 2 else ben, at=timezone.now() - timedelta(days=days))
    every = _days(desk)
    assert every == sorted(every, reverse=True)
    assert len(every) == 5
    monkeypatch.setattr(lists, "MOST", 5)
    monkeypatch.setattr("journal.admin.entries.EntryDesk.list_per_page", 3)
    assert _days(desk) == every[:3]
    assert _days(desk, page=2) == every[3:]


def _days(desk: Client, page: int = 1) -> list[Any]:
    return [one.local_date for one in desk.get(ENTRIES, {"p": page}).context["cl"].result_list]


# --- row policies ---


def plan(statement: str, values: Any, mira: User, *without: str) -> str:
    """How the app's role is answered, in Mira's name, where no table may be read from end to end, nor in the
    ways `without`."""
    clinic = mira.clinician.clinic_id
    with scope.within(scope.staff(mira.pk, clinic)), transaction.atomic(), connection.cursor() as cursor:
        for way in ("seqscan", *without):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {statement}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_both_ends_of_the_four_weeks_may_serve_an_index(hill: Clinic, mira: User) -> None:
    """What a function that is not leak-proof computes in a condition is asked after the policies, and no
    index serves it. Which index is chosen over a few rows is chance."""
    with CaptureQueriesContext(connection) as queries:
        caseload.glances({add(hill, 1)[0].pk: timezone.now().date()})
    found = plan(queries.captured_queries[-1]["sql"].replace("%", "%%"), (), mira)
    for condition in ("local_date >= ", "local_date <= "):
        [line] = [line for line in found.splitlines() if condition in line]
        assert "InitPlan" not in line[: line.index(condition)], found


def test_an_index_finds_the_patients_of_the_viewers_clinic(mira: User) -> None:
    statement, values = Patient.objects.visible_to(mira).query.sql_with_params()
    assert "Index Cond: (clinic_id = " in plan(statement, values, mira)


def test_no_function_is_called_for_each_row_that_hangs_on_another(mira: User) -> None:
    statement, values = FlagAction.objects.all().query.sql_with_params()
    found = plan(statement, values, mira)
    assert "osteon_sees" not in found
    assert "journal_flag " in found


def test_entries_are_counted_by_their_index_alone(hill: Clinic, mira: User) -> None:
    """Over 2,000 entries, for over a handful every index costs the same."""
    patients = add(hill, 20)
    first = Entry.objects.filter(patient=patients[0]).get()
    said = {
        field.attname: getattr(first, field.attname)
        for field in Entry._meta.concrete_fields
        if not (field.primary_key or field.generated)
    }
    Entry.objects.bulk_create(
        Entry(
            **{**said, "client_id": uuid.uuid4(), "patient_id": one.pk, "local_date": first.local_date - back}
        )
        for one in patients
        for back in map(timedelta, range(1, 101))
    )
    counted = Entry.objects.current().visible_to(mira).filter(local_date__gte=timezone.now().date())
    statement, values = counted.values("patient").query.sql_with_params()
    found = plan(statement, values, mira, "bitmapscan")
    assert "Index Only Scan using entry_by_day" in found, found

"""The caseload: four weeks of every patient in a row, sorted and searched, at the price of one page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient
from journal.insight import caseload
from journal.models import Entry
from tests.support import desk as people

CASELOAD = reverse("admin:accounts_patient_changelist")


def says(severity: int | None, **more: Any) -> dict[str, Any]:
    pains = None if severity is None else [{"site": "lumbar", "side": "midline", "severity": severity}]
    return {"pains": pains, **more}


def glance(of: Patient) -> caseload.Glance:
    today = timezone.now().astimezone(of.timezone).date()
    return caseload.glances({of.pk: today})[of.pk]


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill)


def log(of: Patient, days_ago: int, report: dict[str, Any]) -> None:
    people.entry(of, report, at=timezone.now() - timedelta(days=days_ago))


def test_the_worst_of_each_day_counts_and_a_day_not_asked_is_no_zero(ada: Patient) -> None:
    log(ada, 0, says(3))
    log(ada, 0, says(6))
    log(ada, 1, says(None))
    log(ada, 2, {"pains": []})
    log(ada, 28, says(9))  # the 29th day
    told = glance(ada)
    assert [told.pains[day] for day in sorted(told.pains)] == [0, 6]
    assert len(told.logged) == 3


def test_a_deleted_entry_is_not_counted(ada: Patient) -> None:
    log(ada, 1, says(8))
    Entry.objects.update(deleted_at=timezone.now())
    assert glance(ada).pains == {}


@pytest.mark.parametrize(
    ("older", "newer", "trend"),
    [((3, 3, 3), (6, 6, 6), "more"), ((6, 6, 6), (3, 3, 3), "less"), ((4, 4, 4), (4, 4, 5), "same")],
)
def test_the_trend_compares_two_halves(
    ada: Patient, older: tuple[int, ...], newer: tuple[int, ...], trend: str
) -> None:
    for number, severity in enumerate(newer):
        log(ada, number, says(severity))
    for number, severity in enumerate(older):
        log(ada, 20 + number, says(severity))
    assert glance(ada).trend == trend


def test_two_days_in_a_half_are_too_few_for_a_trend(ada: Patient) -> None:
    for day in (0, 1, 20, 21, 22):
        log(ada, day, says(5))
    assert glance(ada).trend == "unknown"


def test_exercise_counts_days_that_asked(ada: Patient) -> None:
    log(ada, 0, says(2, activity=[{"type": "walking", "minutes": 20}]))
    log(ada, 1, says(2, activity=[{"type": "housework", "minutes": 20}]))
    log(ada, 2, says(2, activity=None, exercises=None))
    log(ada, 3, says(2))
    told = glance(ada)
    assert (told.exercised, told.asked) == (1, 2)


def test_a_gap_breaks_the_line_and_the_line_is_said_in_words(desk: Client, ada: Patient) -> None:
    for day, severity in [(0, 4), (1, 6), (5, 2), (6, 3), (7, 2)]:
        log(ada, day, says(severity))
    page = desk.get(CASELOAD).content.decode()
    assert page.count("<polyline") == 2
    assert "Worst pain of each day, of 10: from 2 to 6, last 4; 5 of 28 days answered." in page


def test_patients_of_one_page_are_read_in_one_statement(hill: Clinic) -> None:
    today = timezone.now().date()
    lasts = {people.patient(hill, f"Person {number}").pk: today for number in range(30)}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(caseload.glances(lasts)) == 30
    assert len(asked) == 1


def test_the_longest_silent_stand_first_when_asked(desk: Client, hill: Clinic) -> None:
    for name, days in [("Now Novak", 0), ("Long Larsen", 9), ("Some Silva", 4)]:
        log(people.patient(hill, name), days, says(1))
    people.patient(hill, "Never Nagy")
    views = desk.get(CASELOAD).content.decode()
    query = re.search(r'href="\?(o=\d)">Longest silent first', views)
    assert query
    page = desk.get(f"{CASELOAD}?{query[1]}").content.decode()
    names = ["Never Nagy", "Long Larsen", "Some Silva", "Now Novak"]
    assert sorted(names, key=page.index) == names


def test_who_waits_is_one_link_away(desk: Client, hill: Clinic, ada: Patient) -> None:
    log(ada, 0, says(1))
    people.flag(people.patient(hill, "Flo Flagged"))
    flagged = desk.get(CASELOAD, {"waits": "flags"}).content.decode()
    assert "Flo Flagged" in flagged
    assert "Ada Berg" not in flagged
    silent = desk.get(CASELOAD, {"waits": "silent"}).content.decode()
    assert "Flo Flagged" in silent
    assert "Ada Berg" not in silent


def test_a_clinic_of_two_thousand_is_paged_and_searched(desk: Client, hill: Clinic) -> None:
    now = timezone.now()
    Patient.objects.bulk_create(
        Patient(clinic=hill, name=f"Person {number:04}", enrolled_at=now) for number in range(2000)
    )
    page = desk.get(CASELOAD).content.decode()
    assert page.count('desk-spark"') <= 100
    assert re.search(r"2,?000 patients", " ".join(page.split()))
    found = desk.get(CASELOAD, {"q": "1234"}).content.decode()
    assert "Person 1234" in found
    assert found.count('desk-spark"') == 1

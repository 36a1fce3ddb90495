"""The caseload: four weeks of every patient in a row, sorted and searched, at the price of one page."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.admin.patients import PatientListDesk
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


# --- sorted ---


def in_order(desk: Client, hill: Clinic, **query: Any) -> list[str]:
    page = desk.get(CASELOAD, query).content.decode()
    names = Patient.objects.filter(clinic=hill).values_list("name", flat=True)
    return sorted((name for name in names if name in page), key=page.index)


def by(column: str) -> str:
    return str(PatientListDesk.list_display.index(column))


def fortnights(of: Patient, older: int, newer: int) -> None:
    for day in range(4):
        log(of, day, says(newer))
        log(of, 20 + day, says(older))


def test_more_pain_stands_first_and_whoever_said_too_little_last_both_ways(
    desk: Client, hill: Clinic, ada: Patient
) -> None:
    for name, older, newer in [("Up One", 3, 4), ("Up Four", 3, 7), ("Down Two", 5, 3), ("Same", 2, 2)]:
        fortnights(people.patient(hill, name), older, newer)
    log(ada, 0, says(9))
    order = ["Up Four", "Up One", "Same", "Down Two"]
    assert in_order(desk, hill, o=by("trend")) == [*order, "Ada Berg"]
    assert in_order(desk, hill, o=f"-{by('trend')}") == [*reversed(order), "Ada Berg"]


def test_the_fewest_days_logged_stand_first(desk: Client, hill: Clinic, ada: Patient) -> None:
    for name, days in [("Two Days", (0, 27, 28)), ("Three Days", (1, 1, 2, 3))]:
        of = people.patient(hill, name)
        for day in days:
            log(of, day, says(1))
    log(ada, 1, says(1))
    Entry.objects.filter(patient=ada).update(deleted_at=timezone.now())
    order = ["Ada Berg", "Two Days", "Three Days"]
    assert in_order(desk, hill, o=by("logged")) == order
    assert in_order(desk, hill, o=f"-{by('logged')}") == order[::-1]


def test_the_least_exercise_stands_first_and_whoever_was_not_asked_last(
    desk: Client, hill: Clinic, ada: Patient
) -> None:
    walked, sat = [{"type": "walking", "minutes": 20}], [{"type": "housework", "minutes": 20}]
    for name, days in [
        ("All Ways", [walked]),
        ("Never", [sat, sat, sat]),
        ("Half", [walked, walked, sat, []]),
    ]:
        of = people.patient(hill, name)
        for day, activity in enumerate(days):
            log(of, day, says(1, activity=activity))
    log(ada, 0, says(1))
    assert in_order(desk, hill, o=by("exercised")) == ["Never", "Half", "All Ways", "Ada Berg"]
    assert in_order(desk, hill, o=f"-{by('exercised')}") == ["All Ways", "Half", "Never", "Ada Berg"]


def test_the_most_flags_stand_first(desk: Client, hill: Clinic, ada: Patient) -> None:
    people.flag(people.patient(hill, "Zoe Flagged"))
    assert in_order(desk, hill, o=by("flags_open")) == ["Zoe Flagged", "Ada Berg"]


def test_the_order_goes_with_whose_patients_are_shown(desk: Client, hill: Clinic, mira: User) -> None:
    for name, older, newer in [("Ann More", 3, 6), ("Zed Most", 3, 9), ("Bob Less", 6, 3)]:
        fortnights(people.patient(hill, name, physiotherapist=mira.clinician), older, newer)
    fortnights(people.patient(hill, "Not Mine"), 0, 10)
    sent = {"caseload": "mine", "waits": "", "o": by("trend")}
    assert in_order(desk, hill, **sent) == ["Zed Most", "Ann More", "Bob Less"]


def test_what_is_sorted_by_is_what_is_shown(hill: Clinic) -> None:
    """Four weeks of chance, in zones where it is another day."""
    chance = random.Random(20)
    now = datetime(2026, 3, 10, 11, 30, tzinfo=UTC)
    for number in range(30):
        zone = ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago")[number % 3]
        of = people.patient(hill, f"Person {number}", timezone=zone)
        for day in range(31):
            for _ in range(chance.choice((0, 1, 1, 2))):
                activity = chance.choice((None, [], [{"type": "walking", "minutes": 5}]))
                said = says(chance.choice((None, 0, 2, 5, 9)), activity=activity)
                people.entry(of, said, at=now - timedelta(days=day))
    rows = Patient.objects.annotate(
        as_of=Value(now), change=caseload.Change("as_of"), days=caseload.Logged("as_of")
    ).annotate(share=caseload.Exercised("as_of"))
    shown = caseload.glances({one.pk: now.astimezone(one.timezone).date() for one in rows})
    one: Any  # with what was annotated
    for one in rows:
        told = shown[one.pk]
        assert trend_of(one.change) == told.trend
        assert one.days == len(told.logged)
        assert one.share == (pytest.approx(told.exercised / told.asked) if told.asked else None)
    assert {told.trend for told in shown.values()} >= {"more", "less", "same"}


def trend_of(change: float | None) -> str:
    if change is None:
        return "unknown"
    return "same" if abs(change) < caseload.STEP else "more" if change > 0 else "less"


def test_more_patients_than_are_sorted_are_listed_by_name_and_it_is_said(
    desk: Client, hill: Clinic, mira: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.admin.patients.SORTABLE", 2)
    monkeypatch.setattr("journal.admin.patients.PatientListDesk.list_per_page", 2)
    fortnights(people.patient(hill, "Ann Less", physiotherapist=mira.clinician), 6, 3)
    fortnights(people.patient(hill, "Bob More", physiotherapist=mira.clinician), 3, 6)
    sent = {"o": by("trend")}
    assert in_order(desk, hill, **sent) == ["Bob More", "Ann Less"]
    fortnights(people.patient(hill, "Zed Most"), 0, 10)
    assert in_order(desk, hill, **sent) == ["Ann Less", "Bob More"]
    said = "no more than 2 patients are sorted"
    assert said in desk.get(CASELOAD, sent).content.decode()
    assert in_order(desk, hill, caseload="mine", **sent) == ["Bob More", "Ann Less"]
    for query in ({}, {"o": by("last_entry")}, {"caseload": "mine", **sent}):
        assert said not in desk.get(CASELOAD, query).content.decode()


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

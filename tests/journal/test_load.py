"""The database is asked for what an evaluation needs, and for that alone."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from journal import load
from journal.accounts.models import Patient
from journal.actions import entries
from journal.content import reach
from journal.content.report import Report
from journal.models import Entry, Flag
from tests.support.people import a_clinic, a_patient

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Berlin")
LAST = date(2026, 6, 30)


@pytest.fixture
def patient() -> Patient:
    return a_patient(a_clinic())


def store(patient: Patient, days_ago: int, number: int = 0, **said: Any) -> Entry:
    day = LAST - timedelta(days=days_ago)
    at = datetime.combine(day, time(8), ZONE) + timedelta(minutes=number)
    report = Report.model_validate(said)
    return Entry.objects.create(
        patient=patient,
        client_id=UUID(int=days_ago * 1000 + number),
        recorded_at=at,
        utc_offset=120,
        timezone=str(ZONE),
        local_date=day,
        report=report.document(),
        digest=report.digest(),
        received_at=at,
        revision=1,
    )


FACTS: list[dict[str, Any]] = [
    {},
    {"pains": []},
    {"falls": [{"kind": "fall"}]},
    {"falls": [{"kind": "near_fall"}], "height_cm": None},
    {"medications": ["bisphosphonate", "calcium"]},
    {"medications": ["denosumab"], "height_cm": 160.5},
    {"medications": None, "falls": None},
    {"height_cm": 160, "falls": [{"kind": "fall", "injury": True}]},
]


@pytest.mark.parametrize("seed", range(6))
def test_the_database_gives_exactly_what_is_needed(patient: Patient, seed: int) -> None:
    rng = Random(seed)
    for number in range(120):
        one = store(patient, rng.randrange(500), number, **rng.choice(FACTS))
        if rng.random() < 0.1:
            one.deleted_at = one.received_at
            one.save()
    other = a_patient(patient.clinic, "other")
    store(other, 400, falls=[{"kind": "fall"}], height_cm=150)
    for back in (0, 30, 200):
        since = LAST - timedelta(days=back)
        whole = load.history(patient, since=None).entries
        assert list(load.history(patient, since=since).entries) == reach.needed(whole, since)


def test_one_query_whatever_the_length(patient: Patient, django_assert_num_queries: Any) -> None:
    for day in range(0, 1000, 10):
        store(patient, day, pains=[], medications=["denosumab"])
    with django_assert_num_queries(1):
        found = load.history(patient, since=LAST)
    assert len(found.entries) < 10


def test_height_lost_since_readings_of_two_years_ago_is_seen(patient: Patient) -> None:
    """The reference is what was measured first, however long ago."""
    for day in (730, 715, 700):
        store(patient, day, height_cm=162)
    for number, day in enumerate((20, 0)):
        at = datetime.combine(LAST - timedelta(days=day), time(8), ZONE)
        entries.record(
            by=None,
            at=at,
            patient=patient,
            client_id=UUID(int=number + 1),
            recorded_at=at,
            timezone=str(ZONE),
            report=Report(height_cm=159.0),
        )
    assert {flag.pattern for flag in Flag.objects.filter(supported=True)} >= {"height-recheck", "height-loss"}

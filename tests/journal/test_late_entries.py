"""Whatever comes late, is corrected or taken back: the stored flags are those of the facts in order."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal import load
from journal.accounts.models import Patient, User
from journal.actions import clock, entries, evaluation, flags
from journal.content import engine
from journal.content.report import Report
from journal.models import Entry, Flag
from tests.content.build import fall, nerve, pain, walk
from tests.support.people import a_clinic, a_clinician, a_patient
from tests.support.said import said

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
FACTS: list[dict[str, Any]] = [
    {"pains": []},
    {"pains": [pain("lumbar", 2)], "activity": [walk(40)]},
    {"pains": [pain("lumbar", 8, onset="sudden")], "systemic": ["fever"]},
    {"pains": [pain("thigh", 4)], "medications": ["denosumab"]},
    {"falls": [fall()], "systemic": []},
    {"falls": [fall(injury=True)]},
    {"neuro": [nerve("tingling", "foot")], "pains": []},
    {"height_cm": 160.0},
    {"height_cm": 157.5, "activity": [walk(5)]},
]


@pytest.fixture
def patient() -> Patient:
    return a_patient(a_clinic(), zone="UTC")


@pytest.fixture
def ben(patient: Patient) -> User:
    return a_clinician(patient.clinic, "ben").user


def one_thing(rng: Random, patient: Patient, ben: User, at: datetime) -> None:
    """Something new, late or now; a correction; a withdrawal; or somebody dealing with a flag."""
    said_at = at - timedelta(days=rng.choice([0, 0, 1, 3, 20, 60, 150, 300]), minutes=rng.randrange(600))
    known = list(Entry.objects.current().filter(patient=patient).order_by("pk"))
    open_flags = list(Flag.objects.filter(patient=patient).unresolved().order_by("day", "pattern"))
    deed = rng.choice(["say", "say", "say", "amend", "withdraw", "deal"])
    if deed == "amend" and known:
        entries.amend(
            by=None, at=at, patient=patient, client_id=rng.choice(known).client_id,
            recorded_at=said_at, timezone="UTC", report=Report.model_validate(rng.choice(FACTS)),
        )  # fmt: skip
    elif deed == "withdraw" and known:
        entries.withdraw(by=None, at=at, patient=patient, client_id=rng.choice(known).client_id)
    elif deed == "deal" and open_flags:
        flag = rng.choice(open_flags)
        if flag.status == Flag.Status.OPEN and rng.random() < 0.5:
            flags.acknowledge(by=ben, at=at, flag=flag)
        else:
            flags.resolve(by=ben, at=at, flag=flag, outcome="contacted", note="Called.")
    else:
        said(patient, at=said_at, received=at, **rng.choice(FACTS))


def stored(patient: Patient) -> set[tuple[str, date, str, str, str]]:
    found = [load.raised(flag) for flag in Flag.objects.filter(patient=patient, supported=True)]
    return {shown(flag) for flag in found}


def shown(flag: engine.RaisedFlag) -> tuple[str, date, str, str, str]:
    return flag.pattern, flag.day, str(flag.met), str(flag.evidence), str(flag.covered)


@pytest.mark.parametrize("seed", range(8))
def test_the_stored_flags_are_those_of_the_facts_in_order(patient: Patient, ben: User, seed: int) -> None:
    rng, at = Random(seed), NOW - timedelta(days=330)
    while at < NOW:
        at += timedelta(days=rng.choice([0, 1, 1, 2, 4, 9]), hours=1)
        clock.run(at=at, patient=patient)  # as every minute: nobody is first heard of after the fourth day
        one_thing(rng, patient, ben, at)
    clock.run(at=at, patient=patient)
    today = at.date()
    kept = load.flags(patient, since=None)
    whole = engine.evaluate(load.history(patient, since=None), actions=load.actions(kept), as_of=today)
    assert stored(patient) == {shown(flag) for flag in whole.flags}
    assert len(whole.flags) > 5


def days_judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    judged: list[int] = []
    evaluate = engine.evaluate

    def counted(*args: Any, **kwargs: Any) -> engine.Evaluation:
        result = evaluate(*args, **kwargs)
        judged.append(result.judged)
        return result

    monkeypatch.setattr(engine, "evaluate", counted)
    return judged


@pytest.fixture
def logged_for_a_year(patient: Patient) -> Patient:
    for back in range(365):
        at = NOW - timedelta(days=back)
        report = Report.model_validate({"pains": [pain("lumbar", 2)], "medications": ["calcium"]})
        Entry.objects.create(
            patient=patient, client_id=UUID(int=back), recorded_at=at, utc_offset=0, timezone="UTC",
            local_date=at.date(), report=report.document(), digest="", received_at=at, revision=1,
        )  # fmt: skip
    return patient


@pytest.mark.parametrize(
    ("report", "days"),
    [
        ({"pains": [pain("lumbar", 8, onset="sudden")]}, 43),  # the furthest ordinary rule looks back 42 days
        ({"pains": [], "medications": ["denosumab"]}, 43),  # and no day after that has a thigh that hurts
        ({"falls": [fall()]}, 43),  # and no day after that has a fall
        ({"height_cm": 160.0}, 43),
    ],
)
def test_a_late_entry_is_judged_on_the_days_it_can_change(
    logged_for_a_year: Patient, monkeypatch: pytest.MonkeyPatch, report: dict[str, Any], days: int
) -> None:
    judged = days_judged(monkeypatch)
    said(logged_for_a_year, at=NOW - timedelta(days=300), received=NOW, **report)
    assert judged == [days]


def test_a_fall_told_late_is_judged_on_the_days_of_later_falls(
    logged_for_a_year: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(logged_for_a_year, at=NOW - timedelta(days=20), received=NOW, falls=[fall()])
    judged = days_judged(monkeypatch)
    said(logged_for_a_year, at=NOW - timedelta(days=300), received=NOW, falls=[fall()])
    assert Flag.objects.get(pattern="recurrent-falls").day == (NOW - timedelta(days=20)).date()
    # The 43 days, that of the later fall, and those after it until the flag that it raised is joined no more.
    assert judged[0] <= 43 + 1 + 14


def test_a_new_entry_is_evaluated_by_two_queries(
    logged_for_a_year: Patient, ben: User, django_assert_num_queries: Any
) -> None:
    said(logged_for_a_year, at=NOW, falls=[fall(injury=True)])
    flags.acknowledge(by=ben, at=NOW, flag=Flag.objects.get())
    said(logged_for_a_year, at=NOW + timedelta(minutes=5), pains=[])
    with django_assert_num_queries(2):
        evaluation.run(at=NOW, patient=logged_for_a_year, since=NOW.date())


def test_a_late_entry_is_evaluated_by_two_queries(logged_for_a_year: Patient) -> None:
    with CaptureQueriesContext(connection) as asked:
        said(logged_for_a_year, at=NOW - timedelta(days=300), received=NOW, pains=[])
    read = [
        one["sql"]
        for one in asked.captured_queries
        if "WITH stored" in one["sql"] or "json_agg" in one["sql"]
    ]
    assert len(read) == 2

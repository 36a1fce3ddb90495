"""Many writes at the same moment, on connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from journal.accounts.models import Clinic, Patient
from journal.actions import entries, invitations
from journal.content.report import Report
from journal.models import Change, Entry, Flag, OutboxEvent
from tests.api.phone import Phone, entry, pain

pytestmark = pytest.mark.django_db(transaction=True)
SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}
FELL = {"falls": [{"kind": "fall", "injury": False}]}


def at_once(jobs: list[Callable[[], Any]], *, workers: int) -> list[Any]:
    """Runs the jobs in threads; each thread has its own connection to the database."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, jobs))


def test_200_posts_of_one_id_store_one_row_and_give_200_equal_answers(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    answers = at_once(
        [lambda: Phone(phone.token).send("POST", "/api/v1/entries", sent) for _ in range(200)], workers=8
    )
    assert sorted(status for status, _ in answers) == [200] * 199 + [201]
    assert all(body == answers[0][1] for _, body in answers)
    assert (Entry.objects.count(), Flag.objects.count(), OutboxEvent.objects.count()) == (1, 1, 1)
    assert Change.objects.filter(verb="entry.recorded").count() == 1


def test_two_entries_that_raise_a_flag_only_together_raise_it_in_each_of_200_pairs(clinic: Clinic) -> None:
    """Two falls within a year are recurrent falls; either alone is none."""
    at = timezone.now()
    patients = [
        invitations.enrol(at=at, clinic=clinic, profile={"age": 70}, timezone="UTC", user=None)
        for _ in range(200)
    ]

    def fall(patient: Patient, days_ago: int, together: threading.Barrier) -> None:
        together.wait()
        entries.record(
            by=None,
            at=at,
            patient=patient,
            client_id=_uuid(),
            recorded_at=at - timedelta(days=days_ago),
            timezone="UTC",
            report=Report.model_validate(FELL),
        )

    jobs: list[Callable[[], None]] = []
    for patient in patients:
        together = threading.Barrier(2)
        jobs += [lambda p=patient, t=together, d=days: fall(p, d, t) for days in (0, 40)]  # type: ignore[misc]
    at_once(jobs, workers=8)
    assert Entry.objects.count() == 400
    assert Flag.objects.filter(pattern="recurrent-falls", supported=True).count() == 200
    assert OutboxEvent.objects.count() == 200


def test_two_sign_ups_with_one_code_make_one_patient(invite: Callable[..., str]) -> None:
    code = invite()
    statuses = [answer[0] for answer in at_once([lambda: Phone().sign_up(code)] * 2, workers=2)]
    assert sorted(statuses) == [200, 400]
    assert Patient.objects.count() == 1


def _uuid() -> Any:
    import uuid

    return uuid.uuid4()

"""What an evaluation opens, joins and opens again is stored as it was found, with its news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.accounts.models import Clinic, Patient, User
from journal.actions import firings
from journal.models import Flag, OutboxEvent

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 9, 30, 0, 5, tzinfo=UTC)
# Signs that a JSON text, an array or a statement could read otherwise.
WORDS = 'Strong “back” pain: 8 of 10, {a} \\ "quoted", %s, $1, Ä, 😀\n'


@pytest.fixture
def patient(hill: Clinic) -> Patient:
    user = User.objects.create(email="ada@example.org")
    return Patient.objects.create(
        user=user, clinic=hill, timezone="Europe/Berlin", revision=7, enrolled_at=AT
    )


def flag(patient: Patient, place: int, **more: Any) -> Flag:
    day = AT.date() - timedelta(days=place)
    columns: dict[str, Any] = {
        "pattern": "sudden-back-pain",
        "rule_version": 1,
        "urgency": "same-day",
        "day": day,
        "met": {"lumbar": [day.isoformat()]},
        "last_met": day,
        "evidence": {day.isoformat(): ["0198c5a0-7d3c-7c3e-9d5e-0a4b5c6d7e8f"]},
        "arms": ["a", "b"],
        "numbers": {"severity": 8, "baseline": 2.5, "words": WORDS},
        "why": WORDS,
        "why_params": [["why", {"where": ["lumbar", None]}]],
        "why_clinician": WORDS,
        "raised_at": AT,
        "due_at": AT + timedelta(hours=4),
    }
    return Flag(patient=patient, **{**columns, **more})


def columns(one: Flag) -> dict[str, Any]:
    return {field.attname: getattr(one, field.attname) for field in Flag._meta.concrete_fields}


def test_a_flag_is_read_back_as_it_was_opened(patient: Patient) -> None:
    opened = [flag(patient, 0), flag(patient, 1, status="superseded", supported=False)]
    firings.save(at=AT, patient=patient, opened=opened, changed=[])
    assert [columns(Flag.objects.get(pk=one.pk)) for one in opened] == list(map(columns, opened))
    assert {one.revision for one in opened} == {7}
    assert not any(one._state.adding for one in opened)


def test_a_changed_flag_keeps_what_is_not_the_evaluations_to_change(patient: Patient) -> None:
    stored = flag(patient, 0)
    firings.save(at=AT, patient=patient, opened=[stored], changed=[])
    now = Flag.objects.get(pk=stored.pk)
    now.numbers, now.last_met, now.supported, now.superseded_reason = {"severity": 9}, AT.date(), False, WORDS
    now.status = Flag.Status.SUPERSEDED
    now.urgency, now.seen_at, now.raised_at = "emergency-now", AT, AT + timedelta(days=1)
    firings.save(at=AT, patient=patient, opened=[], changed=[now])
    kept = {name: getattr(stored, name) for name in ("urgency", "seen_at", "raised_at", "due_at", "day")}
    changed = {name: getattr(now, name) for name in firings.CHANGED}
    assert columns(Flag.objects.get(pk=stored.pk)) == {**columns(stored), **changed, **kept}


def test_news_say_which_were_opened_and_which_opened_again(patient: Patient) -> None:
    old, new = flag(patient, 5), flag(patient, 0)
    firings.save(at=AT, patient=patient, opened=[old], changed=[])
    firings.save(at=AT, patient=patient, opened=[new, old], changed=[old])
    told = OutboxEvent.objects.order_by("id").values_list("kind", "subject_id", "at", "patient")
    assert list(told) == [
        ("flag.opened", old.pk, AT, patient.pk),
        ("flag.opened", new.pk, AT, patient.pk),
        ("flag.reopened", old.pk, AT, patient.pk),
    ]


def test_fifty_flags_cost_as_many_statements_as_one(patient: Patient) -> None:
    def asked(opened: list[Flag]) -> int:
        with CaptureQueriesContext(connection) as queries:
            firings.save(at=AT, patient=patient, opened=opened, changed=[])
        return len(queries)

    assert asked([flag(patient, 0)]) == asked([flag(patient, place) for place in range(1, 51)]) == 2

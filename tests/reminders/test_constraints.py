"""The database is the last reviewer."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from journal.accounts.models import Patient
from reminders.actions import planning
from reminders.actions import reminders as verbs
from reminders.models import Delivery, Occurrence, Reminder

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def turn(patient: Patient) -> Occurrence:
    verbs.create(
        by=None,
        at=TEN - timedelta(hours=1),
        patient=patient,
        kind="exercise",
        title="Move",
        rrule="FREQ=DAILY",
        local_time=time(10),
    )
    planning.plan_due(at=TEN)
    return Occurrence.objects.get()


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("reminder_kind_known", {"kind": "swim"}),
        ("reminder_next_day_and_moment_together", {"next_local_date": None}),
        ("reminder_quiet_from_and_until_together", {"quiet_from": time(21)}),
        ("reminder_quiet_from_and_until_together", {"quiet_from": time(21), "quiet_until": time(21)}),
        ("reminder_deleted_is_inactive", {"deleted_at": TEN}),
        ("reminder_inactive_is_never_due", {"active": False}),
        ("reminder_channels_known", {"channels": ["pigeon"]}),
        ("reminder_channels_known", {"channels": []}),
    ],
)
def test_a_reminder_that_contradicts_itself_is_refused(
    turn: Occurrence, constraint: str, change: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Reminder.objects.update(**change)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("occurrence_state_known", {"state": "lost"}),
        ("occurrence_held_by_a_flag", {"state": "held"}),
        ("occurrence_snoozed_until_when", {"state": "snoozed"}),
        ("occurrence_acted_on_when", {"state": "done"}),
        ("occurrence_acted_on_when", {"acted_at": TEN}),
        ("occurrence_expires_later", {"expires_at": TEN}),
    ],
)
def test_a_turn_that_contradicts_itself_is_refused(
    turn: Occurrence, constraint: str, change: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Occurrence.objects.update(**change)


def test_a_day_has_one_turn_of_a_reminder(turn: Occurrence) -> None:
    turn.pk = uuid4()
    with pytest.raises(IntegrityError, match="occurrence_once_per_day_reminder_slot"):
        turn.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("delivery_once_per_key", {}),
        ("delivery_sent_when", {"state": "sent"}),
        ("delivery_sent_when", {"sent_at": TEN}),
        ("delivery_state_known", {"state": "lost"}),
        ("delivery_of_a_flag_never_gives_up", {"topic": "flag"}),
        ("delivery_of_a_flag_never_gives_up", {"topic": "flag", "expires_at": None, "state": "refused"}),
        ("delivery_of_a_flag_never_gives_up", {"topic": "flag", "expires_at": None, "state": "expired"}),
    ],
)
def test_a_delivery_that_contradicts_itself_is_refused(
    turn: Occurrence, constraint: str, change: dict[str, Any]
) -> None:
    row = Delivery.objects.get(subject_id=turn.pk, channel="email")
    row.pk = None
    row.key += "" if constraint == "delivery_once_per_key" else ":other"
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=constraint):
        row.save(force_insert=True)

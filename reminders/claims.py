"""Taking work in hand: the only SKIP LOCKED of the house.

A claim is one statement and its own short transaction. It takes no lock that it would wait for, and what it
takes is leased: when the process dies, the lease runs out and another one takes over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from journal.accounts.models import BrokenGlass
from journal.models import OutboxEvent
from reminders.models import Chase, Delivery

# Longer than a task may run (60 s), so that a slow task is not done twice.
LEASE = timedelta(seconds=90)

# Materialised: a plain subquery may be run again by the planner and claim more than asked.
CLAIM_REMINDERS = """
WITH due AS MATERIALIZED (
    SELECT id FROM reminders_reminder
    WHERE active AND next_due_at <= %(at)s AND (lease_until IS NULL OR lease_until <= %(at)s)
    ORDER BY next_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE reminders_reminder AS reminder SET lease_until = %(until)s
FROM due WHERE reminder.id = due.id RETURNING reminder.id, reminder.patient_id
"""
CLAIM_DELIVERIES = """
WITH due AS MATERIALIZED (
    SELECT id FROM reminders_delivery
    WHERE state = 'waiting' AND topic = %(topic)s AND due_at <= %(at)s
      AND (lease_until IS NULL OR lease_until <= %(at)s)
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE reminders_delivery AS delivery SET lease_until = %(until)s, attempts = attempts + 1
FROM due WHERE delivery.id = due.id RETURNING delivery.*
"""


@dataclass(frozen=True)
class ClaimedReminder:
    """Ids alone: the rows are read again under the patient's lock."""

    id: UUID
    patient_id: int


def reminders(*, at: datetime, limit: int) -> list[ClaimedReminder]:
    """Due reminders, leased to the caller."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_REMINDERS, {"at": at, "until": at + LEASE, "limit": limit})
        return [ClaimedReminder(*row) for row in cursor.fetchall()]


def deliveries(*, at: datetime, topic: str, limit: int) -> list[Delivery]:
    """Waiting deliveries, leased to the caller, with this attempt counted."""
    asked = {"at": at, "until": at + LEASE, "topic": topic, "limit": limit}
    return list(Delivery.objects.raw(CLAIM_DELIVERIES, asked))


def outbox(*, after: int, limit: int) -> list[OutboxEvent]:
    """News not yet relayed, with an id above `after`; locked until the caller's transaction ends."""
    waiting = OutboxEvent.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "patient__clinic"
    )
    return list(waiting.filter(relayed_at=None, id__gt=after).order_by("id")[:limit])


def chase(*, at: datetime, skip: Iterable[int]) -> Chase | None:
    """The chase that is due the longest, but for those in `skip`; locked until the transaction ends."""
    due = Chase.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_chase_at__lte=at)
    rows = due.exclude(pk__in=skip).select_related("flag", "patient__clinic")
    return rows.order_by("next_chase_at", "pk").first()


def glasses(*, limit: int) -> list[BrokenGlass]:
    """Operators' looks into clinics whose leads don't know yet; locked until the transaction ends."""
    untold = BrokenGlass.objects.select_for_update(skip_locked=True, of=("self",)).filter(told_at=None)
    return list(untold.select_related("clinic").order_by("at")[:limit])

"""Taking work in hand: the only SKIP LOCKED of the house.

A claim takes no lock that it would wait for. What is to travel is leased, in a short transaction of its own:
when the process dies, the lease runs out and another one takes over. What only the database is to know is
locked until the caller's transaction ends: when the process dies, nothing has happened.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from journal.accounts.models import BrokenGlass, Patient
from journal.models import OutboxEvent
from journal.rows import array
from reminders.models import Chase, Delivery

# What a killed sender had in hand is told again within the minute that promise B3 gives: this, the next tick,
# the mail itself. The living renew what they have under way.
LEASE = timedelta(seconds=30)
RENEWED_EVERY = LEASE / 3

# Of a patient whose row somebody else has locked nothing is taken: that turn is the next claim's.
LOCK_PATIENTS_OF_DUE = """
SELECT reminder.id FROM reminders_reminder AS reminder
JOIN accounts_patient AS patient ON patient.id = reminder.patient_id
WHERE reminder.active AND reminder.next_due_at <= %(at)s
  AND (reminder.lease_until IS NULL OR reminder.lease_until <= %(at)s)
ORDER BY reminder.next_due_at LIMIT %(limit)s FOR UPDATE OF patient SKIP LOCKED
"""
OTHERS_OF_THEIR_PATIENTS = """
SELECT DISTINCT other.id FROM reminders_reminder AS claimed
JOIN reminders_reminder AS other ON other.patient_id = claimed.patient_id
WHERE claimed.id = ANY(%(ids)s::uuid[]) AND other.active AND other.next_due_at <= %(at)s
  AND (other.lease_until IS NULL OR other.lease_until <= %(at)s)
"""
# A plan is kept for all batches to come. Made while a table is empty it would read it through ever after, all
# turns of the minute for each thousand, until PostgreSQL has counted its rows anew.
BY_INDEX = "SET LOCAL enable_seqscan = off"
# Materialised: a plain subquery may be run again by the planner and claim more than asked.
# The lane is that of Delivery.way: what goes the same way as something that hangs is left for later.
CLAIM_DELIVERIES = """
WITH due AS MATERIALIZED (
    SELECT id FROM reminders_delivery
    WHERE state = 'waiting' AND topic = %(topic)s AND due_at <= %(at)s
      AND (lease_until IS NULL OR lease_until <= %(at)s) AND {channels}
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE reminders_delivery AS delivery SET lease_until = %(until)s, attempts = attempts + 1
FROM due WHERE delivery.id = due.id RETURNING delivery.*
"""
CLAIM_INBOX = CLAIM_DELIVERIES.format(channels="channel = 'inbox'")
CLAIM_TO_SEND = CLAIM_DELIVERIES.format(
    channels="channel <> 'inbox' AND channel <> ALL(%(full)s)"
    " AND coalesce(nullif(lane, ''), channel || ':' || to_id) <> ALL(%(busy)s)"
)
RENEW = """
UPDATE reminders_delivery AS delivery SET lease_until = %(until)s
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS held (id, attempts)
WHERE delivery.id = held.id AND delivery.attempts = held.attempts AND delivery.state = 'waiting'
"""


def reminders(*, at: datetime, limit: int) -> list[UUID]:
    """Due reminders. Their patients are locked until the transaction ends, their own rows are not; until then
    all is planned as for tables that are large.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(LOCK_PATIENTS_OF_DUE, {"at": at, "limit": limit})
        return [reminder for (reminder,) in cursor.fetchall()]


def and_others_of_their_patients(claimed: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """These, and what else is due of the same patients, who are locked."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_OF_THEIR_PATIENTS, {"ids": array(claimed), "at": at})
        return [reminder for (reminder,) in cursor.fetchall()]


def deliveries(
    *, at: datetime, topic: str, limit: int, busy: Sequence[str] = (), full: Sequence[str] = ()
) -> list[Delivery]:
    """Waiting deliveries that travel, leased to the caller, with this attempt counted; none on a `busy` way,
    none over a `full` channel."""
    asked = {"at": at, "until": at + LEASE, "topic": topic, "limit": limit, "busy": [*busy], "full": [*full]}
    return list(Delivery.objects.raw(CLAIM_TO_SEND, asked))


def inbox(*, at: datetime, limit: int) -> list[Delivery]:
    """Waiting turns for the inbox, leased to the caller, with this attempt counted."""
    asked = {"at": at, "until": at + LEASE, "topic": Delivery.Topic.REMINDER, "limit": limit}
    return list(Delivery.objects.raw(CLAIM_INBOX, asked))


def renew(held: Iterable[Delivery], *, at: datetime) -> None:
    """Still under way. The count of attempts tells whether a lease is still ours."""
    with connection.cursor() as cursor:
        pairs = [(each.pk, each.attempts) for each in held]
        cursor.execute(
            RENEW, {"ids": [pk for pk, _ in pairs], "attempts": [n for _, n in pairs], "until": at + LEASE}
        )


def outbox(*, after: int, limit: int) -> list[OutboxEvent]:
    """News not yet relayed, with an id above `after`; locked until the caller's transaction ends."""
    waiting = OutboxEvent.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "patient__clinic"
    )
    return list(waiting.of_flags().filter(id__gt=after).order_by("id")[:limit])


def changed_plan(*, skip: Iterable[int]) -> OutboxEvent | None:
    """The oldest change of a plan that nobody follows yet, but for patients in `skip`; locked until the
    transaction ends."""
    waiting = OutboxEvent.objects.select_for_update(skip_locked=True, of=("self",))
    rows = waiting.of_plans().exclude(patient__in=skip).select_related("patient")
    return rows.order_by("id").first()


def changed_plans_of(patient: Patient) -> list[int]:
    """Ids of one patient's changes that nobody else has in hand; who has one waits for this patient's lock,
    so waiting for it here would be a circle."""
    waiting = OutboxEvent.objects.select_for_update(skip_locked=True).of_plans().filter(patient=patient)
    return list(waiting.values_list("pk", flat=True))


def chase(*, at: datetime, skip: Iterable[int]) -> Chase | None:
    """The chase that is due the longest, but for those in `skip`; locked until the transaction ends."""
    due = Chase.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_chase_at__lte=at)
    rows = due.exclude(pk__in=skip).select_related("flag", "patient__clinic")
    return rows.order_by("next_chase_at", "pk").first()


def glasses(*, limit: int) -> list[BrokenGlass]:
    """Operators' looks into clinics whose leads don't know yet; locked until the transaction ends."""
    untold = BrokenGlass.objects.select_for_update(skip_locked=True, of=("self",)).filter(told_at=None)
    return list(untold.select_related("clinic").order_by("at")[:limit])

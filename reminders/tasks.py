"""Celery rings the bell: each task may run twice, at once, on ten machines; the work lies in PostgreSQL."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone as clock

from journal.accounts.models import Patient
from journal.actions import clock as journal_clock
from journal.actions import guesses, known_devices, recheck, sessions
from reminders import escalate, relay
from reminders.actions import digests, expiry, follow, holds, planning, rounds, zones
from reminders.deliver import dispatch
from reminders.models import Delivery

# Batches of turns that one tick ends: midnight must not hold up the reminders of the next minute.
MOST_ENDED = 20
# Zone rules change with an update of the machine, a few times a year.
ZONES_EVERY = timedelta(hours=1)
# A lead who corrects the clinic's hours sees the flags follow; all open chases are read for it.
HOURS_EVERY = timedelta(minutes=1)


@shared_task  # type: ignore[untyped-decorator]
def tick_relay() -> None:
    """News of flags becomes deliveries, and goes out at once. Queue `flags`."""
    relay.run(at=clock.now())
    dispatch.run(clock=clock.now, topic=Delivery.Topic.FLAG, meanwhile=lambda: relay.run(at=clock.now()))
    rounds.ended(tick="relay", at=clock.now())


@shared_task  # type: ignore[untyped-decorator]
def tick_escalate() -> None:
    """Flags that nobody has in hand go to the next person; the morning's digests are made. Queue `flags`.

    What is new goes out with the next relay tick. Once a minute chases follow what clinics changed.
    """
    if not rounds.ended_since(tick="hours", moment=clock.now() - HOURS_EVERY):
        escalate.keep_in_step(at=clock.now())
        rounds.ended(tick="hours", at=clock.now())
    escalate.run(at=clock.now())
    digests.make_due(at=clock.now())
    rounds.ended(tick="escalate", at=clock.now())


@shared_task  # type: ignore[untyped-decorator]
def tick_reminders() -> None:
    """Due reminders become turns and deliveries; turns that a flag holds are taken back, old ones end."""
    follow.run(at=clock.now())
    holds.hold_open(at=clock.now())
    end = clock.now() + dispatch.ROUND  # well before Celery's soft limit, which would cost a batch its lease
    while planning.plan_due(at=clock.now()) == planning.BATCH and clock.now() < end:
        pass
    for _ in range(MOST_ENDED):
        if expiry.end_open(at=clock.now()) < expiry.BATCH:
            break


@shared_task  # type: ignore[untyped-decorator]
def tick_answered() -> None:
    """What the journal has answered asks no longer. Each minute: of all turns that are open, few are."""
    for _ in range(MOST_ENDED):
        if expiry.end_answered(at=clock.now()) < expiry.BATCH:
            break


@shared_task  # type: ignore[untyped-decorator]
def tick_deliveries() -> None:
    """Reminders go out."""
    dispatch.run(clock=clock.now, topic=Delivery.Topic.REMINDER)


@shared_task  # type: ignore[untyped-decorator]
def tick_webhooks() -> None:
    """News goes out to the clinics' endpoints, apart from the rest: nobody waits for their machines."""
    dispatch.run(clock=clock.now, topic=Delivery.Topic.WEBHOOK)


@shared_task  # type: ignore[untyped-decorator]
def tick_clock() -> None:
    """What only time brings about: silence after an urgent flag; what is over is forgotten. Queue `flags`."""
    journal_clock.run(at=clock.now())
    for over in (guesses, sessions, known_devices):
        over.forget(at=clock.now())


@shared_task  # type: ignore[untyped-decorator]
def tick_zones() -> None:
    """What lies ahead is planned anew where the installed zone rules have changed."""
    if not rounds.ended_since(tick="zones", moment=clock.now() - ZONES_EVERY):
        zones.keep_in_step(at=clock.now())
        rounds.ended(tick="zones", at=clock.now())


@shared_task  # type: ignore[untyped-decorator]
def recheck_flags(first: int, last: int, pattern: str | None = None) -> None:
    """Evaluates the patients with these ids, both included, under today's rules. Twice is as once."""
    ids = (
        Patient.objects.filter(pk__range=(first, last), erased_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for number in ids.iterator():
        recheck.patient(by=None, at=clock.now(), patient=Patient(pk=number), pattern=pattern)

"""Claim, commit, check, send, record. Nothing is marked before it went out, so a crash repeats at most what
was under way, and under the same key.

Sending runs in threads that touch only the network, each delivery for itself: a recipient whose server hangs
holds one thread for some seconds and nobody else.
"""

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from reminders import claims
from reminders.channels import email, inbox
from reminders.channels.message import Message, SendError
from reminders.deliver import checks
from reminders.models import Delivery

# So many are sent at a time, and as many more are claimed; a kill repeats at most these, each once.
CONCURRENCY = 8
# A round ends well before Celery's soft limit (45 s); what is left is the next round's.
ROUND = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(minutes=5)
CHANNELS: dict[str, Callable[[Message], None]] = {"email": email.send, "inbox": inbox.send}

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failed:
    """It did not go out: the error's class or code, never its text."""

    code: str
    permanent: bool = False


Outcome = None | checks.Unwanted | Failed


def run(*, clock: Callable[[], datetime], topic: str) -> int:
    """Sends what waits under a topic until nothing is due or the round is over; returns how many it took."""
    end, taken = clock() + ROUND, 0
    sending: dict[Future[Outcome], Delivery] = {}
    with ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="send") as pool:
        while True:
            room = len(sending) <= CONCURRENCY and clock() < end
            claimed = claims.deliveries(at=clock(), topic=topic, limit=CONCURRENCY) if room else []
            facts = checks.gather(claimed)
            for delivery in claimed:
                sending[_begin(delivery, facts, pool, at=clock())] = delivery
            taken += len(claimed)
            if not sending:
                return taken
            for future in wait(sending, return_when=FIRST_COMPLETED).done:
                record(sending.pop(future), future.result(), at=clock())


def _begin(
    delivery: Delivery, facts: checks.Facts, pool: ThreadPoolExecutor, *, at: datetime
) -> Future[Outcome]:
    """Checks here, where the database is; sends in a thread, where only the network is."""
    prepared = _guarded(lambda: checks.prepare(delivery, facts, at=at))
    if isinstance(prepared, Message):
        return pool.submit(_guarded, lambda: CHANNELS[delivery.channel](prepared))
    future: Future[Outcome] = Future()
    future.set_result(prepared)
    return future


def _guarded(step: Callable[[], T]) -> T | Failed:
    """One delivery's error stays its own."""
    try:
        return step()
    except SendError as error:
        return Failed(error.code, permanent=error.permanent)
    except Exception as error:  # noqa: BLE001  (one bad delivery must not stop the others)
        log.error("a delivery failed: %s", type(error).__name__)
        return Failed(type(error).__name__)


def record(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """What came of it. Only a reminder may be given up; news of a flag is tried again without end."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if outcome is None:
        waiting.update(state=Delivery.State.SENT, sent_at=at, lease_until=None, last_error="")
    elif isinstance(outcome, checks.Unwanted):
        waiting.update(state=outcome.state, lease_until=None, last_error=outcome.reason)
    elif outcome.permanent and delivery.topic == Delivery.Topic.REMINDER:
        waiting.update(state=Delivery.State.REFUSED, lease_until=None, last_error=outcome.code[:60])
    else:
        # The count of attempts tells whether the lease is still ours.
        waiting.filter(attempts=delivery.attempts).update(
            due_at=at + pause(delivery.attempts), lease_until=None, last_error=outcome.code[:60]
        )


def pause(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most 5 minutes, without an upper number of attempts."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), LONGEST_PAUSE)

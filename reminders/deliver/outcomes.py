"""What came of a delivery, and what follows: tried again, given up, or the end of an address."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction

from reminders.channels.message import SendError
from reminders.deliver import checks, targets
from reminders.models import Attempt, Delivery
from reminders.models.attempts import KEPT

LONGEST_PAUSE = timedelta(minutes=5)
# A mail server that comes back finds the flags at its door within promise B3's minute.
LONGEST_PAUSE_OF_A_FLAG = timedelta(seconds=30)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failed:
    """It did not go out: the error's class or code, never its text."""

    code: str
    permanent: bool = False
    gone: bool = False
    wait: timedelta = timedelta()


Outcome = None | checks.Unwanted | Failed


def guarded(step: Callable[[], T]) -> T | Failed:
    """One delivery's error stays its own."""
    try:
        return step()
    except SendError as error:
        return Failed(error.code, error.permanent, error.gone, timedelta(seconds=error.wait))
    except Exception as error:  # noqa: BLE001  (one bad delivery must not stop the others)
        log.error("a delivery failed: %s", type(error).__name__)
        return Failed(type(error).__name__)


def sent(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    waiting = Delivery.objects.filter(pk__in=[each.pk for each in deliveries], state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.SENT, sent_at=at, lease_until=None, last_error="")


def record(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """What came of it. Only a reminder may be given up; news of a flag is tried again without end."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if not isinstance(outcome, checks.Unwanted):
        _log(delivery, outcome, at=at)
    if outcome is None:
        sent([delivery], at=at)
    elif isinstance(outcome, checks.Unwanted):
        waiting.update(state=outcome.state, lease_until=None, last_error=outcome.reason)
    elif end := _given_up(delivery, outcome):
        waiting.update(state=end, lease_until=None, last_error=outcome.code[:60])
        _bury(delivery, outcome, at=at)
    else:
        # The count of attempts tells whether the lease is still ours.
        waiting.filter(attempts=delivery.attempts).update(
            due_at=at + max(_pause(delivery, outcome), outcome.wait),
            lease_until=None,
            last_error=outcome.code[:60],
        )


def _given_up(delivery: Delivery, failed: Failed) -> Delivery.State | None:
    """A reminder is refused for good; of news of a flag, only the way to a phone ends."""
    if not failed.permanent:
        return None
    if delivery.topic == Delivery.Topic.REMINDER:
        return Delivery.State.REFUSED
    return Delivery.State.DROPPED if delivery.channel == targets.PUSH else None


def _bury(delivery: Delivery, failed: Failed, *, at: datetime) -> None:
    """A token or an address where nobody is reached is not tried with each reminder anew."""
    if failed.gone and delivery.channel == targets.PUSH:
        targets.dead_phone(delivery, code=failed.code, at=at)
    elif delivery.channel == targets.EMAIL:
        targets.dead_address(delivery, code=failed.code, at=at)


def _log(delivery: Delivery, outcome: Failed | None, *, at: datetime) -> None:
    code = outcome.code[:60] if outcome else ""
    try:
        with transaction.atomic():
            Attempt.objects.create(delivery=delivery, number=delivery.attempts, at=at, code=code)
    except IntegrityError:  # erased with its patient while it was on its way
        return
    if delivery.attempts > KEPT:
        Attempt.objects.filter(delivery=delivery, number__lte=delivery.attempts - KEPT).delete()


def word(delivery: Delivery, outcome: Outcome) -> str:
    """The outcome as monitoring counts it."""
    if outcome is None:
        return "sent"
    if isinstance(outcome, checks.Unwanted):
        return str(outcome.state)
    return str(_given_up(delivery, outcome) or "failed")


def _pause(delivery: Delivery, failed: Failed) -> timedelta:
    """Shorter for a flag, unless its mailbox says that it will never take it."""
    longest = pause(delivery.attempts)
    hurries = delivery.topic == Delivery.Topic.FLAG and not failed.permanent
    return min(longest, LONGEST_PAUSE_OF_A_FLAG) if hurries else longest


def pause(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most 5 minutes, without an upper number of attempts."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), LONGEST_PAUSE)

"""Claim, commit, check, send, record. Nothing is marked before it went out, so a crash repeats at most what
was under way, and under the same key.

Sending runs in threads that touch only the network, each delivery for itself. What goes the same way (one
mailbox, one push service, one endpoint) gets two threads at most, and one channel never all of them: who
hangs delays nobody else. Turns for the inbox go nowhere, so they are taken by the hundred and need no thread.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction

from reminders import claims
from reminders.channels import email, fcm, inbox, webhook, webpush
from reminders.channels.message import Message, SendError
from reminders.deliver import checks, targets
from reminders.models import Attempt, Delivery, Tally
from reminders.models.attempts import KEPT

# So many are sent at a time, and as many more are claimed; a kill repeats at most these, each once.
CONCURRENCY = 8
PER_LANE = 2
PER_CHANNEL = 6
INBOX_BATCH = 500
# A round ends well before Celery's soft limit (45 s); what is left is the next round's.
ROUND = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(minutes=5)
# A mail server that comes back finds the flags at its door within promise B3's minute.
LONGEST_PAUSE_OF_A_FLAG = timedelta(seconds=30)
# Seconds after which a round looks for new work although nobody has answered yet.
LOOK_AGAIN = 1.0
INBOX = "inbox"
CHANNELS: dict[str, Callable[[Message], None]] = {
    "email": email.send,
    "fcm": fcm.send,
    INBOX: inbox.send,
    "webhook": webhook.send,
    "webpush": webpush.send,
}

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


def nothing() -> None:
    """What most rounds do meanwhile."""


def run(*, clock: Callable[[], datetime], topic: str, meanwhile: Callable[[], object] = nothing) -> int:
    """Sends what waits under a topic until nothing is due or the round is over; returns how many it took.

    `meanwhile` is called every second or so while something is under way: new work is not to wait for it.
    """
    with ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="send") as pool:
        one = _Round(clock=clock, topic=topic, pool=pool, meanwhile=meanwhile)
        one.go()
    Tally.objects.add(one.counted)
    return one.taken


@dataclass
class _Round:
    """What is under way in one round, and what came of the rest."""

    clock: Callable[[], datetime]
    topic: str
    pool: ThreadPoolExecutor
    meanwhile: Callable[[], object]
    taken: int = 0
    sending: dict[Future[Outcome], Delivery] = field(default_factory=dict)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def go(self) -> None:
        end = self.clock() + ROUND
        looked = renewed = self.clock()
        inbox_waits = self.topic == Delivery.Topic.REMINDER
        while True:
            in_time = self.clock() < end
            inbox_waits = inbox_waits and in_time and self._into_inboxes() == INBOX_BATCH
            while in_time and len(self.sending) <= CONCURRENCY and self._take():
                pass
            if not self.sending and not inbox_waits:
                return
            for future in wait(
                self.sending, timeout=0 if inbox_waits else LOOK_AGAIN, return_when=FIRST_COMPLETED
            ).done:
                self._note(self.sending.pop(future), future.result())
            if self.clock() >= looked + timedelta(seconds=LOOK_AGAIN) and in_time:
                looked = self.clock()
                self.meanwhile()
            if self.clock() >= renewed + claims.RENEWED_EVERY:
                renewed = self.clock()
                claims.renew(self.sending.values(), at=renewed)

    def _into_inboxes(self) -> int:
        """A batch of turns for the inbox; how many there were."""
        at = self.clock()
        claimed = claims.inbox(at=at, limit=INBOX_BATCH)
        facts = checks.gather(claimed)
        arrived: list[Delivery] = []
        for delivery in claimed:
            outcome = _guarded(lambda: checks.prepare(delivery, facts, at=at))  # noqa: B023
            if isinstance(outcome, Message):
                arrived.append(delivery)
            else:
                self._note(delivery, outcome)
        _sent(arrived, at=at)
        self.counted[INBOX, "sent"] += len(arrived)
        self.taken += len(claimed)
        return len(claimed)

    def _take(self) -> int:
        """Claims what is due and has room on its way, and begins it; how many."""
        lanes = Counter(each.way for each in self.sending.values())
        channels = Counter(each.channel for each in self.sending.values())
        claimed = claims.deliveries(
            at=self.clock(),
            topic=self.topic,
            limit=CONCURRENCY,
            busy=[lane for lane, count in lanes.items() if count >= PER_LANE],
            full=[channel for channel, count in channels.items() if count >= PER_CHANNEL],
        )
        facts = checks.gather([each for each in claimed if each.topic != Delivery.Topic.WEBHOOK])
        places = targets.gather(claimed, at=self.clock())
        too_many: list[Delivery] = []
        for delivery in claimed:
            phones = places.phones.get(delivery.to_id or 0, [])
            if delivery.channel == targets.PUSH and delivery.device_id is None and phones:
                targets.spread(delivery, phones)
            if lanes[delivery.way] >= PER_LANE or channels[delivery.channel] >= PER_CHANNEL:
                too_many.append(delivery)
                continue
            lanes[delivery.way] += 1
            channels[delivery.channel] += 1
            self.sending[_begin(delivery, facts, places, self.pool, at=self.clock())] = delivery
        targets.put_back(too_many)
        begun = len(claimed) - len(too_many)
        self.taken += begun
        return begun

    def _note(self, delivery: Delivery, outcome: Outcome) -> None:
        at = self.clock()
        record(delivery, outcome, at=at)
        self.counted[delivery.over, _word(delivery, outcome)] += 1


def _begin(
    delivery: Delivery,
    facts: checks.Facts,
    places: targets.Targets,
    pool: ThreadPoolExecutor,
    *,
    at: datetime,
) -> Future[Outcome]:
    """Checks here, where the database is; sends in a thread, where only the network is."""
    prepared = _guarded(lambda: _prepared(delivery, facts, places, at=at))
    if isinstance(prepared, Message):
        channel = delivery.over  # read here: it may ask the database
        return pool.submit(_guarded, lambda: CHANNELS[channel](prepared))
    future: Future[Outcome] = Future()
    future.set_result(prepared)
    return future


def _prepared(
    delivery: Delivery, facts: checks.Facts, places: targets.Targets, *, at: datetime
) -> Message | checks.Unwanted:
    """What to send and where, or why not."""
    if delivery.topic == Delivery.Topic.WEBHOOK:
        return targets.of_webhook(delivery, places, at=at)
    if delivery.topic == Delivery.Topic.FLAG and delivery.channel == targets.PUSH:
        found = targets.of_patient(delivery, places)
    else:
        found = checks.prepare(delivery, facts, at=at)
    return targets.addressed(delivery, found, places, at=at) if isinstance(found, Message) else found


def _guarded(step: Callable[[], T]) -> T | Failed:
    """One delivery's error stays its own."""
    try:
        return step()
    except SendError as error:
        return Failed(error.code, error.permanent, error.gone, timedelta(seconds=error.wait))
    except Exception as error:  # noqa: BLE001  (one bad delivery must not stop the others)
        log.error("a delivery failed: %s", type(error).__name__)
        return Failed(type(error).__name__)


def _sent(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    waiting = Delivery.objects.filter(pk__in=[each.pk for each in deliveries], state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.SENT, sent_at=at, lease_until=None, last_error="")


def record(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """What came of it. Only a reminder may be given up; news of a flag is tried again without end."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if not isinstance(outcome, checks.Unwanted):
        _log(delivery, outcome, at=at)
    if outcome is None:
        _sent([delivery], at=at)
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


def _word(delivery: Delivery, outcome: Outcome) -> str:
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

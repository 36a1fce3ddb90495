"""Claim, commit, check, send, record. Nothing is marked before it went out, so a crash repeats at most what
was under way, and under the same key.

Sending runs in threads that touch only the network, each delivery for itself. What goes the same way (one
mailbox, one push service, one endpoint) gets two threads at most, and one channel never all of them: who
hangs delays nobody else. A turn that was put off comes back into the inbox, which is not
far: such are taken by the hundred and need no thread.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reminders import claims
from reminders.channels import email, fcm, inbox, webhook, webpush
from reminders.channels.message import Message
from reminders.deliver import checks, outcomes, targets
from reminders.models import Delivery, Tally

# So many are sent at a time, and as many more are claimed; a kill repeats at most these, each once.
CONCURRENCY = 8
PER_LANE = 2
PER_CHANNEL = 6
INBOX_BATCH = 500
# A round ends well before Celery's soft limit (45 s); what is left is the next round's.
ROUND = timedelta(seconds=20)
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
    sending: dict[Future[outcomes.Outcome], Delivery] = field(default_factory=dict)
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
            if self.sending and self.clock() >= renewed + claims.RENEWED_EVERY:
                renewed = self.clock()
                claims.renew(self.sending.values(), at=renewed)

    def _into_inboxes(self) -> int:
        """A batch of turns for the inbox; how many there were."""
        at = self.clock()
        claimed = claims.inbox(at=at, limit=INBOX_BATCH)
        facts = checks.gather(claimed)
        arrived: list[Delivery] = []
        for delivery in claimed:
            outcome = outcomes.guarded(lambda: checks.prepare(delivery, facts, at=at))  # noqa: B023
            if isinstance(outcome, Message):
                arrived.append(delivery)
            else:
                self._note(delivery, outcome)
        outcomes.sent(arrived, at=at)
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

    def _note(self, delivery: Delivery, outcome: outcomes.Outcome) -> None:
        at = self.clock()
        outcomes.record(delivery, outcome, at=at)
        self.counted[delivery.over, outcomes.word(delivery, outcome)] += 1


def _begin(
    delivery: Delivery,
    facts: checks.Facts,
    places: targets.Targets,
    pool: ThreadPoolExecutor,
    *,
    at: datetime,
) -> Future[outcomes.Outcome]:
    """Checks here, where the database is; sends in a thread, where only the network is."""
    prepared = outcomes.guarded(lambda: _prepared(delivery, facts, places, at=at))
    if isinstance(prepared, Message):
        channel = delivery.over  # read here: it may ask the database
        return pool.submit(outcomes.guarded, lambda: CHANNELS[channel](prepared))
    future: Future[outcomes.Outcome] = Future()
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

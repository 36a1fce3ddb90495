"""Flags while their dispatchers are shot: none is lost, none is told twice but under its own key."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen

import pytest
import redis
from django.utils import timezone

from journal.accounts.models import Clinic
from journal.models import OutboxEvent
from reminders.deliver import dispatch
from reminders.models import Chase, Delivery
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.processes import environment, eventually, started
from tests.support.smtp import Mailbox, smtp_server

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True)]

CALM, STORM, KILLS = 12, 60, 4
WORKER = ("-m", "celery", "-A", "api", "worker", "-Q", "flags,celery", "-P", "solo", "-l", "WARNING")
BEAT = ("-m", "celery", "-A", "api", "beat", "-l", "WARNING", "--pidfile=", "-s")
TICKS = ("manage.py", "run_ticks")


class Crew:
    """Dispatchers by name; one that is killed gets a successor at once."""

    def __init__(self, env: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.env, self.folder, self.stack = env, folder, stack
        self.crew: dict[str, tuple[tuple[str, ...], Popen[bytes]]] = {}
        self.born = 0

    def hire(self, name: str, *arguments: str) -> None:
        self.born += 1
        log = self.folder / f"{name}-{self.born}.log"
        process = self.stack.enter_context(started(*arguments, env=self.env, log=log))
        self.crew[name] = (arguments, process)

    def shoot(self, name: str) -> None:
        arguments, process = self.crew[name]
        process.kill()
        process.wait()
        self.hire(name, *arguments)


@contextmanager
def dispatchers(mailbox: Mailbox, port: int, folder: Path) -> Iterator[Crew]:
    """Two loops without Redis, a worker, and two beats that know nothing of each other."""
    env = environment(smtp_port=port, TICK_SECONDS="0.3")
    redis.Redis.from_url(env["REDIS_URL"]).flushdb()
    with ExitStack() as stack:
        crew = Crew(env, folder, stack)
        for name in ("one", "two"):
            crew.hire(f"ticks-{name}", *TICKS)
            crew.hire(f"beat-{name}", *BEAT, str(folder / f"schedule-{name}"))
        crew.hire("worker", *WORKER)
        yield crew
        for _, process in crew.crew.values():
            process.terminate()  # all at once; each is then waited for


def raise_flags(clinic: Clinic, name: str, count: int) -> None:
    for number in range(count):
        a_flag(a_patient(clinic, f"{name}{number}"), at=timezone.now())


def all_sent(flags: int) -> bool:
    """Told, and chased once, as if a quarter of an hour had passed since they were told."""
    Chase.objects.filter(chases=0).update(next_chase_at=timezone.now())
    chased = Chase.objects.filter(chases=1).count() == flags
    relayed = not OutboxEvent.objects.filter(relayed_at=None).exists()
    return chased and relayed and not Delivery.objects.filter(state="waiting").exists()


def release_what_the_dead_had_in_hand() -> None:
    """As if their leases had run out, once the living have finished theirs."""
    eventually(
        lambda: not Delivery.objects.filter(state="waiting", lease_until=None).exists(),
        within=60,
        what="only leased deliveries left",
    )
    leased, since = -1, time.monotonic()
    while time.monotonic() - since < 2:
        now = Delivery.objects.filter(state="waiting").count()
        if now != leased:
            leased, since = now, time.monotonic()
        time.sleep(0.1)
    Delivery.objects.filter(state="waiting").update(lease_until=timezone.now())


def test_kills_and_an_emptied_redis_lose_no_flag(tmp_path: Path) -> None:
    clinic, dice = a_clinic(), random.Random(7)
    a_clinician(clinic, "thea")
    with smtp_server() as (mailbox, port), dispatchers(mailbox, port, tmp_path) as crew:
        raise_flags(clinic, "calm", CALM)
        eventually(lambda: all_sent(CALM), within=90, what="the calm flags told and chased")
        # Three dispatchers and two beats at once, nobody dies: each message exactly once.
        keys = Counter(mail["X-Osteon-Key"] for _, mail in mailbox.mails)
        assert set(keys) == set(Delivery.objects.values_list("key", flat=True))
        assert set(keys.values()) == {1}

        mailbox.thinking = 0.1
        for shot in range(KILLS):
            raise_flags(clinic, f"storm{shot}-", STORM // KILLS)
            heard = len(mailbox.mails)
            eventually(lambda: len(mailbox.mails) > heard + 2, within=60, what="mails under way")  # noqa: B023
            crew.shoot(dice.choice(["ticks-one", "ticks-two", "worker"]))
            if shot == 1:
                redis.Redis.from_url(crew.env["REDIS_URL"]).flushdb()
        release_what_the_dead_had_in_hand()
        eventually(lambda: all_sent(CALM + STORM), within=90, what="every flag told and chased")

    sent = Counter(mail["X-Osteon-Key"] for _, mail in mailbox.mails)
    assert Delivery.objects.filter(kind="flag.opened", state="sent").count() == CALM + STORM
    assert set(sent) == set(Delivery.objects.values_list("key", flat=True))
    assert sent.total() - len(sent) <= KILLS * 2 * dispatch.CONCURRENCY
    assert max(sent.values()) <= 1 + KILLS
    ids = defaultdict(set)
    for _, mail in mailbox.mails:
        ids[mail["X-Osteon-Key"]].add(mail["Message-ID"])
    assert {len(each) for each in ids.values()} == {1}
    print(f"{KILLS} kills: {len(sent)} messages, 0 lost, {sent.total() - len(sent)} repeats")

"""Every process and both engines are shot at random under load: nothing is lost, repeats are recognisable.

A short form by default; OSTEON_FAULTS=long (`make faults`) has 1,000 flags, 2,000 reminders and 40 faults.
"""

import os
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from api.embedded.process import free_port
from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.models import Entry, Flag, OutboxEvent
from reminders.deliver import dispatch
from reminders.models import Delivery, Occurrence, Reminder
from tests.faults.crew import DISPATCHERS, Crew, at_work
from tests.faults.phones import Phones
from tests.support.engines import Engines, own_engines
from tests.support.people import ENROLLED, a_clinic, a_clinician
from tests.support.processes import eventually
from tests.support.smtp import Mailbox, smtp_server

pytestmark = pytest.mark.story

LONG = os.environ.get("OSTEON_FAULTS") == "long"
FLAGS = 1000 if LONG else 55
REMINDERS_EACH = 2
ROUNDS = 4 if LONG else 1
CLINICS = 5
HUNG = "hung@clinic.example"
LONGEST = 900 if LONG else 180
# Long enough for every time limit on a socket of Redis to have run out.
REDIS_HANGS = 10.0 if LONG else 4.0
SHOT = ("flags", "worker", "ticks-one", "ticks-two", "beat-one", "web")
FAULTS = (*SHOT, "redis emptied", "redis killed", "redis hung", "postgres killed", "postgres and web killed")
# How many messages each of these can leave sent and not recorded. No other fault may make anything go twice.
IN_HAND = dict.fromkeys(("flags", "worker", "ticks-one", "ticks-two"), dispatch.CONCURRENCY) | dict.fromkeys(
    ("postgres killed", "postgres and web killed"), DISPATCHERS * dispatch.CONCURRENCY
)


@pytest.fixture
def engines(tmp_path_factory: Any, django_db_blocker: Any) -> Iterator[Engines]:
    """This process looks into the engines' database, too, as the app's role."""
    place = connections["default"].settings_dict
    before, options = dict(place), dict(place["OPTIONS"])
    with own_engines(Path(tmp_path_factory.mktemp("engines"))) as engines, django_db_blocker.unblock():
        connections["default"].close()
        options.pop("pool", None)
        url = urlsplit(engines.app)
        place.update(
            HOST=url.hostname,
            PORT=url.port,
            USER=url.username,
            PASSWORD=unquote(url.password or ""),
            NAME=url.path[1:],
            OPTIONS=options,
        )
        try:
            yield engines
        finally:
            connections["default"].close()
            place.update(before)


def asked(question: Any) -> Any:
    """What the database says; None while it is down."""
    try:
        return question()
    except DatabaseError:
        close_old_connections()
        return None


def enrol(count: int) -> dict[str, Patient]:
    """Patients by the token of their phone; the first clinic's lead has a mailbox that never answers."""
    clinics = [a_clinic(f"clinic-{number}") for number in range(CLINICS)]
    theirs = {clinic: a_clinician(clinic, f"physio-{clinic.pk}") for clinic in clinics}
    lead = a_clinician(clinics[0], "hung", role="lead")
    assert lead.user.email == HUNG
    users = User.objects.bulk_create(
        User(email=f"p{number}@home.example", password=f"!{number}") for number in range(count)
    )
    patients = Patient.objects.bulk_create(
        _patient(user, clinics[place % CLINICS], theirs) for place, user in enumerate(users)
    )
    return {_signed_in(patient): patient for patient in patients}


def _patient(user: User, clinic: Clinic, physiotherapists: dict[Clinic, Clinician]) -> Patient:
    return Patient(
        user=user,
        clinic=clinic,
        physiotherapist=physiotherapists[clinic],
        timezone="Europe/Berlin",
        enrolled_at=ENROLLED,
    )


def _signed_in(patient: Patient) -> str:
    """A session as a sign-in of the app leaves it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    user, token = patient.user, uuid.uuid4().hex
    assert user is not None
    data = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    rows = store.get_model_class().objects
    until = timezone.now() + timedelta(days=30)
    rows.create(session_key=token, session_data=store.encode(data), expire_date=until)
    return token


def remind(patients: Sequence[Patient]) -> None:
    """Each is due now."""
    connections["default"].close()  # the last fault may have killed it
    now = datetime.now(UTC)
    Reminder.objects.bulk_create(
        Reminder(
            patient=patient,
            kind="custom",
            title="Walk",
            rrule="FREQ=DAILY",
            starts_on=now.date(),
            local_time=time(now.hour, now.minute),
            timezone="UTC",
            channels=["email"],
            next_local_date=now.date(),
            next_due_at=now,
            revision=1,
        )
        for patient in patients
        for _ in range(REMINDERS_EACH)
    )


def strike(fault: str, crew: Crew) -> None:
    engines = crew.engines
    if fault in SHOT:
        crew.shoot(fault)
    elif fault == "redis emptied":
        redis.Redis.from_url(engines.redis_url).flushall()
    elif fault == "redis killed":
        engines.shoot_redis()
    elif fault == "redis hung":
        engines.hang_redis(REDIS_HANGS)
    else:
        if "web" in fault:
            crew.shoot("web")
        engines.shoot_postgres()


def everything_out(flags: int) -> bool:
    """Nothing waits any more but for the one whose mailbox hangs."""
    waiting = Delivery.objects.filter(state="waiting").exclude(to__email=HUNG)
    return (
        Flag.objects.count() == flags
        and not OutboxEvent.objects.filter(relayed_at=None).exists()
        and not Reminder.objects.due(timezone.now()).exists()
        and not waiting.exists()
    )


def test_nothing_is_lost_while_everything_is_shot_at(engines: Engines, tmp_path: Path) -> None:
    dice = random.Random(11)
    patients = enrol(FLAGS)
    tokens, faults = list(patients), [one for _ in range(ROUNDS) for one in dice.sample(FAULTS, len(FAULTS))]
    before: list[str | None] = [None, *faults]
    port, kills = free_port(), list[int]()
    with smtp_server() as (mailbox, smtp_port), Phones(port) as phones:
        mailbox.hanging.add(HUNG)
        mailbox.thinking = 0.05
        env = engines.environment(EMAIL_URL=f"smtp://127.0.0.1:{smtp_port}", TICK_SECONDS="1")
        with at_work(engines, env, port, tmp_path) as crew:
            for place, fault in enumerate(before):
                some = tokens[place :: len(before)]
                remind([patients[token] for token in some])
                for token in some:
                    phones.waiting.put(token)
                if fault is None:
                    calm(len(some), mailbox)
                    continue
                under_load(fault, mailbox, phones)
                kills += [len(mailbox.mails)] if fault in IN_HAND else []
                strike(fault, crew)
            eventually(lambda: len(phones.stored) == FLAGS, within=LONGEST, what="every entry answered")
            eventually(lambda: asked(lambda: everything_out(FLAGS)) is True, within=LONGEST, what="all told")
    judge(phones, mailbox, faults, kills)


def under_load(fault: str, mailbox: Mailbox, phones: Phones) -> None:
    """Until some of what has just begun is on its way, and some is not."""
    heard, stored = len(mailbox.mails), len(phones.stored)
    eventually(
        lambda: len(mailbox.mails) > heard + 1 and len(phones.stored) > stored,
        within=LONGEST,
        what=f"entries and mails before the fault: {fault}",
    )


def calm(flags: int, mailbox: Mailbox) -> None:
    """Four dispatchers and two beats at once, and nobody dies: each message exactly once."""
    eventually(lambda: everything_out(flags), within=LONGEST, what="the calm flags told")
    keys = Counter(mail["X-Osteon-Key"] for _, mail in mailbox.mails)
    assert keys == Counter(Delivery.objects.exclude(to__email=HUNG).values_list("key", flat=True))


def judge(phones: Phones, mailbox: Mailbox, faults: Sequence[str], kills: Sequence[int]) -> None:
    """`kills`: how many mails had come when each kill of a sender, or of PostgreSQL, fell."""
    assert phones.refused == []
    # A1: what was answered with 2xx is there, once; one row a flag.
    there = Counter(Entry.objects.values_list("client_id", flat=True))
    assert there == Counter(phones.stored.values())
    assert set(Counter(Flag.objects.values_list("patient", "pattern")).values()) == {1}
    # Each is told, under its key.
    places = defaultdict(list)
    for place, (_, mail) in enumerate(mailbox.mails):
        places[mail["X-Osteon-Key"]].append(place)
    rows = Delivery.objects.exclude(to__email=HUNG)
    assert set(rows.values_list("state", flat=True)) == {"sent"}
    assert set(places) == set(rows.values_list("key", flat=True))
    assert rows.filter(topic="flag", kind="flag.opened").count() == FLAGS
    assert Occurrence.objects.count() == REMINDERS_EACH * FLAGS
    assert rows.filter(topic="reminder").count() == REMINDERS_EACH * FLAGS
    # A kill repeats what was in hand, and each of it once: one message at most once a kill that fell after,
    # or while, it went out for the first time.
    under_way = max(IN_HAND.values())
    for key, sent in places.items():
        assert len(sent) - 1 <= sum(kill >= sent[0] - under_way for kill in kills), key
    repeats = len(mailbox.mails) - len(places)
    assert repeats <= sum(IN_HAND.get(fault, 0) for fault in faults)
    ids = defaultdict(set)
    for _, mail in mailbox.mails:
        ids[mail["X-Osteon-Key"]].add(mail["Message-ID"])
    assert {len(each) for each in ids.values()} == {1}
    # He who hangs was tried, and keeps nobody waiting: all of the others are told while he is not.
    assert mailbox.attempts[HUNG] > 0
    assert Delivery.objects.filter(to__email=HUNG, state="waiting").exists()
    print(
        f"{len(faults)} faults, {len(kills)} of them kills of senders: {FLAGS} entries in {phones.tries} "
        f"tries, {len(places)} messages, 0 lost, {repeats} repeats, at most "
        f"{max(len(sent) for sent in places.values()) - 1} of one message"
    )

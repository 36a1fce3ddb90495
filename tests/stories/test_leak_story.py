"""What a patient says and what is secret, searched for wherever it could come out beside the record.

Web server, worker, beat, PostgreSQL, Redis, SMTP server, push service and webhook are all real.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone as clock
from psycopg import sql

from api.embedded.process import free_port
from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, facts, flags, invitations, notes
from journal.content.facts import Stated
from journal.content.notes import CODES
from journal.content.plan import Planned
from journal.models import Flag
from reminders.actions import webhooks
from reminders.models import Delivery, Reminder
from tests.api.phone import PASSWORD, entry, pain
from tests.privacy.tables import as_owner, holding
from tests.reminders.conftest import peer, vapid
from tests.support.browser_push import Browser
from tests.support.peer import Peer
from tests.support.people import a_clinician
from tests.support.processes import celery, environment, eventually, started
from tests.support.smtp import Mailbox, smtp_server

__all__ = ["peer", "vapid"]
pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
CANARY = "yellowhammer"


@dataclass
class Web:
    """A phone before the real web server, over real HTTP. Remembers every header and every refusal."""

    url: str
    token: str = ""
    heard: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        said = {"Content-Type": "application/json", "X-Session-Token": self.token, **headers}
        request = urllib.request.Request(f"{self.url}{path}", data=data, headers=said, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return self._note(answer.status, answer.headers, answer.read(), refused=False)
        except urllib.error.HTTPError as error:
            return self._note(error.code, error.headers, error.read(), refused=True)

    def _note(self, status: int, headers: Any, body: bytes, *, refused: bool) -> tuple[int, Any]:
        self.statuses.append(status)
        self.heard.append(str(headers))
        if refused:
            self.heard.append(body.decode(errors="replace"))
        kind = headers.get("Content-Type", "")
        return status, json.loads(body) if "json" in kind and body else body


@contextmanager
def web(env: dict[str, str], folder: Path) -> Iterator[str]:
    """The web server as the Procfile starts it."""
    port = free_port()
    command = ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    with started(*command, "api.wsgi:application", env=env, log=folder / "web.log"):
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: _answers(f"{url}/health/live"), within=90, what="the web server")
        yield url


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def thea() -> User:
    clinic = Clinic.objects.create(slug="hill", name="Hill clinic")
    return a_clinician(clinic, "thea").user


def enrolled(web: Web, thea: User) -> Patient:
    """Signed up through the door, with a profile that names the person."""
    profile: Any = {"age": 72, "name": f"Ada {CANARY}"}
    code = invitations.create(by=thea, at=clock.now(), clinic=thea.clinician.clinic, profile=profile)[1]
    said = {"email": f"{CANARY}@home.example", "password": PASSWORD, "invitation_code": code}
    status, answer = web.send("POST", "/_allauth/app/v1/auth/signup", {**said, "timezone": "Europe/Berlin"})
    assert status == 200
    web.token = answer["meta"]["session_token"]
    return Patient.objects.get()


def everything_said(web: Web, phone: Browser) -> None:
    """A canary in each text that a phone may send, and a flag."""
    log = entry(pains=[pain("lumbar", 8, onset="sudden")], note=f"like a {CANARY}")
    assert web.send("POST", "/api/v1/entries", log)[0] == 201
    changed = {**{k: v for k, v in log.items() if k != "id"}, "note": f"two {CANARY}s"}
    assert web.send("PATCH", f"/api/v1/entries/{log['id']}", changed)[0] == 200
    told = {"kind": "webpush", "token": phone.subscription, "label": f"{CANARY}'s phone"}
    assert web.send("POST", "/api/v1/devices", told)[0] == 201
    now = clock.now().replace(second=0, microsecond=0)
    for channel in ("email", "push", "inbox"):
        wish = {"kind": "custom", "title": f"{CANARY} pill", "rrule": "FREQ=DAILY", "channels": [channel]}
        wish |= {"local_time": f"{now:%H:%M}", "timezone": "UTC"}
        assert web.send("POST", "/api/v1/reminders", wish)[0] == 201
    # As if they had been set a day ago.
    Reminder.objects.filter(kind="custom").update(next_due_at=now, next_local_date=now.date())


def everything_known(patient: Patient, thea: User) -> None:
    """A canary in each text that the clinic may write."""
    now, day = clock.now(), clock.now().date()
    stated = Stated("history", "osteoporosis", text=CANARY)
    facts.add(by=thea, at=now, patient=patient, stated=stated)
    item = Planned(kind="exercise", code="balance", starts=day, text=CANARY, dose=CANARY)
    care_plan.prescribe(by=thea, at=now, patient=patient, planned=item)
    notes.add(by=thea, at=now, patient=patient, code=next(iter(CODES)), day=day, text=CANARY)
    flags.acknowledge(by=thea, at=now, flag=Flag.objects.get(), note=CANARY)


def refused_in_every_way(web: Web) -> None:
    """Requests with the canary in body, query, path and header, each of which is refused."""
    for body in (
        {**entry(), "note": {CANARY: CANARY}},
        {**entry(), CANARY: 1},
        {**entry(), "note": CANARY + "\x00"},
        {**entry(), "timezone": CANARY},
        {**entry(), "pains": [{"site": CANARY, "severity": CANARY}]},
        f'{{"note": "{CANARY}"'.encode(),
        f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode(),
    ):
        assert 400 <= web.send("POST", "/api/v1/entries", body)[0] < 500
    for path in (
        f"/api/v1/entries?from={CANARY}",
        f"/api/v1/entries?cursor={CANARY}",
        f"/api/v1/{CANARY}",
        f"/api/v1/entries/{CANARY}",
        f"/api/v1/me/export?as={CANARY}",
    ):
        assert 400 <= web.send("GET", path)[0] < 500
    assert web.send("GET", "/api/v1/me", **{"X-Session-Token": f"token-{CANARY}"})[0] == 401
    login = {"email": f"{CANARY}@home.example", "password": f"{CANARY} wrong"}
    assert web.send("POST", "/_allauth/app/v1/auth/login", login)[0] in (400, 409)


def searched_at_the_desk(web: Web, thea: User) -> None:
    """Staff search for a name; what they typed is in the address."""
    desk = Client()
    desk.force_login(thea)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"Cookie": f"{name}={desk.cookies[name].value}", "X-Session-Token": ""}
    for path in (
        "/admin/accounts/patient/?q=",
        "/admin/journal/entry/?q=",
        "/admin/search/?s=",
        "/admin/",
    ):
        web.send("GET", f"{path}{quote(CANARY)}", **cookie)


def broken_on_purpose(web: Web) -> None:
    """An unhandled error in the web process, and a database that makes it wait too long."""
    role = sql.Identifier(settings.DATABASES["default"]["USER"])
    with as_owner() as owner:
        owner.execute(sql.SQL("REVOKE INSERT ON journal_entry FROM {}").format(role))
        owner.commit()
        assert web.send("POST", "/api/v1/entries", entry(note=CANARY))[0] == 500
        owner.execute(sql.SQL("GRANT INSERT ON journal_entry TO {}").format(role))
        owner.commit()
        owner.execute("LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE")
        assert web.send("POST", "/api/v1/entries", entry(note=CANARY))[0] == 503
        owner.rollback()


FORCED = (
    "INSERT INTO accounts_user (password, is_superuser, first_name, last_name, is_staff, is_active,"
    " date_joined, email, sign_outs) SELECT '', false, %(word)s, '', false, true, now(), email, 0"
    " FROM accounts_user LIMIT 1",
    "UPDATE journal_entry SET version = -1, report = jsonb_build_object('note', %(word)s::text)",
    "SELECT %(word)s::text::int",
    "SELECT pg_sleep(3), %(word)s::text",
    "SELECT %(word)s FROM no_such_table",
)


def forced_in_the_database(env: dict[str, str]) -> None:
    """Constraint, cast, time limit, syntax: as literals and as parameters, as the app's role."""
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SET osteon.scope = 'system:::'")
        connection.execute("SET statement_timeout = '200ms'")
        for statement in FORCED:
            with pytest.raises(psycopg.Error):
                connection.execute(statement, {"word": CANARY})
            literal = statement.replace("%(word)s", f"'{CANARY}'")
            with pytest.raises(psycopg.Error):
                connection.execute(literal.encode())


def in_redis(url: str) -> bytes:
    """All keys of all databases, with what they hold."""
    found = b""
    for number in (0, 9):
        client = redis.Redis.from_url(url.rpartition("/")[0] + f"/{number}")
        for key in client.scan_iter():
            found += key + (client.dump(key) or b"")
    return found


def test_nothing_that_was_said_comes_out_anywhere_beside_the_record(
    thea: User, peer: Peer, vapid: str, tmp_path: Path
) -> None:
    phone = Browser(peer.url("/push/1"))
    webhooks.add(by=None, at=clock.now(), clinic=thea.clinician.clinic, url=peer.url("/hook"))
    with smtp_server() as (mailbox, port):
        env = environment(
            smtp_port=port,
            OUTBOUND_TRUSTED=peer.place,
            VAPID_PRIVATE_KEY=settings.VAPID_PRIVATE_KEY,
            VAPID_SUBJECT="mailto:it@clinic.example",
            OSTEON_VERIFY_EMAIL="off",
            OSTEON_DEMO="on",
            LOG_LEVEL="DEBUG",
        )
        with celery(env=env, folder=tmp_path), web(env, tmp_path) as url:
            one = Web(url)
            patient = enrolled(one, thea)
            everything_said(one, phone)
            eventually(lambda: bool(peer.to("/hook")), within=60, what="the webhook")
            eventually(lambda: len(mailbox.mails) >= 2, within=90, what="mail for the clinic and the patient")
            eventually(lambda: bool(peer.to("/push/1")), within=90, what="the push")
            everything_known(patient, thea)
            refused_in_every_way(one)
            searched_at_the_desk(one, thea)
            broken_on_purpose(one)
            forced_in_the_database(env)
            for path in ("/metrics", "/health/live", "/health/ready", "/health/flow"):
                one.heard.append(str(one.send("GET", path)))
            queues = in_redis(env["REDIS_URL"])
    assert {"journal_entry", "journal_note", "reminders_reminder"} <= holding(CANARY)
    everywhere = collected(one, mailbox, peer, phone, queues, tmp_path)
    assert {place: text.lower().count(CANARY) for place, text in everywhere.items()} == dict.fromkeys(
        everywhere, 0
    )
    assert all(everywhere[place] for place in everywhere if place != "queues"), everywhere.keys()
    assert {500, 503, 422, 404, 401} <= set(one.statuses)
    assert Delivery.objects.filter(state="sent").exists()


def collected(  # noqa: PLR0917
    one: Web, mailbox: Mailbox, peer: Peer, phone: Browser, queues: bytes, folder: Path
) -> dict[str, str]:
    """By place: what came out there. Addresses of mail are the patient's own, and are left out."""
    own = f"{CANARY}@home.example"
    found = {file.name: file.read_text(errors="replace") for file in folder.glob("*.log")}
    found["mails"] = mailbox.text().replace(own, "")
    found["pushed"] = "".join(f"{call.headers} {phone.read(call)}" for call in peer.to("/push/1"))
    found["hooked"] = "".join(f"{call.headers} {call.body!r}" for call in peer.to("/hook"))
    # A refusal names the place of the error, here the name of a field that the phone made up; never a value.
    found["headers, refusals, monitoring"] = "".join(one.heard).replace(f'"/{CANARY}"', "")
    found["queues"] = queues.decode(errors="replace")
    log = Path(os.environ.get("DATA_DIR", "")) / "postgres.log"
    if log.is_file():  # another's server keeps its log elsewhere
        found["postgres.log"] = log.read_text(errors="replace")
    return found

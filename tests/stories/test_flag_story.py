"""From a phone's entry to the care team's mail and the queue: real worker, real Redis, real SMTP server."""

import os
import subprocess
import time
from pathlib import Path

import pytest
import redis
from django.test import Client
from django.utils import timezone

from api.embedded.process import free_port
from journal.accounts.models import Clinic
from journal.actions import invitations
from journal.models import Flag, OutboxEvent
from reminders.models import Delivery
from tests.api.phone import Phone, pain
from tests.support.people import a_clinician
from tests.support.processes import celery, environment, eventually
from tests.support.smtp import smtp_server

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
SAID = "Lifted the shopping, then it went like a knife"


@pytest.fixture
def phone() -> Phone:
    clinic = Clinic.objects.create(slug="hill", name="Hill clinic")
    a_clinician(clinic, "thea")
    _, code = invitations.create(
        by=None, at=timezone.now(), clinic=clinic, profile={"age": 72, "name": "Ada Berg"}
    )
    phone = Phone()
    assert phone.sign_up(code)[0] == 200
    return phone


def log_a_sudden_pain(phone: Phone) -> str:
    status, answer = phone.log(pains=[pain("lumbar", 8, onset="sudden")], note=SAID)
    assert status == 201
    [flag] = answer["flags"]
    assert (flag["pattern"], flag["urgency"]) == ("sudden-back-pain", "same-day")
    return str(flag["id"])


def test_an_entry_becomes_a_mail_without_symptoms_and_the_top_of_the_queue(
    phone: Phone, tmp_path: Path
) -> None:
    with smtp_server() as (mailbox, port), celery(env=environment(smtp_port=port), folder=tmp_path):
        flag = log_a_sudden_pain(phone)
        eventually(lambda: bool(mailbox.to("thea@clinic.example")), within=60, what="the mail")
        time.sleep(2)
    [mail] = mailbox.to("thea@clinic.example")
    text = mailbox.text()
    assert flag in text
    for private in (SAID, "Ada", "pain", "lumbar", "back", "sudden"):
        assert private.lower() not in text.lower(), private
    assert mail["Subject"].startswith("Osteon: a same-day flag awaits")
    thea = Client()
    thea.force_login(Clinic.objects.get().clinicians.get().user)
    queue = thea.get("/admin/journal/flag/")
    assert queue.status_code == 200
    assert next(iter(queue.context["cl"].result_list)).pk == Flag.objects.get(pk=flag).pk
    assert Delivery.objects.get(topic="flag").state == "sent"
    logs = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert SAID not in logs


def test_a_flag_raised_while_redis_is_dead_is_told_once_redis_is_back(phone: Phone, tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with smtp_server() as (mailbox, smtp_port):
        first = _redis(port)
        env = environment(smtp_port=smtp_port, REDIS_URL=url)
        try:
            with celery(env=env, folder=tmp_path):
                redis.Redis.from_url(url).flushall()
                first.kill()
                first.wait()
                flag = log_a_sudden_pain(phone)
                time.sleep(3)
                assert not mailbox.mails
                assert OutboxEvent.objects.get(subject_id=flag).relayed_at is None
                first = _redis(port)
                eventually(lambda: bool(mailbox.mails), within=120, what="the mail after Redis came back")
        finally:
            first.kill()
            first.wait()
    assert [address for address, _ in mailbox.mails] == ["thea@clinic.example"]


def _redis(port: int) -> "subprocess.Popen[bytes]":
    """An empty Redis of this test's own, out of the wheel."""
    from api.embedded.redis_server import program

    process = subprocess.Popen(
        [str(program()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )
    client = redis.Redis(port=port)
    eventually(lambda: _answers(client), within=20, what="Redis")
    return process


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False

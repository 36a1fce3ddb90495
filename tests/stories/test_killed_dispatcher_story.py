"""A dispatcher that is killed again and again: nothing is lost, and what comes twice is recognised."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.utils import timezone

from reminders.deliver import dispatch
from reminders.models import Delivery
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.processes import environment, eventually, started
from tests.support.smtp import smtp_server

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True)]

FLAGS = 60
KILLED_AFTER = [5, 20, 40]


def waiting() -> int:
    return Delivery.objects.filter(state="waiting").count()


def test_no_flag_is_lost_and_a_repeat_carries_its_key(tmp_path: Path) -> None:
    clinic = a_clinic()
    a_clinician(clinic, "thea")
    for number in range(FLAGS):
        a_flag(a_patient(clinic, f"p{number}"), at=timezone.now())
    with smtp_server() as (mailbox, port):
        mailbox.thinking = 0.05
        env = environment(smtp_port=port, TICK_SECONDS="0.1")
        for mails in KILLED_AFTER:
            with started("manage.py", "run_ticks", env=env, log=tmp_path / f"{mails}.log") as process:
                eventually(lambda: len(mailbox.mails) >= mails, within=60, what=f"{mails} mails")  # noqa: B023
                process.kill()
                process.wait()
            # As if the lease of what was under way had run out.
            Delivery.objects.filter(state="waiting").update(lease_until=timezone.now())
        with started("manage.py", "run_ticks", env=env, log=tmp_path / "last.log"):
            eventually(
                lambda: Delivery.objects.count() == FLAGS and waiting() == 0,
                within=60,
                what="everything sent",
            )
    assert Delivery.objects.filter(state="sent").count() == FLAGS
    times = Counter(mail["X-Osteon-Key"] for _, mail in mailbox.mails)
    assert set(times) == set(Delivery.objects.values_list("key", flat=True))
    assert max(times.values()) <= 1 + len(KILLED_AFTER)
    ids = defaultdict(set)
    for _, mail in mailbox.mails:
        ids[mail["X-Osteon-Key"]].add(mail["Message-ID"])
    assert all(len(each) == 1 for each in ids.values())
    # Each kill may repeat what was claimed and not yet recorded, no more.
    assert len(mailbox.mails) - FLAGS <= 2 * dispatch.CONCURRENCY * len(KILLED_AFTER)

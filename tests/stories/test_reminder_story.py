"""The whole way: beat ticks, a Celery worker plans and sends, a mail arrives, a turn lies in the inbox."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from journal.accounts.models import Patient
from reminders.actions import programmes
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.processes import celery, environment, eventually
from tests.support.smtp import smtp_server

pytestmark = [pytest.mark.story, pytest.mark.django_db(transaction=True)]

# Some ticks more, in which a second mail would come.
SOME_TICKS = 3.0


def make_due(patient: Patient) -> None:
    """A patient whose exercise and tip are due now."""
    now = timezone.now()
    programmes.start(by=patient.user, at=now, patient=patient)
    Reminder.objects.filter(patient=patient, kind__in=["exercise", "fall-prevention"]).update(
        next_due_at=now,
        next_local_date=now.astimezone(patient.timezone).date(),
        quiet_from=None,
        quiet_until=None,
    )


def test_a_due_reminder_becomes_one_mail_and_one_turn(tmp_path: Path) -> None:
    clinic = a_clinic()
    a_clinician(clinic, "thea")
    well, hurt = a_patient(clinic, "well"), a_patient(clinic, "hurt")
    make_due(well)
    make_due(hurt)
    flag = a_flag(hurt, at=timezone.now() - timedelta(minutes=1))
    with smtp_server() as (mailbox, port), celery(env=environment(smtp_port=port), folder=tmp_path):
        eventually(lambda: len(mailbox.mails) >= 4, within=60, what="four mails")
        time.sleep(SOME_TICKS)
        subjects = {(address, mail["Subject"].split(" (")[0]) for address, mail in mailbox.mails}
    assert len(mailbox.mails) == 4
    assert subjects == {
        ("well@home.example", "Time for your exercises"),
        ("well@home.example", "A tip for steady feet"),
        ("hurt@home.example", "A tip for steady feet"),
        ("thea@clinic.example", "Osteon: an emergency flag awaits"),
    }
    turns = {
        (turn.patient_id, turn.reminder.kind): turn for turn in Occurrence.objects.select_related("reminder")
    }
    assert len(turns) == 4
    assert turns[hurt.pk, "exercise"].held_by == flag
    assert turns[well.pk, "exercise"].state == "due"
    assert not Delivery.objects.exclude(state="sent").exists()

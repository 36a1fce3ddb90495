"""The edges: the command that needs no Redis, Celery's tasks, and the schedule that rings them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from api.celery import app
from journal.accounts.models import Clinician, Patient
from journal.actions import care_plan
from journal.content.plan import Planned
from reminders import tasks
from reminders.actions import programmes
from reminders.models import Delivery
from tests.reminders.test_planning import EARLY, TEN
from tests.support.exercise import exercise_at_ten
from tests.support.people import a_flag
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db


def test_one_round_of_the_command_does_the_work_of_all_ticks(patient: Patient, mailbox: Mailbox) -> None:
    programmes.start(by=patient.user, at=EARLY, patient=patient)
    a_flag(patient, at=TEN, pattern="height-loss")
    with time_machine.travel(TEN + timedelta(minutes=1), tick=False):
        call_command("run_ticks", "--once")
        call_command("run_ticks", "--once")
    assert sorted(address for address, _ in mailbox.mails) == ["pat@home.example", "thea@clinic.example"]
    assert not Delivery.objects.exclude(state="sent").exists()


def test_the_tick_of_reminders_follows_plans_holds_and_ends(
    patient: Patient, physiotherapist: Clinician
) -> None:
    """One tick for what four verbs do: a medicine of the plan is planned, held exercise taken back, the
    evening before ended."""
    exercise = exercise_at_ten(patient, at=EARLY)
    planned = Planned("medicine", "supplement", TEN.date(), text="Daily", rrule="FREQ=DAILY")
    with time_machine.travel(TEN, tick=False):
        tasks.tick_reminders()
        care_plan.prescribe(by=physiotherapist.user, at=TEN, patient=patient, planned=planned)
        a_flag(patient, at=TEN)
        tasks.tick_reminders()
    assert exercise.occurrences.get().state == "held"
    medicine = patient.reminders.get(kind="medicine")
    with time_machine.travel(TEN + timedelta(days=1), tick=False):
        tasks.tick_reminders()
    (turn,) = medicine.occurrences.all()
    assert (turn.state, turn.local_date) == ("due", TEN.date() + timedelta(days=1))
    with time_machine.travel(TEN + timedelta(days=1, hours=15), tick=False):
        tasks.tick_reminders()
    turn.refresh_from_db()
    assert (turn.state, turn.reason) == ("expired", "ignored")


def test_the_tick_of_the_chase_makes_the_mornings_digest(patient: Patient) -> None:
    a_flag(patient, at=EARLY - timedelta(days=1), urgency="within-48h", due_at=TEN + timedelta(days=1))
    with time_machine.travel(TEN, tick=False):
        tasks.tick_relay()
        tasks.tick_escalate()
    assert Delivery.objects.get().kind == "flag.digest"


def test_a_tick_without_work_does_nothing(patient: Patient, mailbox: Mailbox) -> None:
    for tick in (tasks.tick_relay, tasks.tick_reminders, tasks.tick_deliveries):
        tick()
    assert mailbox.mails == []


def test_every_tick_of_the_schedule_is_a_task_and_none_piles_up() -> None:
    app.loader.import_default_modules()
    for tick in app.conf.beat_schedule.values():
        assert tick["task"] in app.tasks
        assert tick["options"]["expires"] > tick["schedule"] > 0
    assert {tick["options"]["queue"] for tick in app.conf.beat_schedule.values()} == {"flags", "celery"}

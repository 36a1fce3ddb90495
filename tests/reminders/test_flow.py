"""The health checks say when flags stand still, and only then."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from journal.accounts.models import Clinic, Clinician, Patient
from journal.models import OutboxEvent
from reminders import escalate, flow, relay, tasks
from reminders.actions import rounds
from reminders.deliver import dispatch
from reminders.models import Delivery, Reminder, Round
from tests.reminders.test_delivery import due
from tests.support.people import a_clinician, a_flag
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _plain(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False


def alive(at: datetime) -> None:
    for tick in flow.DISPATCHERS:
        rounds.ended(tick=tick, at=at)


def ask(path: str, at: datetime) -> tuple[int, dict[str, Any]]:
    with time_machine.travel(at, tick=False):
        answer = Client().get(f"/health/{path}")
    return answer.status_code, answer.json()


def test_nothing_waits_and_the_dispatchers_are_alive(db: None) -> None:
    alive(AT)
    status, body = ask("flow", AT + timedelta(minutes=2))
    assert (status, body["status"], body["seconds"]["last_round"]) == (200, "flowing", 120)
    assert body["seconds"]["oldest_untold_flag"] is None


def test_a_dispatcher_that_never_came_or_died_is_told_of(db: None) -> None:
    assert ask("flow", AT)[0] == 503
    alive(AT)
    rounds.ended(tick="relay", at=LATER)
    assert ask("flow", LATER)[0] == 503
    alive(LATER)
    assert ask("flow", LATER)[0] == 200


def test_a_slower_machine_does_not_set_the_heartbeat_back(db: None) -> None:
    rounds.ended(tick="relay", at=LATER)
    rounds.ended(tick="relay", at=AT)
    assert Round.objects.get().ended_at == LATER


def test_news_that_is_not_relayed_stops_the_flow(patient: Patient) -> None:
    a_flag(patient, at=AT)
    alive(LATER)
    status, body = ask("flow", LATER)
    assert (status, body["seconds"]["oldest_unrelayed_event"]) == (503, 180)


def test_a_flag_that_is_tried_in_vain_stops_the_flow_however_often_it_is_tried(
    patient: Patient, mailbox: Mailbox
) -> None:
    mailbox.answers["thea@clinic.example"] = "450 later"
    a_flag(patient, at=AT)
    relay.run(at=AT)
    for second in range(0, 180, 20):
        dispatch.run(clock=lambda: AT + timedelta(seconds=second), topic="flag")  # noqa: B023
    alive(LATER)
    status, body = ask("flow", LATER)
    assert (status, body["seconds"]["oldest_untold_flag"]) == (503, 180)
    assert ask("ready", LATER)[0] == 200


def test_one_dead_mailbox_is_no_alarm_while_somebody_else_was_told(
    clinic: Clinic, patient: Patient, mailbox: Mailbox
) -> None:
    a_clinician(clinic, "lea", role="lead")
    mailbox.answers["thea@clinic.example"] = "550 gone"
    a_flag(patient, at=AT)
    relay.run(at=AT)
    dispatch.run(clock=lambda: AT, topic="flag")
    alive(LATER)
    status, body = ask("flow", LATER)
    assert (status, body["seconds"]["oldest_untold_flag"]) == (200, None)
    assert body["seconds"]["oldest_waiting_flag_delivery"] == 180


def test_a_chase_that_nobody_takes_up_stops_the_flow(patient: Patient) -> None:
    a_flag(patient, at=AT)
    relay.run(at=AT)
    Delivery.objects.update(state="sent", sent_at=AT)
    moment = AT + timedelta(minutes=18)
    alive(moment)
    status, body = ask("flow", moment)
    assert (status, body["seconds"]["oldest_due_chase"]) == (503, 180)
    escalate.run(at=moment)
    assert ask("flow", moment)[0] == 200


def test_a_reminder_not_planned_in_time_is_told_of(patient: Patient) -> None:
    Reminder.objects.create(
        patient=patient,
        kind="custom",
        title="Walk",
        rrule="FREQ=DAILY",
        starts_on=AT.date(),
        local_time=AT.time(),
        timezone="UTC",
        channels=["inbox"],
        next_local_date=AT.date(),
        next_due_at=AT,
        revision=1,
    )
    assert ask("ready", LATER)[1]["seconds"]["oldest_unplanned_reminder"] == 180


def test_the_ticks_leave_their_heartbeat(patient: Patient, mailbox: Mailbox) -> None:
    with time_machine.travel(AT, tick=False):
        tasks.tick_relay()
        tasks.tick_escalate()
    assert ask("flow", AT)[0] == 200


def test_the_figures_for_prometheus_say_the_same_and_name_nobody(
    patient: Patient, physiotherapist: Clinician
) -> None:
    a_flag(patient, at=AT)
    alive(LATER)
    with time_machine.travel(LATER, tick=False):
        answer = Client().get("/metrics")
    lines = answer.content.decode().splitlines()
    assert "osteon_flags_flow 0" in lines
    assert 'osteon_flags_open{urgency="emergency-now"} 1' in lines
    assert "# TYPE osteon_flags_open gauge" in lines
    assert "osteon_oldest_unrelayed_event_seconds 180.0" in lines
    assert "osteon_oldest_untold_flag_seconds" not in " ".join(line.split()[0] for line in lines)
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    assert {line.split()[0].partition("{")[0] for line in lines if not line.startswith("#")} <= typed


def test_looking_costs_the_same_however_much_waits(patient: Patient, django_assert_num_queries: Any) -> None:
    for number in range(5):
        a_flag(patient, at=AT, pattern=f"pattern-{number}")
    relay.run(at=AT)
    with django_assert_num_queries(9):
        flow.look(at=LATER)


def test_reminders_that_do_not_go_out_are_told_of_by_their_age(patient: Patient, mailbox: Mailbox) -> None:
    due(patient, channels=["email"])
    assert flow.look(at=AT + timedelta(minutes=7)).oldest_waiting_reminder_delivery == 420
    assert flow.look(at=AT - timedelta(minutes=1)).oldest_waiting_reminder_delivery is None
    dispatch.run(clock=lambda: AT, topic="reminder")
    assert flow.look(at=AT + timedelta(minutes=7)).oldest_waiting_reminder_delivery is None


def test_a_reminder_that_is_tried_in_vain_grows_older_however_often_it_is_tried(
    patient: Patient, mailbox: Mailbox
) -> None:
    due(patient)
    mailbox.answers["pat@home.example"] = "450 later"
    for seconds in (0, 3, 8, 17, 34):
        dispatch.run(clock=lambda: AT + timedelta(seconds=seconds), topic="reminder")  # noqa: B023
    assert Delivery.objects.get(channel="email").due_at > AT + timedelta(seconds=34)
    assert flow.look(at=AT + timedelta(seconds=35)).oldest_waiting_reminder_delivery == 35


def test_figures_by_channel_and_outcome_grow_whoever_sent(patient: Patient, mailbox: Mailbox) -> None:
    due(patient, channels=["inbox", "email"])
    mailbox.answers["pat@home.example"] = "450 later"
    dispatch.run(clock=lambda: AT, topic="reminder")
    mailbox.answers.clear()
    dispatch.run(clock=lambda: AT + timedelta(minutes=1), topic="reminder")
    lines = Client().get("/metrics").content.decode().splitlines()
    assert "# TYPE osteon_deliveries_total counter" in lines
    for channel, outcome in (("inbox", "sent"), ("email", "failed"), ("email", "sent")):
        assert f'osteon_deliveries_total{{channel="{channel}",outcome="{outcome}"}} 1' in lines


def test_a_changed_plan_that_no_reminder_follows_is_told_of(patient: Patient) -> None:
    OutboxEvent.objects.create(patient=patient, kind="plan.changed", subject_id=uuid4(), at=AT)
    seconds = ask("ready", LATER)[1]["seconds"]
    assert (seconds["oldest_unfollowed_plan"], seconds["oldest_unrelayed_event"]) == (180, None)

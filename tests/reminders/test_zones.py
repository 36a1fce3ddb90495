"""An update of the zone rules moves the instants that lie ahead, and nothing else."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from journal.accounts.models import Patient
from reminders import tasks
from reminders.actions import planning, zones
from reminders.actions import reminders as verbs
from reminders.models import Occurrence, Reminder, ZoneRules

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 1, 5, 7, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def remind(patient: Patient, zone: str = "Europe/Berlin") -> Reminder:
    return verbs.create(
        by=None,
        at=EARLY,
        patient=patient,
        kind="custom",
        title="Water",
        rrule="FREQ=DAILY",
        local_time=time(10),
        timezone=ZoneInfo(zone),
    )


def as_under_other_rules(reminder: Reminder) -> None:
    """What rules that were an hour off had stored."""
    assert reminder.next_due_at
    Reminder.objects.filter(pk=reminder.pk).update(next_due_at=reminder.next_due_at + timedelta(hours=1))
    ZoneRules.objects.update_or_create(
        zone=str(reminder.timezone), defaults={"digest": "of other rules", "noted_at": EARLY}
    )


def test_new_rules_move_the_instant_and_keep_local_day_and_hour(patient: Patient) -> None:
    reminder = remind(patient)
    zones.keep_in_step(at=EARLY)
    as_under_other_rules(reminder)
    assert zones.keep_in_step(at=EARLY) == 1
    reminder.refresh_from_db()
    assert (reminder.next_due_at, reminder.local_time) == (TEN, time(10))
    assert zones.keep_in_step(at=EARLY) == 0


def test_only_the_zones_that_changed_are_planned_anew(patient: Patient) -> None:
    berlin, tokyo = remind(patient), remind(patient, "Asia/Tokyo")
    zones.keep_in_step(at=EARLY)
    as_under_other_rules(berlin)
    wrong = TEN + timedelta(days=3)
    Reminder.objects.filter(pk=tokyo.pk).update(next_due_at=wrong)
    zones.keep_in_step(at=EARLY)
    tokyo.refresh_from_db()
    assert tokyo.next_due_at == wrong


def test_a_local_day_that_had_its_turn_gets_no_second_one(patient: Patient) -> None:
    reminder = remind(patient)
    planning.plan_due(at=TEN)
    reminder.refresh_from_db()
    as_under_other_rules(reminder)
    zones.keep_in_step(at=TEN)
    planning.plan_due(at=TEN + timedelta(hours=5))
    assert Occurrence.objects.count() == 1


def test_zones_are_looked_at_once_an_hour_however_many_beats_there_are(patient: Patient) -> None:
    remind(patient)
    tasks.tick_zones()
    noted = ZoneRules.objects.get().noted_at
    ZoneRules.objects.update(digest="of other rules")
    tasks.tick_zones()
    assert ZoneRules.objects.get().noted_at == noted

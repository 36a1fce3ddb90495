"""Today's rules over stored histories: what opens, what goes, who is told."""

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.celery import app
from journal.accounts.models import Patient
from journal.actions import entries, evaluation, flags, recheck
from journal.content import engine
from journal.content.history import History
from journal.content.report import Report
from journal.content.rule import Finding, Rule
from journal.content.texts import NOT_EVALUATED
from journal.models import Change, Entry, Flag, OutboxEvent
from reminders import tasks
from reminders.management.commands import recheck_flags
from tests.support.people import a_clinic, a_clinician, a_patient

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
BLEED = {"systemic": ["black_stools"]}


@pytest.fixture
def patient() -> Patient:
    clinic = a_clinic()
    return a_patient(clinic, physiotherapist=a_clinician(clinic, "thea"))


def wrote(patient: Patient, said: dict[str, Any], *, days_ago: int = 0) -> Entry:
    """Recorded on that day, when the clock stood there."""
    at = NOW - timedelta(days=days_ago, hours=1)
    report = Report.model_validate(said)
    recorded = entries.record(
        by=None,
        at=at,
        patient=patient,
        client_id=uuid4(),
        recorded_at=at,
        timezone="Europe/Berlin",
        report=report,
    )
    assert isinstance(recorded.entry, Entry)
    return recorded.entry


def before_there_was(monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    """The rules as they were when this pattern didn't exist yet."""
    ruled_by(monkeypatch, [rule for rule in engine.RULES if rule.pattern != pattern])


def ruled_by(monkeypatch: pytest.MonkeyPatch, rules: Iterable[Rule]) -> None:
    usual = engine.evaluate.__kwdefaults__ or {}
    monkeypatch.setattr(engine.evaluate, "__kwdefaults__", usual | {"rules": tuple(rules)})


@pytest.fixture
def unseen(patient: Patient) -> Patient:
    """A patient with a report ten weeks ago and one of today that no rule knew."""
    with pytest.MonkeyPatch.context() as then:
        before_there_was(then, "gi-bleed")
        wrote(patient, BLEED, days_ago=70)
        wrote(patient, BLEED)
    assert not Flag.objects.exists()
    return patient


def said(*options: str) -> dict[str, Any]:
    out = io.StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("recheck_flags", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def everything() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (Patient, Flag, OutboxEvent, Change)]


def test_a_new_rule_finds_what_was_logged_before_it(unseen: Patient) -> None:
    assert said()["patterns"]["gi-bleed"] == {"opened": 2, "superseded": 0, "changed": 0}
    old, new = Flag.objects.filter(pattern="gi-bleed").order_by("day")
    assert (old.day, new.day) == (NOW.date() - timedelta(days=70), NOW.date())
    assert old.urgency == new.urgency == "emergency-now"
    assert old.owner == unseen.physiotherapist
    assert Change.objects.get(verb="flags.rechecked").revision == old.revision == new.revision


def test_only_what_was_met_this_week_is_told_and_pressing(unseen: Patient) -> None:
    said()
    old, new = Flag.objects.filter(pattern="gi-bleed").order_by("day")
    waiting = OutboxEvent.objects.filter(relayed_at=None)
    assert set(waiting.values_list("subject_id", flat=True)) == {new.pk}
    assert OutboxEvent.objects.get(subject_id=old.pk).relayed_at == NOW
    assert old.due_at == NOW + timedelta(days=14)
    assert new.due_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(("days_ago", "told"), [(7, True), (8, False)])
def test_seven_days_are_news_and_eight_are_not(patient: Patient, days_ago: int, told: bool) -> None:
    with pytest.MonkeyPatch.context() as then:
        before_there_was(then, "gi-bleed")
        wrote(patient, BLEED, days_ago=days_ago)
    recheck.patient(by=None, at=NOW, patient=patient)
    flag = Flag.objects.get(pattern="gi-bleed")
    assert OutboxEvent.objects.filter(subject_id=flag.pk, relayed_at=None).exists() == told


def test_a_second_run_changes_nothing(unseen: Patient) -> None:
    said()
    before = everything()
    assert said() == {"patients": 1, "differ": 0, "dry_run": False, "patterns": {}}
    assert everything() == before


def test_a_dry_run_shows_the_same_and_writes_nothing(unseen: Patient) -> None:
    before = everything()
    shown = said("--dry-run")
    assert everything() == before
    assert shown["dry_run"]
    assert said()["patterns"] == shown["patterns"] != {}


def test_what_the_rules_no_longer_raise_is_superseded_with_its_reason(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(patient, BLEED)
    before_there_was(monkeypatch, "gi-bleed")
    assert said()["patterns"]["gi-bleed"] == {"opened": 0, "superseded": 1, "changed": 0}
    flag = Flag.objects.get()
    assert (flag.status, flag.supported) == ("superseded", False)
    assert flag.superseded_reason == recheck.RULES_CHANGED != evaluation.NO_LONGER_MET


def test_a_flag_that_somebody_answered_stays_with_its_answer(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(patient, BLEED)
    assert patient.physiotherapist
    flags.acknowledge(by=patient.physiotherapist.user, at=NOW, flag=Flag.objects.get())
    before_there_was(monkeypatch, "gi-bleed")
    said()
    flag = Flag.objects.get()
    assert (flag.status, flag.supported) == ("acknowledged", False)


def test_a_pattern_chooses_the_patients_it_concerns(unseen: Patient) -> None:
    before = everything()
    assert said("--pattern", "calf-swelling")["patterns"] == {}
    assert everything() == before
    assert said("--pattern", "gi-bleed")["differ"] == 1
    with pytest.raises(CommandError, match="no pattern 'gout'"):
        said("--pattern", "gout")


def test_a_changed_text_is_updated_and_told_to_nobody(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(patient, BLEED)
    OutboxEvent.objects.update(relayed_at=NOW)
    ruled_by(monkeypatch, map(_reworded, engine.RULES))
    assert said()["patterns"]["gi-bleed"] == {"opened": 0, "superseded": 0, "changed": 1}
    assert Flag.objects.get().rule_version == engine.BY_PATTERN["gi-bleed"].version + 1
    assert not OutboxEvent.objects.filter(relayed_at=None).exists()


def _reworded(rule: Rule) -> Rule:
    return replace(rule, version=rule.version + 1) if rule.pattern == "gi-bleed" else rule


def test_that_rules_could_not_be_evaluated_is_told_however_old(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(patient, BLEED, days_ago=70)
    OutboxEvent.objects.update(relayed_at=NOW)

    def breaks(history: History, day: Any) -> tuple[Finding, ...]:
        raise ZeroDivisionError

    rules = tuple(
        replace(r, needs=(), find=breaks) if r.pattern == "calf-swelling" else r for r in engine.RULES
    )
    ruled_by(monkeypatch, rules)
    said()
    flag = Flag.objects.get(pattern=NOT_EVALUATED)
    assert OutboxEvent.objects.filter(subject_id=flag.pk, relayed_at=None).exists()


def test_a_task_takes_the_patients_of_its_range_alone(unseen: Patient) -> None:
    with time_machine.travel(NOW, tick=False):
        tasks.recheck_flags(unseen.pk + 1, unseen.pk + 9)
        assert not Flag.objects.exists()
        tasks.recheck_flags(unseen.pk, unseen.pk)
    assert Flag.objects.filter(pattern="gi-bleed").count() == 2


def test_spread_over_workers_every_patient_is_in_one_task(
    unseen: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck_flags, "RANGE", 2)
    monkeypatch.setitem(app.conf.changes, "task_always_eager", True)
    last = [a_patient(unseen.clinic, f"p{number}") for number in range(4)][-1]
    with pytest.MonkeyPatch.context() as then:
        before_there_was(then, "gi-bleed")
        wrote(last, BLEED)
    assert said("--spread") == {"patients": 5, "tasks": 3}
    assert set(Flag.objects.values_list("patient", flat=True)) == {unseen.pk, last.pk}
    with pytest.raises(CommandError, match="shown nowhere"):
        said("--spread", "--dry-run")


def test_a_patient_costs_the_same_among_many(unseen: Patient) -> None:
    said()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            said()
        return len(queries)

    one = asked()
    for number in range(5):
        a_patient(unseen.clinic, f"p{number}")
    assert asked() <= 6 * one

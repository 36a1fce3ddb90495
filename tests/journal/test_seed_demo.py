"""The demo clinic, made by its command."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from journal.accounts.models import Clinician, Consent, Patient, User
from journal.actions import changes, evaluation
from journal.models import CareItem, Change, Entry, EntryVersion, Fact, Flag, Note, OutboxEvent
from reminders.management import demo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_demo(settings: Settings) -> None:
    settings.DEMO = True


def said(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def document(*options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(*options, "--json"))
    return found


def rows() -> list[int]:
    return [table.objects.count() for table in (User, Patient, Entry, Flag, Change, OutboxEvent)]


# Midday, and the two hours in which the clocks of Europe and of Newfoundland change.
@pytest.mark.parametrize("moment", ["2026-06-10T12:00Z", "2026-03-29T01:10Z", "2026-11-01T04:25Z"])
def test_the_queue_shows_every_state_and_agrees_with_the_rules(moment: str) -> None:
    with time_machine.travel(moment):
        shown = document("--patients", "7", "--days", "40")
        _it_is_believable(shown)


def _it_is_believable(shown: dict[str, Any]) -> None:
    by_status = {status: Flag.objects.filter(status=status).count() for status in Flag.Status.values}
    assert shown["flags"] == by_status
    assert all(by_status.values())
    assert shown["entries"] == Entry.objects.count() > 150
    _the_newest_wait_on_top()
    _people_acted_in_order()
    _only_fresh_news_is_waiting()
    _evaluating_again_changes_nothing()


def _the_newest_wait_on_top() -> None:
    queue = list(Flag.objects.open().by_urgency())
    assert [flag.urgency for flag in queue[:2]] == ["emergency-now", "same-day"]
    assert timezone.now() - queue[0].raised_at < timedelta(hours=1)
    assert {"sudden-back-pain", "silent-after-flag"} <= {flag.pattern for flag in queue}


def _people_acted_in_order() -> None:
    superseded = Flag.objects.get(status="superseded")
    assert EntryVersion.objects.get(patient=superseded.patient).entry.version == 2
    for flag in Flag.objects.filter(status="resolved"):
        first, last = flag.actions.all()
        assert (first.kind, last.kind) == ("acknowledge", "resolve")
        assert flag.raised_at < first.at < last.at <= timezone.now()
        assert "" not in (first.note, last.note, last.outcome)
        assert first.by.clinician.clinic == flag.patient.clinic
        assert flag.owner == flag.patient.physiotherapist


def _only_fresh_news_is_waiting() -> None:
    waiting = set(OutboxEvent.objects.of_flags().values_list("subject_id", flat=True))
    fresh = Flag.objects.open().filter(raised_at__gte=timezone.now() - demo.NEWS_FOR)
    assert waiting == set(fresh.values_list("pk", flat=True)) != set()


def _evaluating_again_changes_nothing() -> None:
    for patient in Patient.objects.all():
        with changes.locked(patient) as locked:
            found = evaluation.run(at=timezone.now(), patient=locked, since=None)
        assert (found.opened, found.changed) == ([], [])


def test_the_logins_work() -> None:
    shown = document("--patients", "2", "--days", "2")
    assert [one["role"] for one in shown["physiotherapists"]] == ["lead", "physiotherapist"]
    assert Clinician.objects.filter(clinic__slug="demo", user__is_staff=True).count() == 2
    assert len(shown["patients"]) == Consent.objects.values("patient").distinct().count() == 2
    for one in [*shown["physiotherapists"], *shown["patients"]]:
        user = User.objects.get(email=one["email"])
        validate_password(one["password"], user)
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
        login = {"email": one["email"], "password": one["password"]}
        answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
        assert (answer.status_code, user.is_superuser) == (200, False)


def test_a_table_says_the_logins() -> None:
    text = said("--patients", "1", "--days", "2")
    assert "anna.berg@demo.example" in text
    assert "elsie.thornton@demo.example" in text
    assert f"Password of all: {demo.PASSWORD}" in text


def test_everybody_has_facts_a_plan_and_a_note_from_the_first_visit() -> None:
    said("--patients", "2", "--days", "5")
    for patient in Patient.objects.all():
        own = patient.physiotherapist
        assert own
        assert Fact.objects.filter(patient=patient, kind="medicine", by=own.user).exists()
        kinds = set(CareItem.objects.filter(patient=patient).values_list("kind", flat=True))
        assert kinds == {"exercise", "goal", "task"}
        assert Note.objects.get(patient=patient).at == patient.enrolled_at


def test_a_second_run_changes_nothing() -> None:
    first = document("--patients", "2", "--days", "5")
    before = rows()
    assert document("--patients", "2", "--days", "5") == first
    assert rows() == before


def test_a_run_that_was_cut_short_is_completed_but_not_with_if_empty() -> None:
    said("--patients", "1", "--days", "5")
    kept = set(Entry.objects.values_list("pk", "revision"))
    assert "1 of 2 patients are there" in said("--patients", "2", "--if-empty")
    assert Patient.objects.count() == 1
    assert "are there" not in said("--patients", "2", "--days", "5")
    assert Patient.objects.count() == 2
    assert kept < set(Entry.objects.values_list("pk", "revision"))


def test_outside_the_demo_each_has_a_random_password_that_is_said_once(settings: Settings) -> None:
    settings.DEMO = False
    shown = document("--patients", "1", "--days", "2")
    logins = [*shown["physiotherapists"], *shown["patients"]]
    assert len({one["password"] for one in logins} - {demo.PASSWORD}) == 3
    for one in logins:
        assert User.objects.get(email=one["email"]).check_password(one["password"])
        assert one["password"] not in said("--if-empty")
    again = document("--if-empty")
    assert {one["password"] for one in again["patients"]} == {None}


def test_a_password_that_was_changed_is_not_said() -> None:
    said("--patients", "1", "--days", "2")
    user = User.objects.get(email="ben.ortiz@demo.example")
    user.set_password("something of his own")
    user.save(update_fields=["password"])
    lead, ben = document("--if-empty")["physiotherapists"]
    assert (lead["password"], ben["password"]) == (demo.PASSWORD, None)


@pytest.mark.parametrize("days", ["0", "366"])
def test_days_out_of_range_are_refused(days: str) -> None:
    with pytest.raises(CommandError, match="between 1 and 365"):
        said("--days", days)

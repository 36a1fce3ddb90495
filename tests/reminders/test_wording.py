"""A reminder and its turns speak the language of whoever reads them now, not that of their making."""

from datetime import time
from typing import Any

import pytest

from journal.accounts.models import Patient
from journal.actions import patients
from journal.content.library import by_id, items, languages
from reminders import sync, wording
from reminders.actions import holds, planning
from reminders.actions import reminders as verbs
from reminders.deliver import dispatch
from reminders.models import Occurrence, Reminder
from tests.reminders.test_kindness import DAY, EARLY, TEN, one, remind
from tests.support.people import a_flag
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db


def speaks(patient: Patient, language: str) -> None:
    settled = patients.settle(by=patient.user, at=TEN, patient=patient, timezone=None, language=language)
    verbs.say_anew(at=TEN, patient=settled)


def started(patient: Patient, kind: str = "exercise", **wishes: Any) -> Reminder:
    """One of those with which every patient starts, made in English."""
    return remind(patient, kind, title=wording.TITLES["en"][kind], **wishes)


def body(text_id: str, language: str) -> str:
    text = by_id(text_id, language)
    assert text
    return text.body


def said(turn: Occurrence, language: str = "es") -> wording.Said:
    return wording.of(turn, language)


def test_a_held_turn_is_headed_in_the_language_chosen_after_the_reminder_was_made(patient: Patient) -> None:
    reminder = started(patient)
    speaks(patient, "es")
    a_flag(patient, at=EARLY, holds_exercise=True)
    planning.plan_due(at=TEN)
    turn = one(reminder)
    assert turn.state == "held"
    assert said(turn).title == "Es hora de sus ejercicios"
    assert said(turn).held_reason == body("R12", "es")


def test_a_late_turn_is_headed_in_the_language_chosen_after_the_reminder_was_made(patient: Patient) -> None:
    reminder = started(patient, "fall-prevention")
    speaks(patient, "es")
    planning.plan_due(at=TEN + DAY / 8)
    assert (one(reminder).state, said(one(reminder)).title) == ("expired", "Un consejo para pisar seguro")


@pytest.mark.parametrize("kind", ["exercise", "log-today"])
def test_a_turn_that_is_out_already_follows_the_patient_into_another_language(
    patient: Patient, kind: str
) -> None:
    reminder = started(patient, kind)
    planning.plan_due(at=TEN)
    speaks(patient, "es")
    turn = one(reminder)
    text = by_id(turn.item, "es")
    assert text
    assert (said(turn).title, said(turn).body) == (text.title, text.body)


def test_a_mail_goes_out_in_the_language_of_the_moment_of_sending(patient: Patient, mailbox: Mailbox) -> None:
    started(patient, channels=["email"])
    planning.plan_due(at=TEN)
    speaks(patient, "es")
    dispatch.run(clock=lambda: TEN, topic="reminder")
    (mail,) = mailbox.to("pat@home.example")
    assert mail["Subject"] == "Es hora de sus ejercicios"
    assert "Práctica de equilibrio".encode() in mail.get_payload(decode=True)


def test_a_phone_hears_of_what_still_waits_in_the_new_language_and_not_of_old_turns(patient: Patient) -> None:
    started(patient)
    started(patient, "log-today", local_time=time(9))
    planning.plan_due(at=TEN - DAY / 24)
    Occurrence.objects.update(state="done", acted_at=TEN)
    planning.plan_due(at=TEN)
    since = Patient.objects.get(pk=patient.pk).revision
    speaks(patient, "es")
    now = Patient.objects.get(pk=patient.pk)
    pulled = sync.Occurrences().pull(now, since=since).rows
    assert [row["title"] for row in pulled] == ["Práctica de equilibrio"]
    titles = {row["title"] for row in sync.Reminders().pull(now, since=since).rows}
    assert titles == {"Es hora de sus ejercicios", "Un minuto para su diario"}


def test_a_phone_learns_why_a_turn_is_held(patient: Patient) -> None:
    started(patient)
    planning.plan_due(at=TEN)
    a_flag(patient, at=TEN, holds_exercise=True)
    holds.hold_open(at=TEN)
    (row,) = sync.Occurrences().pull(patient, since=None).rows
    assert row["held_reason"] == body("R12", "en")


def test_the_patients_own_words_are_never_translated(patient: Patient) -> None:
    reminder = remind(patient, "custom", title="Water the plants")
    planning.plan_due(at=TEN)
    assert said(one(reminder)).title == "Water the plants"
    own = remind(patient, "medicine", title="The white one")
    planning.plan_due(at=TEN)
    assert said(one(own)).title == "The white one"
    assert said(one(own)).body == body("R3", "es")


def test_every_heading_of_ours_is_known_in_every_language_and_leads_back() -> None:
    headings = {title for titles in wording.TITLES.values() for title in titles.values()} | {
        text.title for language in languages() for text in items("reminder", language)
    }
    for title in headings:
        back = {wording.heading(wording.heading(title, language), "en") for language in languages()}
        assert back == {wording.heading(title, "en")}
    assert wording.TITLES["en"].keys() == wording.TITLES["es"].keys()
    assert wording.heading("Time for your exercises", "xx") == "Time for your exercises"

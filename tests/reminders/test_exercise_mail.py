"""What the mail of a day's exercises names: each that is due, and none that is held by now."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from journal.accounts.models import Clinician, Patient
from journal.actions import care_plan, exercise_pauses
from journal.models import CareItem
from reminders.actions import holds, occurrences, planning
from reminders.models import Delivery, Occurrence
from tests.reminders.test_delivery import PAT, TEN, send
from tests.reminders.test_kinds import prescribe, remind
from tests.support.people import a_flag
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 5)


@pytest.fixture
def plan(patient: Patient, physiotherapist: Clinician) -> list[CareItem]:
    codes = ("balance", "resistance", "walking")
    return [
        prescribe(patient, physiotherapist, "exercise", code, dose="8 times, less when the back burns")
        for code in codes
    ]


def planned(patient: Patient, **wishes: Any) -> None:
    remind(patient, "exercise", channels=["inbox", "email"], **wishes)
    planning.plan_due(at=TEN)


def read(mailbox: Mailbox) -> list[str]:
    """The lines of the one mail that was sent, without empty ones."""
    (mail,) = mailbox.to(PAT)
    body: str = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    return [line for line in body.splitlines() if line]


def test_one_mail_names_every_exercise_of_the_day_and_nothing_that_the_plan_says_in_words(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox
) -> None:
    planned(patient)
    send("reminder")
    assert mailbox.to(PAT)[0]["Subject"] == "Time for your exercises"
    assert read(mailbox) == [
        "Your exercises today:",
        "- Balance practice",
        "- Strength practice",
        "- On your feet",
        "The app shows how to do each of them, and how much.",
        "You choose in the app when and how Osteon reminds you.",
    ]


def test_the_list_is_in_the_patients_language(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox
) -> None:
    planned(patient)
    patient.language = "es"
    patient.save(update_fields=["language"])
    with translation.override("en"):
        send("reminder")
    assert read(mailbox)[:3] == ["Sus ejercicios de hoy:", "- Práctica de equilibrio", "- Práctica de fuerza"]


def test_a_single_exercise_comes_with_its_text_as_ever(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    prescribe(patient, physiotherapist, "exercise", "balance")
    planned(patient)
    send("reminder")
    first, second, *_ = read(mailbox)
    assert first == "Balance practice"
    assert len(second) > 80


def test_exercises_in_the_clinics_own_words_are_counted_and_not_quoted(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    prescribe(patient, physiotherapist, "exercise", "balance")
    for text in ("Stretch the burning foot", "Roll on the tender hip"):
        prescribe(patient, physiotherapist, "exercise", "other", text=text)
    planned(patient)
    send("reminder")
    assert read(mailbox)[1:3] == ["- Balance practice", "- 2 that are described in the app"]
    assert "foot" not in mailbox.text()


def _held_by_a_flag(patient: Patient, item: CareItem, by: Clinician) -> None:
    a_flag(patient, at=TEN, pattern="insufficiency-fracture", urgency="within-48h")


def _held_by_the_clinic(patient: Patient, item: CareItem, by: Clinician) -> None:
    later = DAY + timedelta(days=7)
    exercise_pauses.hold(by=by.user, at=TEN, patient=patient, item=item, look_again_on=later)


@pytest.mark.parametrize("seen", [True, False], ids=["looked", "not looked yet"])
@pytest.mark.parametrize("hold", [_held_by_a_flag, _held_by_the_clinic])
def test_what_is_held_meanwhile_is_not_named(
    patient: Patient,
    physiotherapist: Clinician,
    plan: list[CareItem],
    mailbox: Mailbox,
    *,
    hold: Any,
    seen: bool,
) -> None:
    planned(patient)
    hold(patient, plan[2], physiotherapist)
    if seen:
        assert holds.hold_open(at=TEN) == 1
    send("reminder")
    assert read(mailbox)[1:3] == ["- Balance practice", "- Strength practice"]
    assert "On your feet" not in mailbox.text()


def test_with_one_left_that_one_comes_with_its_text(
    patient: Patient, physiotherapist: Clinician, plan: list[CareItem], mailbox: Mailbox
) -> None:
    care_plan.stop(
        by=physiotherapist.user, at=TEN - timedelta(hours=1), patient=patient, item=plan[1], reason="x"
    )
    planned(patient)
    exercise_pauses.hold(
        by=physiotherapist.user, at=TEN, patient=patient, item=plan[0], look_again_on=DAY + timedelta(days=7)
    )
    send("reminder")
    assert read(mailbox)[0] == "On your feet"


def test_what_is_done_already_is_not_named(patient: Patient, plan: list[CareItem], mailbox: Mailbox) -> None:
    planned(patient)
    assert patient.user
    occurrences.done(by=patient.user, at=TEN, occurrence=Occurrence.objects.get(slot=1))
    send("reminder")
    assert read(mailbox)[1:3] == ["- Balance practice", "- On your feet"]


def test_one_that_was_put_off_comes_back_alone(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox
) -> None:
    planned(patient)
    send("reminder")
    assert patient.user
    occurrences.snooze(by=patient.user, at=TEN, occurrence=Occurrence.objects.get(slot=1))
    mailbox.mails.clear()
    send("reminder", TEN + occurrences.SNOOZE)
    assert read(mailbox)[0] == "Strength practice"


def test_another_days_and_another_reminders_exercises_are_not_named(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox
) -> None:
    planned(patient)
    send("reminder")
    remind(patient, "exercise", channels=["email"])
    planning.plan_due(at=TEN + timedelta(days=1))
    mailbox.mails.clear()
    row = Delivery.objects.filter(channel="email", state="waiting").order_by("pk")[0]
    Delivery.objects.filter(state="waiting").exclude(pk=row.pk).delete()
    send("reminder", TEN + timedelta(days=1))
    assert len(read(mailbox)) == 6


@pytest.mark.parametrize("say", [occurrences.done, occurrences.skip, occurrences.snooze])
def test_what_the_patient_said_of_the_first_ends_the_mail_for_that_alone(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox, say: Any
) -> None:
    planned(patient)
    assert patient.user
    say(by=patient.user, at=TEN, occurrence=Occurrence.objects.order_by("slot").first())
    send("reminder")
    assert read(mailbox)[1:3] == ["- Strength practice", "- On your feet"]


def test_when_all_of_them_are_done_no_mail_goes_out(
    patient: Patient, plan: list[CareItem], mailbox: Mailbox
) -> None:
    planned(patient)
    assert patient.user
    for turn in Occurrence.objects.all():
        occurrences.done(by=patient.user, at=TEN, occurrence=turn)
    send("reminder")
    assert mailbox.mails == []

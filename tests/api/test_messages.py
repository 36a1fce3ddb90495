"""`/messages`: what the clinic sent, as the phone and the desk see it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import messages
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content.messages import TEMPLATES
from journal.models import Change, Message, OutboxEvent
from tests.api.phone import Phone
from tests.support import desk as people

PATH = "/api/v1/messages"


@pytest.fixture
def mira(clinic: Clinic) -> User:
    return people.clinician(clinic)


@pytest.fixture
def desk(mira: User) -> Client:
    browser = Client()
    browser.force_login(mira)
    return browser


def send(desk: Client, patient: Patient, template: str) -> str:
    address = reverse("admin:accounts_patient_message-send", args=[patient.pk])
    return desk.post(address, {"template": template}, follow=True).content.decode()


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_message_is_there_in_both_languages(code: str) -> None:
    english, spanish = (TEMPLATES[code].in_language(language) for language in ("en", "es"))
    assert english.title != spanish.title
    assert english.body != spanish.body
    assert "you have " not in english.body.lower()


def test_what_the_desk_sends_the_phone_reads_in_its_language_and_confirms(
    desk: Client, phone: Phone, patient: Patient, mira: User
) -> None:
    assert "Sent to the patient’s inbox." in send(desk, patient, "please-call")
    status, answer = phone.send("GET", PATH, **{"Accept-Language": "es"})
    assert status == 200
    (message,) = answer["results"]
    assert (message["title"], message["by"], message["read_at"]) == (
        "Por favor, llame a su clínica",
        "Mira Sol",
        None,
    )
    first = phone.send("POST", f"{PATH}/{message['id']}/read")[1]["read_at"]
    assert first
    assert phone.send("POST", f"{PATH}/{message['id']}/read")[1]["read_at"] == first
    page = desk.get(reverse("admin:accounts_patient_change", args=[patient.pk])).content.decode()
    assert "Read on " in page
    verbs = Change.objects.filter(patient=patient, verb__startswith="message.").order_by("id")
    assert list(verbs.values_list("verb", "by")) == [
        ("message.sent", mira.pk),
        ("message.read", patient.user_id),
    ]
    assert OutboxEvent.objects.filter(kind="message.sent", subject_id=message["id"]).exists()


def test_nothing_can_be_typed_and_the_same_is_not_sent_twice_a_day(
    desk: Client, phone: Phone, patient: Patient, mira: User
) -> None:
    send(desk, patient, "Your bones are fine.")
    assert not Message.objects.exists()
    with pytest.raises(NotFitError):
        messages.send(by=mira, at=timezone.now(), patient=patient, template="else")
    send(desk, patient, "appointment")
    assert "sent within the last 24 hours" in send(desk, patient, "appointment")
    assert Message.objects.count() == 1
    later = timezone.now() + timedelta(hours=25)
    messages.send(by=mira, at=later, patient=patient, template="appointment")


def test_a_patient_without_an_account_has_no_inbox(clinic: Clinic, mira: User) -> None:
    nobody = people.patient(clinic)
    with pytest.raises(NotPossibleNowError):
        messages.send(by=mira, at=timezone.now(), patient=nobody, template="appointment")


def test_another_patients_message_is_not_to_be_found(
    phone: Phone, patient: Patient, clinic: Clinic, mira: User
) -> None:
    other = people.patient(clinic, "Ben Okafor", user=people.clinician(clinic, "b@hill.example", name="B O"))
    theirs = messages.send(by=mira, at=timezone.now(), patient=other, template="appointment")
    assert phone.send("GET", PATH)[1]["results"] == []
    assert phone.send("POST", f"{PATH}/{theirs.pk}/read")[0] == 404
    assert Phone().send("GET", PATH)[0] == 401

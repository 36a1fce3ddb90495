"""Phones: one token, one person, one session; gone with each of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from journal.accounts.models import Clinic, Patient
from journal.actions.refusals import NotPossibleNowError
from journal.models import Change
from reminders.actions import devices
from reminders.models import Device, sealed
from tests.reminders.test_claims import at_once
from tests.support.browser_push import Browser
from tests.support.people import a_clinic, a_patient
from tests.support.phones import a_phone, a_session

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TOKEN = "f" * 60 + ":APA91b"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def here(patient: Patient) -> list[Device]:
    assert patient.user
    return devices.present(patient, by=patient.user, at=AT)


def test_the_same_token_again_is_the_same_device(patient: Patient) -> None:
    assert patient.user
    one = a_phone(patient, TOKEN, at=AT, kind="fcm")
    again = a_phone(patient, TOKEN, at=AT + timedelta(days=1), kind="fcm", session=a_session(patient.user))
    assert (one.pk, again.seen_at) == (again.pk, AT + timedelta(days=1))
    assert len(here(patient)) == 1
    assert list(Change.objects.values_list("verb", flat=True)) == ["device.registered"]


def test_a_subscription_is_the_same_whatever_the_order_of_its_parts(patient: Patient) -> None:
    sent = Browser(ENDPOINT).subscription
    one = a_phone(patient, sent, at=AT)
    assert a_phone(patient, dict(reversed(sent.items())), at=AT).pk == one.pk


def test_the_database_holds_no_readable_token(patient: Patient) -> None:
    device = a_phone(patient, TOKEN, at=AT, kind="fcm")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_json(d)::text FROM reminders_device d")
        assert TOKEN not in str(cursor.fetchall())
    assert device.token == TOKEN


def test_a_token_sealed_under_an_earlier_secret_is_still_read(patient: Patient, settings: Any) -> None:
    a_phone(patient, TOKEN, at=AT, kind="fcm")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert Device.objects.get().token == TOKEN
    assert sealed.unseal(sealed.seal("x")) == "x"


def test_who_signs_in_on_a_phone_takes_it_over_from_the_one_before(clinic: Clinic, patient: Patient) -> None:
    other = a_patient(a_clinic("valley"), "other")
    a_phone(patient, TOKEN, at=AT, kind="fcm")
    taken = a_phone(other, TOKEN, at=AT, kind="fcm")
    assert here(patient) == []
    assert here(other) == [taken]
    old = Device.objects.get(patient=patient)
    assert (old.removed_because, old.sealed_token, old.session_key) == ("taken over", "", "")
    assert Change.objects.filter(patient=patient, verb="device.removed").exists()


def test_a_new_token_of_the_same_session_takes_the_place_of_its_old_one(patient: Patient) -> None:
    assert patient.user
    session = a_session(patient.user)
    a_phone(patient, TOKEN, at=AT, kind="fcm", session=session)
    new = a_phone(patient, TOKEN + "2", at=AT, kind="fcm", session=session)
    assert here(patient) == [new]


def test_a_phone_ends_with_its_session(patient: Patient) -> None:
    device = a_phone(patient, TOKEN, at=AT, kind="fcm")
    Session.objects.filter(session_key=device.session_key).delete()
    assert here(patient) == []
    assert Device.objects.get().removed_because == "signed out"


def test_a_phone_ends_with_the_password_of_its_sign_in(patient: Patient) -> None:
    assert patient.user
    a_phone(patient, TOKEN, at=AT, kind="fcm")
    patient.user.set_password("another long walk by the sea")
    patient.user.save(update_fields=["password"])
    assert here(patient) == []


def test_there_is_room_for_ten_and_phones_that_signed_out_make_room(patient: Patient) -> None:
    phones = [a_phone(patient, f"{TOKEN}{number}", at=AT, kind="fcm") for number in range(devices.MOST)]
    with pytest.raises(NotPossibleNowError):
        a_phone(patient, TOKEN, at=AT, kind="fcm")
    Session.objects.filter(session_key=phones[0].session_key).delete()
    a_phone(patient, TOKEN, at=AT, kind="fcm")
    assert len(here(patient)) == devices.MOST


def test_removing_twice_is_recorded_once(patient: Patient) -> None:
    assert patient.user
    device = a_phone(patient, TOKEN, at=AT, kind="fcm")
    for _ in range(2):
        devices.remove(by=patient.user, at=AT, device=device)
    assert here(patient) == []
    assert Change.objects.filter(verb="device.removed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_phone_that_asks_four_times_at_once_is_one_device() -> None:
    patient = a_patient(a_clinic())
    assert patient.user
    session = a_session(patient.user)
    found = at_once(lambda: a_phone(patient, TOKEN, at=AT, kind="fcm", session=session))
    assert len({device.pk for device in found}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_patients_who_want_each_others_phones_do_not_wait_in_a_circle() -> None:
    clinic = a_clinic()
    one, two = a_patient(clinic, "one"), a_patient(clinic, "two")
    a_phone(one, TOKEN + "1", at=AT, kind="fcm")
    a_phone(two, TOKEN + "2", at=AT, kind="fcm")
    swaps = [(one, TOKEN + "2"), (two, TOKEN + "1")] * 2
    at_once(lambda: a_phone(*swaps.pop(), at=AT, kind="fcm"))
    owners = {device.token: device.patient for device in Device.objects.present()}
    assert owners == {TOKEN + "2": one, TOKEN + "1": two}

"""A patient sees who looked at the record."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from journal.accounts.models import Clinic, Patient
from journal.fence import scope
from journal.models import StaffRead
from tests.api.phone import Phone
from tests.support import desk as people

PATH = "/api/v1/me/access-log"


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    browser = Client()
    browser.force_login(people.clinician(clinic))
    return browser


def test_nobody_has_looked_at_first(phone: Phone) -> None:
    assert phone.send("GET", PATH) == (200, {"next": None, "previous": None, "results": []})


def test_each_look_says_who_when_and_at_what_in_plain_words(
    phone: Phone, patient: Patient, desk: Client
) -> None:
    phone.log(pains=[])
    desk.get(reverse("admin:journal_entry_changelist"))
    desk.get(reverse("admin:accounts_patient_changelist"), {"q": patient.name or "x"})
    desk.get(reverse("admin:accounts_patient_change", args=[patient.pk]))
    _, answer = phone.send("GET", PATH)
    latest, *_, first = answer["results"]
    assert latest.pop("at") >= first.pop("at")
    assert latest == {
        "by": "Mira Sol",
        "role": "Physiotherapist",
        "how": "page",
        "what": "A page was opened about your record.",
    }
    assert first["what"] == "You stood on a list about what you logged."


def test_the_words_are_in_the_language_that_was_asked_for(
    phone: Phone, patient: Patient, desk: Client
) -> None:
    desk.get(reverse("admin:accounts_patient_change", args=[patient.pk]))
    _, answer = phone.send("GET", PATH, **{"Accept-Language": "es"})
    assert answer["results"][0]["role"] == "Fisioterapeuta"


def test_another_patients_looks_are_not_told(
    phone: Phone, patient: Patient, invite: Callable[..., str], desk: Client
) -> None:
    other = Phone()
    other.sign_up(invite(age=70))
    desk.get(reverse("admin:accounts_patient_change", args=[patient.pk]))
    assert len(phone.send("GET", PATH)[1]["results"]) == 1
    assert other.send("GET", PATH)[1]["results"] == []


def test_many_looks_come_in_pages(phone: Phone, patient: Patient, clinic: Clinic) -> None:
    by = people.clinician(clinic)
    with scope.within(scope.staff(by.pk, clinic.pk)):
        for _ in range(60):
            StaffRead.objects.create(
                patient=patient, by=by, route="admin:journal_flag_changelist", how="list"
            )
    _, first = phone.send("GET", PATH)
    _, second = phone.send("GET", first["next"].removeprefix("http://testserver"))
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 10, None)


def test_a_stranger_is_told_nothing() -> None:
    assert Phone().send("GET", PATH)[0] == 401

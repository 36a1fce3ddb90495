"""What staff see of reminders: their clinic's rows, nothing to edit, no message's text."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from journal.accounts.models import Clinician, Patient
from reminders import relay
from reminders.actions import planning, programmes
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_clinic, a_clinician, a_flag

pytestmark = pytest.mark.django_db

PAGES = ["reminder", "occurrence", "delivery"]
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _rows(patient: Patient, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    settings.SECURE_SSL_REDIRECT = False
    programmes.start(by=patient.user, at=TEN.replace(hour=7), patient=patient)
    planning.plan_due(at=TEN)
    a_flag(patient, at=TEN)
    relay.run(at=TEN)


def signed_in(person: Clinician) -> Client:
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def rows(client: Client, page: str) -> int:
    answer = client.get(f"/admin/reminders/{page}/")
    assert answer.status_code == 200
    return len(answer.context["cl"].result_list)


@pytest.mark.parametrize(("page", "count"), [("reminder", 2), ("occurrence", 1), ("delivery", 3)])
def test_a_physiotherapist_sees_the_rows_of_the_clinic(
    physiotherapist: Clinician, page: str, count: int
) -> None:
    assert rows(signed_in(physiotherapist), page) == count


@pytest.mark.parametrize("page", PAGES)
def test_another_clinic_sees_none_of_them(page: str) -> None:
    assert rows(signed_in(a_clinician(a_clinic("valley"), "val")), page) == 0


@pytest.mark.parametrize("model", [Reminder, Occurrence, Delivery])
def test_nothing_is_added_changed_or_deleted_here(physiotherapist: Clinician, model: Any) -> None:
    client, row = signed_in(physiotherapist), model.objects.first()
    page = f"/admin/reminders/{model._meta.model_name}/"
    assert client.get(f"{page}{row.pk}/change/").status_code == 200
    for way in ("add/", f"{row.pk}/delete/"):
        assert client.get(page + way).status_code == 403
    assert client.post(f"{page}{row.pk}/change/", {"title": "x"}).status_code == 403


@pytest.mark.parametrize("model", [Reminder, Occurrence, Delivery])
def test_another_clinics_row_is_as_if_it_did_not_exist(model: Any) -> None:
    client, row = signed_in(a_clinician(a_clinic("valley"), "val")), model.objects.first()
    answer = client.get(f"/admin/reminders/{model._meta.model_name}/{row.pk}/change/")
    assert answer.status_code == 302

"""What staff see of reminders: their clinic's rows, nothing to edit, no message's text."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.accounts.models import Clinician, Patient
from journal.models import Flag, StaffRead
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


# The list of deliveries shows the last four weeks unless asked otherwise; here it is January for ever.
OF_ALL_TIMES = {"delivery": {"time": "all"}}


def rows(client: Client, page: str) -> int:
    answer = client.get(f"/admin/reminders/{page}/", OF_ALL_TIMES.get(page))
    assert answer.status_code == 200
    return len(answer.context["cl"].result_list)


@pytest.mark.parametrize(("page", "count"), [("reminder", 4), ("occurrence", 1), ("delivery", 3)])
def test_a_physiotherapist_sees_the_rows_of_the_clinic(
    physiotherapist: Clinician, page: str, count: int
) -> None:
    assert rows(signed_in(physiotherapist), page) == count


@pytest.mark.parametrize("page", PAGES)
def test_another_clinic_sees_none_of_them(page: str) -> None:
    assert rows(signed_in(a_clinician(a_clinic("valley"), "val")), page) == 0


@pytest.mark.parametrize("page", PAGES)
def test_every_look_is_written_down(physiotherapist: Clinician, patient: Patient, page: str) -> None:
    rows(signed_in(physiotherapist), page)
    look = StaffRead.objects.get()
    assert (look.by, look.patient, look.route) == (
        physiotherapist.user,
        patient,
        f"admin:reminders_{page}_changelist",
    )


@pytest.mark.parametrize("model", [Reminder, Occurrence, Delivery])
@pytest.mark.parametrize("way", ["add/", "{}/change/", "{}/delete/", "{}/history/"])
def test_nothing_is_added_changed_or_deleted_here(physiotherapist: Clinician, model: Any, way: str) -> None:
    client, row = signed_in(physiotherapist), model.objects.first()
    answer = client.post(f"/admin/reminders/{model._meta.model_name}/{way.format(row.pk)}")
    assert answer.status_code in (404, 405)


def test_a_flags_delivery_leads_to_the_flag_and_says_nothing_of_it(physiotherapist: Clinician) -> None:
    answer = signed_in(physiotherapist).get("/admin/reminders/delivery/", OF_ALL_TIMES["delivery"])
    page = answer.content.decode()
    flag = Flag.objects.get()
    assert f"/admin/journal/flag/{flag.pk}/change/" in page
    assert flag.why not in page
    assert flag.pattern not in page


def test_a_reminder_without_a_turn_left_is_over_and_not_active(physiotherapist: Clinician) -> None:
    one = Reminder.objects.earliest("pk")
    page = f"/admin/reminders/reminder/{one.pk}/change/"
    client = signed_in(physiotherapist)
    assert ("State", "active") in client.get(page).context["facts"]
    Reminder.objects.filter(pk=one.pk).update(next_due_at=None, next_local_date=None)
    assert {("State", "over"), ("Next", "–")} < set(client.get(page).context["facts"])


def test_a_delivery_of_months_ago_is_listed_when_asked_for(physiotherapist: Clinician) -> None:
    client = signed_in(physiotherapist)
    Delivery.objects.filter(topic="flag").update(due_at=timezone.now())
    listed = client.get("/admin/reminders/delivery/").context["cl"].result_list
    assert [row.topic for row in listed] == ["flag"]
    assert rows(client, "delivery") == 3


def test_deliveries_are_filtered_by_state(physiotherapist: Clinician) -> None:
    client = signed_in(physiotherapist)
    Delivery.objects.filter(topic="flag").update(state="dropped")
    asked = {"state__exact": "dropped", **OF_ALL_TIMES["delivery"]}
    answer = client.get("/admin/reminders/delivery/", asked)
    assert [row.topic for row in answer.context["cl"].result_list] == ["flag"]

"""What staff see of reminders: their clinic's rows, nothing to edit, no message's text."""

from datetime import UTC, datetime, timedelta
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


def facts(client: Client, row: Any) -> dict[str, str]:
    address = f"/admin/reminders/{row._meta.model_name}/{row.pk}/change/"
    return {str(name): str(value) for name, value in client.get(address).context["facts"]}


def test_a_turn_says_when_it_was_due_what_was_felt_and_leads_on(physiotherapist: Clinician) -> None:
    turn = Occurrence.objects.get()
    Occurrence.objects.update(
        state="done", acted_at=TEN + timedelta(hours=2), pain_before=2, pain_after=5, reason=""
    )
    said = facts(signed_in(physiotherapist), turn)
    assert said["Due"] == "Mon 5 Jan 2026, 10:00 (Europe/Berlin)"
    assert said["Answered"] == "Mon 5 Jan 2026, 12:00 (Europe/Berlin)"
    assert (said["Pain before"], said["Pain after"]) == ("2 of 10", "5 of 10")
    for row in (turn.reminder, *Delivery.objects.filter(topic="reminder")):
        assert f"/admin/reminders/{row._meta.model_name}/{row.pk}/change/" in "".join(said.values())


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("expired", "ignored", "Expired: no answer"),
        ("expired", "cap", "Expired: enough reminders on that day"),
        ("held", "pain-rise", "Held: pain rose after it"),
        ("due", "", "Due"),
    ],
)
def test_what_became_of_a_turn_comes_with_the_reason_in_words(
    physiotherapist: Clinician, state: str, reason: str, words: str
) -> None:
    Occurrence.objects.update(state=state, reason=reason)
    client = signed_in(physiotherapist)
    assert facts(client, Occurrence.objects.get())["State"] == words
    assert words in client.get("/admin/reminders/occurrence/").content.decode()


def test_a_held_turn_leads_to_the_flag_that_holds_it(physiotherapist: Clinician) -> None:
    flag = Flag.objects.get()
    Occurrence.objects.update(state="held", held_by=flag)
    client = signed_in(physiotherapist)
    address = f"/admin/journal/flag/{flag.pk}/change/"
    assert address in facts(client, Occurrence.objects.get())["Held by"]
    assert address in client.get("/admin/reminders/occurrence/").content.decode()


def test_a_reminder_tells_its_quiet_hours_and_leads_to_its_turns(physiotherapist: Clinician) -> None:
    turn = Occurrence.objects.get()
    said = facts(signed_in(physiotherapist), turn.reminder)
    assert (said["Quiet hours"], said["Comes from"]) == ("21:00–08:00", "the patient’s own settings")
    assert said["Next"] == "Tue 6 Jan 2026, 10:00 (Europe/Berlin)"
    assert f"/admin/reminders/occurrence/{turn.pk}/change/" in said["Latest turns"]
    Reminder.objects.filter(pk=turn.reminder.pk).update(stride=2)
    assert "less often" in facts(signed_in(physiotherapist), turn.reminder)["State"]


def test_headings_of_ours_stand_in_the_language_of_the_desk(physiotherapist: Clinician) -> None:
    physiotherapist.user.language = "es"
    physiotherapist.user.save(update_fields=["language"])
    client = signed_in(physiotherapist)
    assert "Es hora de sus ejercicios" in client.get("/admin/reminders/reminder/").content.decode()
    turns = client.get("/admin/reminders/occurrence/").content.decode()
    assert "Práctica de equilibrio" in turns
    assert "Pendiente" in turns

"""The lead's page: who carries what, and the forms for hours, holidays and the on-call order."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, ClinicChange, Clinician, Cover, User
from journal.actions import clinics, flags
from journal.actions.refusals import NotFitError
from journal.insight import workload
from tests.support import desk as people


@pytest.fixture
def lena(hill: Clinic) -> User:
    return people.clinician(hill, "lena@hill.example", lead=True, name="Lena Moss")


@pytest.fixture
def office(client: Client, lena: User) -> Client:
    client.force_login(lena)
    return client


def page(office: Client, hill: Clinic) -> str:
    answer = office.get(reverse("admin:accounts_clinic_change", args=[hill.pk]))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def send(office: Client, hill: Clinic, deed: str, **said: Any) -> str:
    address = reverse(f"admin:accounts_clinic_{deed}", args=[hill.pk])
    return office.post(address, said, follow=True).content.decode()


def test_the_workload_counts_patients_and_flags_of_each_and_what_is_nobodys(
    office: Client, hill: Clinic, lake: Clinic, mira: User, lena: User
) -> None:
    now = timezone.now()
    ada = people.patient(hill, physiotherapist=mira.clinician)
    ben = people.patient(hill, "Ben Okafor")
    people.flag(ada, owner=mira.clinician, due_at=now - timedelta(hours=1))
    people.flag(
        ada, owner=mira.clinician, pattern="new-numbness", status="acknowledged", due_at=now + timedelta(1)
    )
    people.flag(people.patient(lake, "Far Away"))
    closed = people.flag(ben, pattern="calf-swelling", due_at=now + timedelta(1))
    flags.resolve(by=mira, at=now, flag=closed, outcome="known", note="Known.")
    people.flag(ben, due_at=now + timedelta(1))
    shown = page(office, hill)
    assert "Mira Sol 1 1 1 1 1" in shown
    assert "Lena Moss 0 0 0 0 0" in shown
    assert "Nobody’s 1 1 0 0 –" in shown


def test_the_workload_costs_four_statements_however_many_people(
    hill: Clinic, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        people.clinician(hill, f"p{number}@hill.example", name=f"Person {number}")
    with django_assert_num_queries(4):
        workload.of(hill, timezone.now())


def test_the_week_is_set_and_recorded(office: Client, hill: Clinic, lena: User) -> None:
    assert "The working hours are set." in send(office, hill, "hours", opens_2="09:00", closes_2="15:30")
    assert [(row.weekday, row.opens, row.closes) for row in hill.hours.all()] == [(2, time(9), time(15, 30))]
    assert ClinicChange.objects.filter(verb="clinic.hours", by=lena).exists()


@pytest.mark.parametrize(
    "said", [{"opens_2": "09:00"}, {}, {"opens_2": "16:00", "closes_2": "15:00"}, {"opens_2": "late"}]
)
def test_a_week_that_makes_no_sense_is_refused_in_words(
    office: Client, hill: Clinic, said: dict[str, str]
) -> None:
    assert "Nothing was changed." in send(office, hill, "hours", **said)
    assert not hill.hours.exists()


def test_what_was_typed_stays_on_the_page_when_it_is_refused(
    office: Client, hill: Clinic, mira: User
) -> None:
    week = send(office, hill, "hours", opens_2="09:00", closes_2="15:30", opens_4="08:15")
    assert re.findall(r'value="(\d\d:\d\d)"', week) == ["09:00", "15:30", "08:15"]
    order = send(office, hill, "on-call", **{f"place_{mira.clinician.pk}": "7"})
    assert 'value="7"' in order
    assert 'value="May Day"' in send(office, hill, "holiday-add", day="someday", name="May Day")


def test_a_cover_that_is_refused_stays_as_it_was_typed_and_beside_it_the_other_form_is_empty(
    office: Client, mira: User, lena: User
) -> None:
    address = reverse("admin:accounts_clinician_cover", args=[mira.clinician.pk])
    typed = {"to": lena.clinician.pk, "first_day": "2030-05-09", "last_day": "2030-05-01"}
    shown = office.post(address, typed).content.decode()
    assert "Nothing was changed." in shown
    assert re.findall(r'value="(2030-05-\d\d)"', shown) == ["2030-05-09", "2030-05-01"]
    assert len(re.findall(r"<option[^>]* selected", shown)) == 2  # the colleague, and "Choose…" above
    assert not Cover.objects.exists()


def test_a_holiday_is_added_and_taken_back(office: Client, hill: Clinic) -> None:
    day = date(2030, 5, 1)
    assert "May Day" in send(office, hill, "holiday-add", day=day.isoformat(), name="May Day")
    assert list(hill.holidays.values_list("day", flat=True)) == [day]
    assert "works on that day" in send(office, hill, "holiday-remove", day=day.isoformat())
    assert not hill.holidays.exists()
    assert "was no holiday" in send(office, hill, "holiday-remove", day=day.isoformat())


def test_a_holiday_that_has_passed_is_refused_by_its_field_and_stays_as_it_was_typed(
    office: Client, hill: Clinic
) -> None:
    address = reverse("admin:accounts_clinic_holiday-add", args=[hill.pk])
    shown = office.post(address, {"day": "2020-05-01", "name": "May Day"}).content.decode()
    assert "Nothing was changed. Day: This day has passed." in shown
    assert re.search(r'id="id_day_error|<ul class="errorlist"[^>]*><li>This day has passed', shown)
    assert 'value="2020-05-01"' in shown
    assert 'value="May Day"' in shown
    assert not hill.holidays.exists()
    assert not ClinicChange.objects.exists()


def test_a_holiday_has_passed_when_it_has_in_the_clinics_own_zone(hill: Clinic, lena: User) -> None:
    hill.timezone = "Pacific/Auckland"
    hill.save(update_fields=["timezone"])
    hill.refresh_from_db()
    at, day = datetime(2026, 3, 10, 12, tzinfo=UTC), date(2026, 3, 11)  # the 11th there, by an hour
    with pytest.raises(NotFitError):
        clinics.add_holiday(by=lena, at=at, clinic=hill, day=day - timedelta(days=1))
    clinics.add_holiday(by=lena, at=at, clinic=hill, day=day)
    assert hill.holidays.get().day == day


def test_a_field_that_is_refused_is_named(office: Client, hill: Clinic) -> None:
    assert "Nothing was changed. Day: Enter a valid date." in send(office, hill, "holiday-add", day="soon")
    assert "Tuesday, opens: Enter a valid time." in send(office, hill, "hours", opens_1="late")


def test_the_order_on_call_is_set_by_places(office: Client, hill: Clinic, mira: User, lena: User) -> None:
    places = {f"place_{mira.clinician.pk}": "1", f"place_{lena.clinician.pk}": "2"}
    assert "The on-call order is set." in send(office, hill, "on-call", **places)
    order = Clinician.objects.filter(on_call__isnull=False).order_by("on_call")
    assert list(order) == [mira.clinician, lena.clinician]
    twice = dict.fromkeys(places, "1")
    assert "have the same place" in send(office, hill, "on-call", **twice)


@pytest.mark.parametrize("name", ["hours", "holiday-add", "holiday-remove", "on-call"])
def test_the_forms_are_the_leads_alone_and_of_the_own_clinic(
    office: Client, hill: Clinic, lake: Clinic, mira: User, name: str
) -> None:
    own, far = (reverse(f"admin:accounts_clinic_{name}", args=[each.pk]) for each in (hill, lake))
    assert office.post(far, {"day": "2030-05-01"}).status_code == 404
    assert office.get(own).status_code == 405
    client = Client()
    client.force_login(mira)
    assert client.post(own, {"day": "2030-05-01"}).status_code == 404
    assert not ClinicChange.objects.exists()

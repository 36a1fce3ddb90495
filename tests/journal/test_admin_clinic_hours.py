"""The clinic's page says when it works and who is on call."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client

from journal.accounts.models import Clinician
from journal.actions import clinics
from tests.support import desk

pytestmark = pytest.mark.django_db


def page(settings: Any) -> str:
    settings.STAFF_NEEDS_SECOND_FACTOR = settings.SECURE_SSL_REDIRECT = False
    lead = Clinician.objects.get(role="lead")
    client = Client()
    client.force_login(lead.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/admin/accounts/clinic/{lead.clinic_id}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clinic_that_has_set_nothing_shows_the_usual_week(settings: Any) -> None:
    desk.clinician(desk.clinic(), lead=True)
    text = page(settings)
    assert "not set: Monday to Friday, 08:00–18:00" in text
    assert "nobody: the leads alone" in text


def test_what_the_clinic_has_set_is_shown(settings: Any) -> None:
    clinic = desk.clinic()
    desk.clinician(clinic, lead=True)
    otto = desk.clinician(clinic, "otto@hill.example", name="Otto Lux").clinician
    clinics.set_hours(by=None, at=desk.NOW, clinic=clinic, week={2: (time(9), time(15, 30))})
    clinics.set_on_call(by=None, at=desk.NOW, clinic=clinic, order=[otto])
    for year in (2020, date.today().year + 2):  # noqa: DTZ011  (far from today on either side)
        at = datetime(year, 1, 1, tzinfo=UTC)  # each in its own year
        clinics.add_holiday(by=None, at=at, clinic=clinic, day=date(year, 5, 1), name=f"May Day {year}")
    text = page(settings)
    assert "Wednesday 09:00–15:30" in text
    assert "Otto Lux" in text
    assert "May Day 2020" not in text
    assert f"May Day {date.today().year + 2}" in text  # noqa: DTZ011

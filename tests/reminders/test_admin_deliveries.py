"""Reminders and deliveries on the desk: the same scope, the same record of looks."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from journal.accounts.models import Clinician, Patient
from journal.models import StaffRead
from reminders.models import Delivery
from tests.support.people import a_clinic, a_clinician, a_patient

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def delivery(patient: Patient, physiotherapist: Clinician) -> Delivery:
    return Delivery.objects.create(
        patient=patient,
        topic="flag",
        kind="flag.opened",
        subject_id="00000000-0000-4000-8000-000000000001",
        to=physiotherapist.user,
        channel="email",
        key="one",
        due_at=NOW,
        last_error="TimeoutError",
        attempts=2,
    )


def test_a_delivery_that_does_not_go_out_is_seen_with_its_reason(
    client: Client, physiotherapist: Clinician, delivery: Delivery
) -> None:
    client.force_login(physiotherapist.user)
    for address in (
        reverse("admin:reminders_delivery_changelist"),
        reverse("admin:reminders_delivery_change", args=[delivery.pk]),
    ):
        page = client.get(address).content.decode()
        assert "TimeoutError" in page
        assert "Tue 10 Mar 2026, 10:00 (Europe/Berlin)" in page
    assert StaffRead.objects.filter(patient=delivery.patient, by=physiotherapist.user).count() == 2


def test_another_clinics_deliveries_are_out_of_reach(client: Client, delivery: Delivery) -> None:
    stranger = a_clinician(a_clinic("lake"), "zed")
    client.force_login(stranger.user)
    assert "00000000" not in client.get(reverse("admin:reminders_delivery_changelist")).content.decode()
    assert client.get(reverse("admin:reminders_delivery_change", args=[delivery.pk])).status_code == 404


@pytest.mark.parametrize("model", ["reminder", "occurrence", "delivery"])
def test_the_lists_open_and_filter(client: Client, physiotherapist: Clinician, model: str) -> None:
    a_patient(physiotherapist.clinic, "ada")
    client.force_login(physiotherapist.user)
    address = reverse(f"admin:reminders_{model}_changelist")
    assert client.get(address).status_code == 200
    choice = {"reminder": "kind__exact=exercise"}.get(model, "state__exact=sent")
    assert client.get(f"{address}?{choice}").status_code == 200
    assert client.get(f"{address}?patient__name=ada").status_code == 400

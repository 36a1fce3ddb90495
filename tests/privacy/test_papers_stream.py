"""What leaves in pieces leaves after the request is over, when nobody asks the database any more."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from journal.fence import scope
from tests.privacy.conftest import CANARY
from tests.support import desk as people
from tests.support.records import Cast

pytestmark = pytest.mark.django_db


def test_the_desks_file_has_its_rows_also_when_it_is_read_late(hill: Cast) -> None:
    desk = Client()
    people.signed_in(desk, hill.physiotherapist)
    address = reverse("admin:accounts_patient_export", args=[hill.patient.pk])
    people.entry(hill.patient, {"note": CANARY}, at=clock.now())
    answer: Any = desk.get(address)
    assert answer.status_code == 200
    with scope.within(scope.NOBODY):
        text = b"".join(answer.streaming_content).decode()
    assert CANARY in text

"""A clinic with its people, and a real SMTP server for those who need one."""

from collections.abc import Iterator
from typing import Any

import pytest

from journal.accounts.models import Clinic, Clinician, Patient
from tests.support.people import a_clinic, a_clinician, a_patient
from tests.support.smtp import Mailbox, smtp_server


@pytest.fixture
def clinic(db: None) -> Clinic:
    return a_clinic()


@pytest.fixture
def physiotherapist(clinic: Clinic) -> Clinician:
    return a_clinician(clinic, "thea")


@pytest.fixture
def patient(clinic: Clinic, physiotherapist: Clinician) -> Patient:
    return a_patient(clinic, physiotherapist=physiotherapist)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with smtp_server() as (mailbox, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield mailbox

"""A clinic with its people; a real SMTP server and a real HTTP server for those who need one."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from journal.accounts.models import Clinic, Clinician, Patient
from reminders.channels import webpush
from tests.support.peer import Peer, http_peer
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


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    """What is inside our own net is spoken to only where the operator says so."""
    with http_peer() as peer:
        settings.OUTBOUND_TRUSTED = [peer.place]
        yield peer


@pytest.fixture
def vapid(settings: Any) -> str:
    """A key as `manage.py vapid_keys` makes it; the public half."""
    printed = StringIO()
    call_command("vapid_keys", stdout=printed)
    settings.VAPID_PRIVATE_KEY = printed.getvalue().strip().partition("=")[2]
    settings.VAPID_SUBJECT = "mailto:it@clinic.example"
    return webpush.public_key()

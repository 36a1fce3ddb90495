"""Sessions and phones of people, as a sign-in leaves them."""

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from journal.accounts.models import Patient, User
from journal.accounts.sealed import opened
from reminders.actions import devices
from reminders.models import Device


def a_session(user: User) -> str:
    """The key of a session that is signed in."""
    store = _stores()()
    store[SESSION_KEY] = str(user.pk)
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store.save()
    key: str = store.session_key
    return key


def end_session(device: Device) -> None:
    """As a sign-out does."""
    _stores()().delete(opened(device.sealed_session))


def _stores() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def a_phone(
    patient: Patient, token: Any, *, at: datetime, kind: str = "webpush", session: str = "", label: str = ""
) -> Device:
    """Registered, in a session of its own unless one is given."""
    assert patient.user
    device, _ = devices.register(
        by=patient.user,
        at=at,
        patient=patient,
        kind=kind,
        token=token,
        label=label,
        session_key=session or a_session(patient.user),
    )
    return device

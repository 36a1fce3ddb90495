"""Sessions and phones of people, as a sign-in leaves them."""

from datetime import datetime
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from journal.accounts.models import Patient, User
from reminders.actions import devices
from reminders.models import Device


def a_session(user: User) -> str:
    """The key of a session that is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store.save()
    assert store.session_key
    return store.session_key


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

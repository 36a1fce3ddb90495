"""The reminders with which every patient starts."""

from datetime import datetime

from journal.accounts.models import Patient, User


def start(*, by: User | None, at: datetime, patient: Patient) -> None:
    """A daily exercise reminder and a weekly fall-prevention reminder."""

"""The patient's own reminder to exercise, daily at ten."""

from datetime import datetime, time

from journal.accounts.models import Patient
from reminders.actions import reminders
from reminders.models import Reminder


def exercise_at_ten(patient: Patient, *, at: datetime) -> Reminder:
    """Made at `at`."""
    return reminders.create(
        by=patient.user,
        at=at,
        patient=patient,
        kind="exercise",
        title="Move",
        rrule="FREQ=DAILY",
        local_time=time(10),
    )

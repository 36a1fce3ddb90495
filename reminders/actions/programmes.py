"""The reminders with which every patient starts."""

from datetime import datetime, time

from django.db import transaction

from journal.accounts.models import Patient, User
from reminders import wording
from reminders.actions import reminders

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


# Time, rhythm and kind of what a new patient begins with; titles come from the library with each turn.
BEGINNING = (
    ("exercise", "FREQ=DAILY", time(10)),
    ("fall-prevention", "FREQ=WEEKLY;BYDAY=MO", time(11)),
    # Three evenings a week are three days of a baseline within a fortnight, and not one more demand each day.
    ("log-today", "FREQ=WEEKLY;BYDAY=MO,WE,FR", time(19)),
    # Asked on Saturdays, and silent until half a year has passed since the last height.
    ("height", "FREQ=WEEKLY;BYDAY=SA", time(11, 30)),
)


@transaction.atomic
def start(*, by: User | None, at: datetime, patient: Patient) -> None:
    """Daily exercise at 10:00, a fall-prevention tip on Mondays, the journal on three evenings, height twice
    a year, all in local time.

    Late morning: morning stiffness has eased, and it is far from the night. The patient may change them all.
    """
    titles = wording.TITLES.get(patient.language, wording.TITLES["en"])
    for kind, rrule, local_time in BEGINNING:
        reminders.create(
            by=by,
            at=at,
            patient=patient,
            kind=kind,
            title=titles[kind],
            rrule=rrule,
            local_time=local_time,
            quiet_from=QUIET_FROM,
            quiet_until=QUIET_UNTIL,
        )

"""The reminders with which every patient starts."""

from datetime import datetime, time

from django.db import transaction

from journal.accounts.models import Patient, User
from reminders.actions import reminders

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


@transaction.atomic
def start(*, by: User | None, at: datetime, patient: Patient) -> None:
    """A daily exercise reminder at 10:00 and a fall-prevention reminder on Mondays at 11:00, local time.

    Late morning: morning stiffness has eased, and it is far from the night. The patient may change both.
    """
    for kind, title, rrule, local_time in (
        ("exercise", "Time for your exercises", "FREQ=DAILY", time(10)),
        ("fall-prevention", "A tip for steady feet", "FREQ=WEEKLY;BYDAY=MO", time(11)),
    ):
        reminders.create(
            by=by,
            at=at,
            patient=patient,
            kind=kind,
            title=title,
            rrule=rrule,
            local_time=local_time,
            quiet_from=QUIET_FROM,
            quiet_until=QUIET_UNTIL,
        )

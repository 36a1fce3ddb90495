"""A patient's record and account, taken out for good."""

from datetime import datetime

from django.db import connection

from journal.accounts.models import Patient
from journal.actions import changes

# A long record takes a second or two, and what other tables refer to is looked at when it ends.
_TIME = "SET LOCAL statement_timeout = '60s'"
_ERASE = "SELECT osteon_erase(%s, %s)"


def erase(*, at: datetime, patient: Patient) -> None:
    """Everything but a number that the trail points to, in one transaction; there is no way back.

    The line of it has no `by`: the account is gone, too. The looks of staff and the trail stay.

    Raises:
        Patient.DoesNotExist: erased already.
        django.db.ProgrammingError: asked for in the name of somebody else (journal.fence.erasure).
    """
    with changes.locked(patient) as locked:
        with connection.cursor() as cursor:
            cursor.execute(_TIME)
            cursor.execute(_ERASE, [locked.pk, at])
        locked.refresh_from_db(fields=["revision"])
        changes.record(by=None, at=at, patient=locked, verb="patient.erased", subject=f"patient:{locked.pk}")

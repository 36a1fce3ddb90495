"""That somebody took a copy of a whole record along."""

from datetime import datetime

from journal.accounts.models import Patient, User
from journal.actions import changes


def taken(*, by: User | None, at: datetime, patient: Patient, form: str) -> None:
    """On record before the first byte leaves, so that a copy that a thief takes is in the copy after it."""
    with changes.locked(patient) as locked:
        changes.record(
            by=by,
            at=at,
            patient=locked,
            verb="record.exported",
            subject=f"patient:{locked.pk}",
            data={"as": form},
        )

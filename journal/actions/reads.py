"""Every look of staff at a patient's record, written before the page is shown."""

from collections.abc import Iterable

from journal.accounts.models import Patient, User
from journal.models import StaffRead


def record(*, by: User, patients: Iterable[Patient], route: str) -> None:
    """One row a patient; stamped by the database's clock. When it can't be written, the look is refused."""
    StaffRead.objects.bulk_create([StaffRead(by=by, patient=patient, route=route) for patient in patients])

"""Every look of staff at a patient's record, written before the page is shown."""

from collections.abc import Iterable

from journal.accounts.models import Patient, User
from journal.models import StaffRead


def record(*, by: User, patients: Iterable[Patient], route: str, how: str = "page") -> None:
    """One row a patient (`how`: journal.content.looks), stamped by the database, which refuses a look in
    another's name. When it can't be written, this raises and the look is refused.
    """
    role = role_of(by)
    StaffRead.objects.bulk_create(
        [StaffRead(by=by, patient=patient, route=route, how=how, role=role) for patient in patients]
    )


def role_of(person: User) -> str:
    """What the person is to the clinic at this moment."""
    clinician = getattr(person, "clinician", None)
    return str(clinician.role) if clinician else "operator"

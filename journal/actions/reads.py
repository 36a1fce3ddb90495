"""Every look of staff at a patient's record, written before the page is shown."""

from collections.abc import Iterable

from journal.accounts.models import Patient, User
from journal.models import StaffRead


def record(*, by: User, patients: Iterable[Patient], route: str, how: str = "page") -> None:
    """One row a patient (`how`: journal.content.looks), stamped by the database, which refuses a look in
    another's name. When it can't be written, this raises and the look is refused.
    """
    seen = [patient.pk for patient in patients]
    if seen:
        StaffRead.objects.write(by=by, patients=seen, route=route, how=how, role=role_of(by))


def role_of(person: User) -> str:
    """What the person is to the clinic at this moment."""
    clinician = getattr(person, "clinician", None)
    return str(clinician.role) if clinician else "operator"

"""A clinic, and who works in it."""

from journal.accounts.models import Clinic, Clinician, User


def open_clinic(
    *, slug: str, name: str, timezone: str, phone: str = "", emergency_number: str = "112"
) -> Clinic:
    """A clinic without people; `timezone` is an IANA name."""
    return Clinic.objects.create(
        slug=slug, name=name, timezone=timezone, phone=phone, emergency_number=emergency_number
    )


def add_clinician(*, clinic: Clinic, user: User, role: Clinician.Role) -> Clinician:
    """The person sees the clinic's patients from now on, when the account is one of staff."""
    return Clinician.objects.create(clinic=clinic, user=user, role=role)

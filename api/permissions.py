"""Who may use the patient's API, and whose record it is about."""

from typing import TYPE_CHECKING, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from journal.accounts.models import Patient, User

if TYPE_CHECKING:  # DRF's views import this module through its settings
    from rest_framework.views import APIView


class IsPatient(BasePermission):
    """Signed in and enrolled as a patient."""

    message = "This account is not enrolled as a patient."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        person = cast(User | None, request.user)
        return person is not None and Patient.objects.filter(user=person).exists()


def user_of(request: Request) -> User:
    """The person who asks."""
    return cast(User, request.user)


def patient_of(request: Request) -> Patient:
    """The own record of the person who asks; nobody else's can be named through the API."""
    return Patient.objects.select_related("clinic").get(user=user_of(request))

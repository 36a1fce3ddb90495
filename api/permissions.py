"""Who may use the patient's API, and whose record it is about."""

import re
from typing import TYPE_CHECKING, cast

from django.conf import settings
from pydantic import BaseModel, ConfigDict
from rest_framework.exceptions import APIException, ParseError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from journal.accounts.models import Patient, User
from journal.fence import scope

if TYPE_CHECKING:  # DRF's views import this module through its settings
    from rest_framework.views import APIView


VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")


class AppTooOldError(APIException):
    """This version of the app can't be used any more."""

    status_code = 426
    default_detail = "This version of the app can't be used any more. Please update it."
    default_code = "app-too-old"


class IsCurrentApp(BasePermission):
    """An app that says its version in `X-App-Version` is not older than `MINIMUM_APP_VERSION`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        said, least = request.headers.get("X-App-Version", ""), settings.MINIMUM_APP_VERSION
        if not said:
            return True
        if not VERSION.fullmatch(said):
            raise ParseError("X-App-Version is written as in 1.4.2.", code="invalid-app-version")
        if least and _numbers(said) < _numbers(least):
            raise AppTooOldError
        return True


def _numbers(version: str) -> tuple[int, ...]:
    """1.4 is 1.4.0.0."""
    found = [*map(int, version.split(".")), 0, 0, 0]
    return tuple(found[:4])


class IsPatient(BasePermission):
    """Signed in and enrolled as a patient."""

    message = "This account is not enrolled as a patient."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        person = cast(User | None, request.user)
        if person is None:
            return False
        record: Patient | None = getattr(person, "patient", None)  # read with the session, as a rule
        if record is not None:
            scope.become(scope.patient(person.pk, record.pk, record.clinic_id))
        return record is not None


class Nothing(BaseModel):
    """What is read where nothing may stand."""

    model_config = ConfigDict(extra="forbid")


class IsAskedWhatItKnows(BasePermission):
    """A parameter behind the question mark that nobody reads is refused by its name.

    A view that reads parameters itself names the methods in `asks`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        offered = method != "OPTIONS" and method in view.allowed_methods
        if offered and method not in getattr(view, "asks", ()):
            Nothing.model_validate(request.query_params.dict())
        return True


def user_of(request: Request) -> User:
    """The person who asks."""
    return cast(User, request.user)


def patient_of(request: Request) -> Patient:
    """The own record of the person who asks; nobody else's can be named through the API.

    As it was when the request came: what needs the newest revision reads it under the lock.
    """
    return user_of(request).patient

"""Doors answer and work alike whether or not an address has an account, at every step.

allauth answers the first step of each door alike. Behind it, it asks the database less, or says more, about
an account than about none: which the clock, or a second step with a wrong code, brings to light.
"""

from typing import Any

from allauth.account import auth_backends, forms
from allauth.account.internal import userkit
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import user_pk_to_url_str
from allauth.headless.account.inputs import ResetPasswordInput, ResetPasswordKeyInput
from allauth.headless.account.views import ResetPasswordView
from allauth.headless.internal.restkit.response import ErrorResponse
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from journal.accounts.models import User

NOBODY = 0  # no account has this number
_found_by_allauth = userkit.filter_users_by_email
_state = AbstractCodeVerificationProcess.initial_state
_serialized = Login.serialize


def users_by_email(email: str, *, prefer_verified: bool = False, **more: Any) -> list[User]:
    """What allauth's `filter_users_by_email` gives, by the same statements for every address.

    It looks into a second table only when the first knows no confirmed address.
    """
    found: list[User] = _found_by_allauth(email, **more)
    if not prefer_verified:
        return found
    confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True)
    whose = set(confirmed.values_list("user_id", flat=True))
    return [user for user in found if user.pk in whose] or found


class _New(dict[str, Any]):
    """The state of a code that is mailed now; the next request finds a plain one in its session."""


def _of_somebody(user: Any, *said: Any, **more: Any) -> _New:
    """Nobody has a number to be looked up by, too."""
    return _New({"user_id": str(NOBODY), **_state(user, *said, **more)})


def _looked_up_once(process: Any) -> Any:
    """Whose code it is, asked once a request, also when it is nobody's."""
    if not isinstance(process.state, _New) and not hasattr(process, "looked_up"):
        process.looked_up = True
        process._user = User.objects.filter(pk=int(process.state.get("user_id", NOBODY))).first()
    return process._user


def _by_somebody(login: Login) -> Any:
    said = _serialized(login)
    return {**said, "user_pk": said["user_pk"] or user_pk_to_url_str(User(pk=NOBODY))}


def make_alike() -> None:
    """From here on allauth looks nobody up as it looks up somebody."""
    for module in (userkit, auth_backends, forms):
        module.filter_users_by_email = users_by_email  # type: ignore[attr-defined]
    AbstractCodeVerificationProcess.initial_state = _of_somebody
    AbstractCodeVerificationProcess.user = property(_looked_up_once)
    Login.serialize = _by_somebody


class NewPassword(ResetPasswordInput):  # type: ignore[misc]
    """Nothing is said of the password before the code is right: an account's rules and names would show."""

    def clean(self) -> Any:
        return self.cleaned_data if "key" in self.errors else super().clean()


class ResetView(ResetPasswordView):  # type: ignore[misc]
    """Counts wrong codes for nobody as well, and ends after as many."""

    input_class = NewPassword

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get("X-Password-Reset-Key", "")
        said = ResetPasswordKeyInput({"key": key}, code=self.process.code)
        if said.is_valid():
            answer: HttpResponseBase = super().get(request, *args, **kwargs)
            return answer
        self.process.record_invalid_attempt()
        wrong: HttpResponseBase = ErrorResponse(request, input=said)
        return wrong

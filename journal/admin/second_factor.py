"""Whether this very session has shown a second factor.

That the account has one is not enough: a session opened by password alone, before the factor was set up,
would otherwise come in with it.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from journal.accounts.models import User

SHOWN_BY = "second_factor_shown_by"


def proved(request: HttpRequest) -> bool:
    shown = request.session.get(SHOWN_BY) == request.user.pk
    return shown and bool(is_mfa_enabled(request.user))


def next_step(request: HttpRequest) -> str:
    """The page that leads on: set a factor up, or show the one there is. Keys have a page of theirs."""
    if not is_mfa_enabled(request.user):
        return "mfa_activate_totp"
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn"


def remember(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Setting a factor up proves it as well as using it does."""
    request.session[SHOWN_BY] = user.pk


def listen() -> None:
    authenticator_added.connect(remember, dispatch_uid="desk-factor-added")
    authenticator_used.connect(remember, dispatch_uid="desk-factor-used")

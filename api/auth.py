"""Who is asking: the session token of the app, and allauth's adapter."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from rest_framework.request import Request

from journal.fence import scope


class SessionToken(XSessionTokenAuthentication):  # type: ignore[misc]
    """`X-Session-Token` as allauth headless gives it to an app."""

    def authenticate(self, request: Request) -> Any:
        """From here on the database is asked in this person's name."""
        found = super().authenticate(request)
        if found is not None:
            scope.become(scope.person(found[0].pk))
        return found

    def authenticate_header(self, request: Request) -> str:
        """Without a challenge DRF would answer 403 where 401 is meant."""
        return 'Session realm="osteon"'


class SessionTokens(SessionTokenStrategy):  # type: ignore[misc]
    """The session's key is the token; it is looked up by the one query that reads it, not by two."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        found: SessionBase | None = sessionkit.lookup_session(session_token)
        return found


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up happens in the app alone, with an invitation: the form refuses all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return request.path.startswith("/_allauth/app/")

"""Who is asking: the session token of the app, and what Osteon does otherwise than allauth."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core import context as asking
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils import timezone as clock
from rest_framework.request import Request

from api.addresses import address_of
from api.sessions import signed_in
from journal.accounts.models import User
from journal.accounts.sealed import opened, sealed
from journal.actions import sessions
from journal.fence import scope

log = logging.getLogger(__name__)
# Mail of the sign-in goes out beside the answer: neither its time nor its errors tell of an account.
_mail = ThreadPoolExecutor(2, thread_name_prefix="sign-in-mail")


class SessionToken(XSessionTokenAuthentication):  # type: ignore[misc]
    """`X-Session-Token` as allauth headless gives it to an app."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """From here on the database is asked in this person's name. A token that is used lasts on."""
        token = self.get_session_token(request)
        if not token or not _may_be_a_key(token):
            return None
        found: tuple[User, Any] | None = signed_in(token) or super().authenticate(request)
        if found:
            person, session = found
            scope.become(scope.person(person.pk))
            sessions.keep(
                at=clock.now(),
                key=session.session_key,
                expires=session.expires,
                lasts=session.get_expiry_age(),
            )
        return found

    def authenticate_header(self, request: Request) -> str:
        """Without a challenge DRF would answer 403 where 401 is meant."""
        return 'Session realm="osteon"'


def _may_be_a_key(token: str) -> bool:
    """No key of ours looks otherwise, and the database takes no NUL."""
    return token.isascii() and token.isalnum()


class SessionTokens(SessionTokenStrategy):  # type: ignore[misc]
    """The session's key is the token; it is looked up by the one query that reads it, not by two."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        if not _may_be_a_key(session_token):
            return None
        found: SessionBase | None = sessionkit.lookup_session(session_token)
        return found


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up happens in the app alone, with an invitation: the form refuses all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return request.path.startswith("/_allauth/app/")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Looks at no password that api.doors didn't count. Of a closed account every password is wrong."""
        if not getattr(request, "guess_counted", False):
            raise RuntimeError("A password came to a door without a counter.")
        user: User | None = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def set_password(self, user: User, password: str) -> None:
        """A first password beside a passkey is a way in of its own: who holds a found phone does not get one.

        Changing a password asks for the one there is.
        """
        request = asking.request
        if request.user.is_authenticated and request.user.pk == user.pk and not user.has_usable_password():
            raise_if_reauthentication_required(request, app="allauth.account")
        super().set_password(user, password)

    def get_client_ip(self, request: HttpRequest | None) -> str:
        return address_of(request) if request else ""

    def get_http_user_agent(self, request: HttpRequest | None) -> str:
        """What a stranger wrote into a header stands in no mail."""
        return ""

    def send_account_already_exists_mail(self, email: str) -> None:
        """This sign-up takes as long as one that makes an account."""
        asking.request.sign_up.as_if_free(asking.request)
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Also of what an operator did by a command, when nobody asks."""
        request = asking.request
        host = urlsplit(settings.PUBLIC_URL).netloc
        site = get_current_site(request) if request else SimpleNamespace(name=host, domain=host)
        words = {"request": request, "email": email, "current_site": site, **context}
        message = self.render_mail(template_prefix, email, words)
        _mail.submit(message.send).add_done_callback(_note_failure)


def _note_failure(sent: "Future[int]") -> None:
    if error := sent.exception():
        log.error("mail of the sign-in was not sent: %s", type(error).__name__)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed in the database."""

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return opened(encrypted_text)

"""One counter before every door that takes a secret.

Whatever changes something under the addresses of the sign-in is counted before anybody looks at it, by the
accounts that it may concern and by the network it comes from, unless it is named here as harmless: a door
that a later version of allauth adds is counted without anybody thinking of it. Right secrets are taken back.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone as clock
from fido2.utils import websafe_decode
from rest_framework.exceptions import ParseError

from api.addresses import network_of
from api.alike import NOBODY, users_by_email
from api.errors import plain_answer
from api.parsing import object_of
from api.sessions import SessionStore
from journal.accounts.models import User
from journal.actions import guesses, known_devices
from journal.actions.guesses import Limit

APP, DESK = "_allauth/", "accounts/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# With a session and nothing else to prove; to leave must be possible at any time.
HARMLESS = {
    "_allauth/app/v1/auth/session",
    "_allauth/app/v1/auth/sessions",
    "_allauth/app/v1/tokens/refresh",
    "accounts/logout/",
    "accounts/sessions/",
}
# Secrets that come with a GET.
SECRET_HEADERS = ("X-Email-Verification-Key", "X-Password-Reset-Key")
# These send mail whatever they are told, or lead on after a wrong code too: nothing shows what was right.
NEVER_TAKEN_BACK = {
    "_allauth/app/v1/auth/password/request",
    "_allauth/app/v1/auth/email/verify/resend",
    "_allauth/app/v1/account/email",
    "accounts/password/reset/",
    "accounts/password/reset/confirm/",
    "accounts/confirm-email/",
    "accounts/login/code/confirm/",
    "accounts/email/",
    "accounts/2fa/webauthn/login/",
}
# Together 20 guesses at one account in five minutes, 100 a day. Strangers can't use up the devices' share.
STRANGERS, KNOWN_DEVICES, NETWORK = (15, 75), (5, 25), (100, 1000)
DEVICE_HEADER = "X-Device-Token"
LONGEST_EMAIL = 254
PERSON = "person:"


class DoorsMiddleware:
    """Counts, refuses, takes back; and gives a device that signed in a token to be known by."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if counted := getattr(request, "guess", None):
            at, limits = counted
            if _was_right(request, response):
                guesses.take_back(at=at, keys=[one.key for one in limits])
        if user := getattr(request, "signed_in", None):
            _recognise(request, response, user)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        if refused := _unreadable(request):
            return refused
        if not takes_a_secret(request):
            return None
        at, limits = clock.now(), _limits(request)
        if wait := guesses.count(at=at, limits=limits):
            return _refused(request, wait)
        request.guess = (at, limits)  # type: ignore[attr-defined]
        request.guess_counted = True  # type: ignore[attr-defined]
        return None


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """Bodies of the app's sign-in are read with the care of the API: allauth would answer with nothing in it,
    or break.
    """
    if not route_of(request).startswith(APP) or request.method == "GET" or not request.body:
        return None
    try:
        request.said = object_of(request.body)  # type: ignore[attr-defined]
    except ParseError as error:
        return plain_answer(400, str(error), code="invalid-json")
    return None


def route_of(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else ""


def takes_a_secret(request: HttpRequest) -> bool:
    """Whether the request is a guess at something, as long as it may be wrong."""
    route = route_of(request)
    if not route.startswith((APP, DESK)) or route in HARMLESS:
        return False
    if request.method in SAFE:
        return any(name in request.headers for name in SECRET_HEADERS)
    return True


def _was_right(request: HttpRequest, response: HttpResponse) -> bool:
    """In the app's answers 400 alone means wrong; 401 asks for the next step. The desk leads on if right."""
    route, status = route_of(request), response.status_code
    if route in NEVER_TAKEN_BACK or status >= 500:
        return False
    return status != 400 if route.startswith(APP) else status == 302


def _limits(request: HttpRequest) -> list[Limit]:
    """What this guess counts for. The right person's own device has a count that no stranger can use up."""
    accounts = sorted(set(_accounts(request)))
    users = [int(account.removeprefix(PERSON)) for account in accounts if account.startswith(PERSON)]
    known = known_devices.known(token=_token(request), users=users or [NOBODY])  # asked for nobody as well
    if known and len(users) == len(accounts):
        return [guesses.limit("known", account, *KNOWN_DEVICES) for account in accounts]
    network = guesses.limit("network", network_of(request), *NETWORK)
    return [network, *(guesses.limit("account", account, *STRANGERS) for account in accounts)]


def _accounts(request: HttpRequest) -> Iterator[str]:
    """Everybody whom this guess may concern: named in it, signed in, or on the way to be."""
    session = _session(request)
    if SESSION_KEY in session:
        yield f"{PERSON}{session[SESSION_KEY]}"
    pending = session.get("account_login")
    if isinstance(pending, dict) and pending.get("user_pk", str(NOBODY)) != str(NOBODY):
        yield f"{PERSON}{url_str_to_user_pk(pending['user_pk'])}"
    for process in ("account_email_verification_code", "account_password_reset_verification"):
        yield from _of_process(session.get(process) or {})
    said = _said(request)
    for name in ("email", "login"):
        yield from _of_email(said.get(name))
    yield from _of_passkey(said.get("credential"))


def _of_process(state: Mapping[str, Any]) -> Iterator[str]:
    """Of a mailed code that is waited for. Also an account's address is looked up, as one that nobody has."""
    named = list(_of_email(state.get("email")))
    yield from named if state.get("user_id", str(NOBODY)) == str(NOBODY) else [f"{PERSON}{state['user_id']}"]


def _of_email(said: object) -> Iterator[str]:
    """Those whom allauth would look up by it; an address that nobody has is counted just the same."""
    if not isinstance(said, str) or not said.strip():
        return
    email = said.strip().lower()
    if len(email) > LONGEST_EMAIL or "\x00" in email:
        return  # no such account, and the form refuses it
    users = users_by_email(email, prefer_verified=True, for_login=True)
    yield from (f"{PERSON}{user.pk}" for user in users) if users else (email,)


def _of_passkey(credential: object) -> Iterator[str]:
    """A passkey says by itself whose it is."""
    said = json.loads(credential) if isinstance(credential, str) and _is_json(credential) else credential
    try:
        handle = said["response"]["userHandle"]  # type: ignore[index]
        yield f"{PERSON}{int(url_str_to_user_pk(websafe_decode(handle).decode()))}"
    except (AttributeError, KeyError, TypeError, ValueError):
        return


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _session(request: HttpRequest) -> Mapping[str, Any]:
    """The app's by its header, the browser's by its cookie."""
    if route_of(request).startswith(APP):
        return SessionStore(request.headers.get("X-Session-Token")).load_if_any()
    return request.session


def _said(request: HttpRequest) -> Mapping[str, Any]:
    if not route_of(request).startswith(APP):
        return request.POST
    said: dict[str, Any] = getattr(request, "said", {})
    return said


def _token(request: HttpRequest) -> str:
    return request.headers.get(DEVICE_HEADER) or request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def _refused(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """The same for every account, whether there is one or not."""
    seconds = max(math.ceil(wait.total_seconds()), 1)
    if route_of(request).startswith(APP):
        detail = "Too many attempts. Please wait, or use a device on which you signed in before."
        response: HttpResponse = plain_answer(429, detail, code="too-many-guesses")
    else:
        response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _recognise(request: HttpRequest, response: HttpResponse, user: User) -> None:
    given = known_devices.remember(at=clock.now(), user=user, token=_token(request))
    if given is None:
        return
    if route_of(request).startswith(APP):
        response[DEVICE_HEADER] = given
        return
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        given,
        max_age=known_devices.KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

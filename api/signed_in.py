"""What happens when somebody has signed in, through whichever door."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from journal.accounts.models import User
from journal.admin.middleware import IDLE_SECONDS


def note(*, request: HttpRequest, user: User, **_: Any) -> None:
    """The device is to be known (api.doors); a session of staff is short, even one that began in the app."""
    request.signed_in = user  # type: ignore[attr-defined]
    if user.is_staff:
        request.session.set_expiry(IDLE_SECONDS)


def listen() -> None:
    user_logged_in.connect(note, dispatch_uid="signed-in")

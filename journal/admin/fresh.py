"""Pages that ask again who is there: an export leaves the house, and the person may have left the desk."""

import functools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from journal.admin.desk import person

FRESH_FOR = timedelta(minutes=5)
P = ParamSpec("P")


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session showed a password or a second factor within five minutes."""
    shown = [record["at"] for record in get_authentication_records(request, person(request))]
    return bool(shown) and time.time() - max(shown) < FRESH_FOR.total_seconds()


def fresh_sign_in_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For what is exported: asks for the password or the second factor again, then goes on where it was."""

    @functools.wraps(view)
    def asking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asking

"""What asks again who is there, as who signed in may have left the desk: an export, and closing a flag."""

import functools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from journal.accounts.models import Patient
from journal.admin.desk import person

FRESH_FOR = timedelta(minutes=5)
TYPED, MOST_TYPED = "typed_when_asked", 8
P = ParamSpec("P")


def is_fresh(request: HttpRequest, lasts: timedelta = FRESH_FOR) -> bool:
    """Whether this session showed a password or a second factor within that time."""
    shown = [record["at"] for record in get_authentication_records(request, person(request))]
    return bool(shown) and time.time() - max(shown) < lasts.total_seconds()


def may_close(request: HttpRequest) -> bool:
    """Whether a flag may be closed without asking again who is there."""
    return is_fresh(request, settings.CLOSING_CONFIRMED_FOR)


def still_sees(request: HttpRequest, patient: Patient) -> bool:
    """Whether this session counts at this moment, and its person may see the patient, whatever it was when
    the request came.
    """
    now = HttpRequest()
    now.session = type(request.session)(request.session.session_key)
    now.user = get_user(now)
    return (
        admin.site.has_permission(now) and Patient.objects.visible_to(now.user).filter(pk=patient.pk).exists()
    )


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


def ask(request: HttpRequest, *, place: str, sent: QueryDict, then: str) -> HttpResponse:
    """Keeps what was typed under `place` and asks; who has confirmed goes on at `then`, which takes it up.

    A place for each flag, as a round may be made in several tabs.
    """
    kept = {name: text for name, text in request.session.get(TYPED, {}).items() if name != place}
    kept = dict([*kept.items(), (place, sent.urlencode())][-MOST_TYPED:])
    request.session[TYPED] = kept
    messages.info(request, _("Closing a flag asks now and then who is at the desk. What you typed is kept."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}")


def take_up(request: HttpRequest, place: str) -> QueryDict | None:
    """What was typed there, once; None when nothing waits."""
    if place not in request.session.get(TYPED, {}):
        return None
    typed = request.session[TYPED].pop(place)
    request.session.modified = True
    if may_close(request):
        messages.info(request, _("Thank you. What you typed is below: press Resolve once more to close."))
    return QueryDict(typed)

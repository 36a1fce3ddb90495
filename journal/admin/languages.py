"""Where a member of staff says in which language the desk is to speak."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from journal.actions import accounts
from journal.actions.refusals import RefusedError
from journal.admin import words
from journal.admin.desk import person


def choose(request: HttpRequest) -> HttpResponse:
    """One press in the menu of the account; back to the page on which it was pressed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by, language = person(request), request.POST.get("language", "")
    try:
        accounts.choose_language(by=by, at=timezone.now(), user=by, language=language)
        translation.activate(language)
    except RefusedError as refusal:
        messages.warning(request, words.refused(refusal))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Only ever a page of the desk, whatever was sent."""
    wanted = request.POST.get("next", "")
    start = reverse("admin:index")
    safe = wanted.startswith(start) and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else start


def action(request: HttpRequest) -> str:
    """Where the menu sends the choice."""
    return reverse("admin:language")


def listed(request: HttpRequest) -> list[dict[str, str]]:
    """The languages by their own names."""
    return [{"code": code, "name_local": name} for code, name in settings.LANGUAGES]

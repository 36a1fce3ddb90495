"""What holds on the pages of the desk and of its sign-in, and nowhere else."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, user_logged_in
from django.contrib.auth import logout as sign_out
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from journal.accounts.models import BrokenGlass, Clinician, User
from journal.fence import scope

DESK, DESK_PATHS = "/admin/", ("/admin/", "/accounts/")
IDLE_SECONDS = 20 * 60
IDLE_GRACE = 60
# Pages of the desk that name no patient. Any other one is answered only when it has said whom it shows.
NAMES_NOBODY = frozenset(
    {
        "admin:journal_flag_news",
        *("admin:quality", "admin:jsi18n", "admin:login", "admin:index", "admin:language"),
        *("admin:accounts_clinic_changelist", "admin:accounts_clinic_change"),
        *("admin:accounts_clinician_changelist", "admin:accounts_clinician_change"),
        *("admin:accounts_invitation_new", "admin:glass"),
        *("admin:accounts_clinician_hand-over", "admin:accounts_clinician_cover"),
        *(
            "admin:accounts_clinic_hours",
            "admin:accounts_clinic_holiday-add",
            "admin:accounts_clinic_on-call",
        ),
    }
)
SAID = "looks_are_written"
STANDS_AS = "stands_as"
# A page that lies open asks for news by itself; that is nobody at the desk, and keeps no session alive.
UNATTENDED = "X-Osteon-Unattended"

log = logging.getLogger(__name__)


class DeskMiddleware:
    """A staff session ends after 20 idle minutes; the desk speaks the language that the person chose, or the
    browser's when none was chosen; the database is asked in the name of the person signed in, and a session
    ends when that person's place in the clinic does; and no page about patients goes out unrecorded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK_PATHS):
            return self.get_response(request)
        if isinstance(request.user, User):
            become(request.user)
        if not stands_as_before(request):
            sign_out(request)
        if isinstance(request.user, User):
            speak(request.user)
        response = self.get_response(request)
        if request.user.is_authenticated and request.user.is_staff and UNATTENDED not in request.headers:
            keep_awake(request)
        return accounted_for(request, response)


def speak(user: User) -> None:
    """Before anybody is known, or chose, the language is what the browser asks for (LocaleMiddleware)."""
    if user.language in dict(settings.LANGUAGES):
        translation.activate(user.language)


def keep_awake(request: HttpRequest) -> None:
    """Twenty idle minutes begin anew; written down once a minute, not with every page."""
    ends = getattr(request.session, "expires", None)
    left = (ends - timezone.now()).total_seconds() if ends else 0.0
    if request.session.modified or not IDLE_SECONDS - IDLE_GRACE <= left <= IDLE_SECONDS:
        request.session.set_expiry(IDLE_SECONDS)


def stands_as_before(request: HttpRequest) -> bool:
    """A session of one clinic, or of a lead, is none of another, nor of a closed account: what it holds (a
    message that names somebody, a note that was typed) was meant for who the person was.
    """
    user = request.user
    if not isinstance(user, User):
        return SESSION_KEY not in request.session
    now = _standing(user, getattr(user, "clinician", None))
    return bool(request.session.setdefault(STANDS_AS, now) == now)


def _standing(user: User, clinician: Clinician | None) -> list[Any]:
    works = [clinician.clinic_id, clinician.role] if clinician and user.is_staff else []
    return [user.is_staff, user.is_superuser, *works]


def remember_standing(*, request: HttpRequest, user: User, **_: Any) -> None:
    """With the session that begins, so that no page has to write it."""
    with scope.within(scope.person(user.pk)):
        found = Clinician.objects.filter(user=user.pk).first() if user.is_staff else None
    request.session[STANDS_AS] = _standing(user, found)


def become(user: User) -> None:
    """The scope of a person on the desk: their clinic, the clinics' office, a clinic whose glass they broke,
    or their own place alone.
    """
    scope.become(scope.person(user.pk))
    clinician = getattr(user, "clinician", None)
    if not user.is_active or not user.is_staff:
        return
    if clinician is not None:
        scope.become(scope.staff(user.pk, clinician.clinic_id))
    elif user.is_superuser:
        glass = BrokenGlass.objects.open_for(user).order_by("-at").first()
        scope.become(scope.staff(user.pk, glass.clinic_id) if glass else scope.office(user.pk))


def accounted_for(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, unless it is a page of the desk that neither names nobody nor has written its looks.

    Raises:
        PermissionDenied: it may show a patient, and nothing was recorded.
    """
    match = request.resolver_match
    page = request.path.startswith(DESK) and response.status_code < 300
    if not page or match is None or match.view_name in NAMES_NOBODY or hasattr(request, SAID):
        return response
    log.error("a page of the desk recorded no look: %s", match.view_name)
    raise PermissionDenied


def looks_are_written(request: HttpRequest) -> None:
    """Called once the looks of this answer are in the database; an answer about nobody has none."""
    setattr(request, SAID, True)


def listen() -> None:
    user_logged_in.connect(remember_standing, dispatch_uid="desk-standing")

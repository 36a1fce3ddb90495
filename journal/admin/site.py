"""The admin site: staff only, with a second factor outside the demo."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import logout as sign_out
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from unfold.sites import UnfoldAdminSite

from journal.admin import second_factor

# The one looser policy: unfold's Alpine evaluates strings and sets styles. Nothing leaves the own origin.
DESK_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}

View = Callable[..., HttpResponseBase]


class OsteonAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """The physiotherapist's desk."""

    site_title = "Osteon"
    site_header = "Osteon"

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_NEEDS_SECOND_FACTOR or second_factor.proved(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """`redirect_to` is where the choice of a language leads back to."""
        back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
        return {**super().each_context(request), "redirect_to": back}

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return csp_update(DESK_POLICY)(super().admin_view(view, cacheable))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from journal.admin import glass, languages, quality

        def of_quality(request: HttpRequest) -> HttpResponse:
            return quality.page(request, self)

        def of_glass(request: HttpRequest) -> HttpResponse:
            return glass.page(request, self)

        return [
            path("quality/", self.admin_view(of_quality), name="quality"),
            path("glass/", self.admin_view(of_glass), name="glass"),
            path("language/", self.admin_view(languages.choose), name="language"),
            # No row here has a page elsewhere, and an id of another kind would be an error there.
            *(one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"),
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Nobody signs in here: allauth does it, with its limits and its second factor."""
        next_url = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(
            next_url, {request.get_host()}, require_https=request.is_secure()
        ):
            next_url = ""
        if request.user.is_anonymous:
            return _to("account_login", next_url)
        if not super().has_permission(request):
            raise PermissionDenied
        if self.has_permission(request):
            return redirect(next_url or "admin:index")
        return _to(second_factor.next_step(request), next_url)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sign_out(request)
        return redirect("account_login")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A clinician lands on the queue; an operator without a clinic on the staff of the clinics."""
        if hasattr(request.user, "clinician"):
            return redirect("admin:journal_flag_changelist")
        return redirect("admin:accounts_clinician_changelist")

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:index")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No form here completes names, so nothing may list them unrecorded."""
        raise Http404

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        raise Http404


def _to(name: str, next_url: str) -> HttpResponse:
    response = redirect(name)
    if next_url:
        response["Location"] += "?" + urlencode({REDIRECT_FIELD_NAME: next_url})
    return response

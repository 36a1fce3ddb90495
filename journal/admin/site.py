"""The admin site: staff only, with a second factor outside the demo."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class OsteonAdminSite(UnfoldAdminSite):
    """The physiotherapist's desk."""

    site_title = "Osteon"
    site_header = "Osteon"

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_NEEDS_SECOND_FACTOR or is_mfa_enabled(request.user)


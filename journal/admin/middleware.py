"""What holds on the pages of the desk and of its sign-in, and nowhere else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

DESK_PATHS = ("/admin/", "/accounts/")
IDLE_SECONDS = 20 * 60


class DeskMiddleware:
    """A staff session ends after 20 idle minutes; the desk speaks one language, not half of two."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK_PATHS):
            return self.get_response(request)
        translation.activate("en")
        response = self.get_response(request)
        if request.user.is_authenticated and request.user.is_staff:
            request.session.set_expiry(IDLE_SECONDS)
        return response

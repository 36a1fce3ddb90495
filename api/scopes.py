"""A request asks the database in nobody's name until it is known whose it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from journal.fence import scope


class ScopeMiddleware:
    """The outermost: whatever a request becomes on the way, the next one in this thread starts as nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scope.within(scope.NOBODY):
            return self.get_response(request)

"""What every answer carries, and what every log line may say."""

import logging
import re
import traceback
import uuid
from collections.abc import Callable
from dataclasses import asdict

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

from api.addresses import address_of

log = logging.getLogger(__name__)
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Echoes X-Request-ID, or makes one; marks whatever belongs to a person as not to be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if SAFE_ID.fullmatch(given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """One line for an unhandled error: its kind and place. Its text and values may be a patient's."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        log.error("unhandled %s at %s", type(error).__name__, place)


class ContentSecurityPolicy(CSPMiddleware):
    """The package's own puts the header together anew for each answer; only the desk's pages have one of
    their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.usual: str = build_policy(**asdict(self.get_policy_parts(HttpRequest(), HttpResponse())))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        special = not OF_THE_POLICY.isdisjoint((*vars(response), *vars(request)))
        if special or settings.DEBUG or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = self.usual
        return response


# What a view sets to have another policy than the usual one.
OF_THE_POLICY = frozenset(
    {"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt", "_csp_exempt_ro", "_csp_nonce"}
)


class RequestLogMiddleware(RequestMiddleware):
    """One line when a request has ended: the route, never the address.

    Staff search for names in the query, and the path of a password reset holds its key.
    """

    def prepare(self, request: HttpRequest) -> None:
        """What all lines of this request say."""
        structlog.contextvars.bind_contextvars(
            request_id=request.META["HTTP_X_REQUEST_ID"],
            ip=address_of(request),  # not what anybody wrote into a header
            user_agent=request.META.get("HTTP_USER_AGENT"),
        )
        self.bind_user_id(request)

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """The package's own freezes `request.user`: allauth could then not look again by an app's token.

        The API learns from the token who asks, after the start; it has no session to look into.
        """
        if not request.path_info.startswith("/api/"):
            structlog.contextvars.bind_contextvars(user_id=getattr(request.user, "pk", None))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        try:
            match = request.resolver_match or resolve(request.path_info)
            return f"{request.method} {match.route}"
        except Resolver404:
            return f"{request.method} no route"

"""What a later version of the API will no longer have, said in every answer that still uses it.

An announcement is one line in `ANNOUNCED`: it puts `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link
to what to do instead on the answers, and `deprecated` into OpenAPI.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Deprecated:
    """One operation, or one field or query parameter of its requests.

    `route` is the path as OpenAPI has it; with `field`, only requests that carry it are told. `since` and
    `sunset` are aware; `link` leads to words for developers.
    """

    method: str
    route: str
    since: datetime
    sunset: datetime
    link: str
    field: str = ""


# Nothing is on its way out. For example:
# Deprecated("GET", "/api/v1/occurrences", since=…, sunset=…, link="https://…", field="to")
ANNOUNCED: tuple[Deprecated, ...] = ()


class DeprecationHeaders:
    """Adds the announcements that concern a request to its answer, the earliest end first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        found = sorted(_concerning(request, response), key=lambda each: each.sunset)
        if found:
            response["Deprecation"] = f"@{int(found[0].since.timestamp())}"
            response["Sunset"] = http_date(found[0].sunset.astimezone(UTC).timestamp())
            links = dict.fromkeys(f'<{each.link}>; rel="deprecation"; type="text/html"' for each in found)
            response["Link"] = ", ".join(links)
        return response


def _concerning(request: HttpRequest, response: HttpResponse) -> Iterator[Deprecated]:
    route = _route(request)
    for each in ANNOUNCED:
        meant = (each.method, each.route) == (request.method, route)
        if meant and (not each.field or each.field in _carried(request, response)):
            yield each


def _route(request: HttpRequest) -> str:
    """As in OpenAPI: `/api/v1/entries/{client_id}`."""
    match = request.resolver_match
    route = match.route if match else ""
    return "/" + PARAMETER.sub(r"{\1}", route)


def _carried(request: HttpRequest, response: HttpResponse) -> set[str]:
    """Names in the query and at the top of a body that was read."""
    asked: Any = getattr(response, "renderer_context", None)
    body = getattr(asked["request"], "_full_data", None) if asked else None
    return {*request.GET, *(body if isinstance(body, dict) else ())}


def announced_in(paths: dict[str, Any]) -> None:
    """Marks what is announced in the `paths` of an OpenAPI document."""
    for each in ANNOUNCED:
        operation = paths[each.route][each.method.lower()]
        named = [found for found in operation.get("parameters", ()) if found["name"] == each.field]
        for target in named if each.field else [operation]:
            target["deprecated"] = True

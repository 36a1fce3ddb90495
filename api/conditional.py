"""`ETag` on every read of the API, 304 for what a phone has already, and `If-Match` for edits."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from journal.actions.refusals import StaleError

READS = frozenset({"GET", "HEAD"})
KEPT = (
    "Cache-Control", "Content-Language", "Date", "ETag", "Expires", "Last-Modified", "Vary",
)  # fmt: skip
STALE = "This was changed in the meantime. Read it again."


class ConditionalReads:
    """A read that gives no ETag of its own gets a weak one, of its bytes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        readable = request.method in READS and response.status_code == 200 and not response.streaming
        if not readable or not request.path.startswith("/api/"):
            return response
        response.headers.setdefault("ETag", f'W/"{digest(response.content)}"')
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if "*" not in known and _bare(response["ETag"]) not in map(_bare, known):
            return response
        unchanged = HttpResponseNotModified()
        for name in KEPT:
            if name in response.headers:
                unchanged[name] = response[name]
        return unchanged


def digest(content: bytes) -> str:
    """16 hex digits: two states of one resource are told apart, nothing more is asked of it."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def tag(editable: object, shown: Any) -> str:
    """The ETag of something that can be edited and that also shows what changes without an edit.

    `editable` names the state that an edit replaces. What follows the dash tells reads apart; `If-Match`
    looks at the front alone, so that a turn which was planned meanwhile is no conflict.
    """
    return f'"{editable}-{digest(json.dumps(shown, sort_keys=True).encode())}"'


def check_match(if_match: str | None, editable: object) -> None:
    """Raises StaleError unless `If-Match` is absent, `*`, or names this state."""
    named = parse_etags(if_match or "*") or [if_match or ""]
    if "*" not in named and str(editable) not in {_bare(etag).partition("-")[0] for etag in named}:
        raise StaleError(STALE)


def _bare(etag: str) -> str:
    """Compared weakly: an answer that travelled compressed carries its ETag marked as weak."""
    return etag.removeprefix("W/").strip('"')

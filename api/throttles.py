"""How much one person may ask in a minute, counted in Redis; without Redis nobody is held up."""

import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from journal.accounts.models import User

if TYPE_CHECKING:  # DRF's views import this module through its settings
    from rest_framework.views import APIView

log = logging.getLogger(__name__)
WINDOW = 60
# After a failure Redis is left alone for so long: one that hangs costs one request in that time, not each.
REST_SECONDS = 5.0
TIMEOUT = 0.25
_resting = {"until": 0.0}
# A connection for each thread: to borrow one from a pool takes as long as to ask.
_mine = threading.local()


@lru_cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0)
    )


class PersonThrottle(BaseThrottle):
    """`REQUESTS_PER_MINUTE` for each signed-in person; 0 means no limit."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        limit: int = settings.REQUESTS_PER_MINUTE
        person = cast(User | None, request.user)
        if not limit or person is None:
            return True
        now = time.time()
        window, self.seconds_left = int(now) // WINDOW, WINDOW - int(now) % WINDOW
        asked = _count(f"asked:{person.pk}:{window}")
        left = max(limit - asked, 0)
        request._request.rate = (limit, left, self.seconds_left)  # type: ignore[attr-defined]
        return asked <= limit

    def wait(self) -> float:
        return float(self.seconds_left)


def _count(key: str) -> int:
    """How often this key was counted, this time included; 0 when Redis does not answer."""
    if time.monotonic() < _resting["until"]:
        return 0
    try:
        try:
            return _asked(key)
        except redis.ConnectionError:  # Redis may have been started anew since this thread asked last
            return _asked(key)
    except redis.RedisError as error:
        _resting["until"] = time.monotonic() + REST_SECONDS
        log.warning("requests are not counted: %s", type(error).__name__)
        return 0


def _asked(key: str) -> int:
    """The count begins with its end, both in one message: none is left behind without one."""
    connection = _connection()
    try:
        begun = _packed("SET", key, "0", "EX", str(2 * WINDOW), "NX")
        connection.send_packed_command([begun + _packed("INCR", key)])
        connection.read_response()
        return int(connection.read_response())
    except BaseException:
        connection.disconnect()  # an answer that comes too late is no answer to the next question
        raise


def _packed(*words: str) -> bytes:
    """A command as Redis reads it. The client's own way of writing it costs as much as all else here."""
    return "".join([f"*{len(words)}\r\n", *[f"${len(word)}\r\n{word}\r\n" for word in words]]).encode("ascii")


def _connection() -> Any:
    url: str = settings.REDIS_URL
    known: dict[str, Any] = vars(_mine).setdefault("connections", {})
    if url not in known:
        known[url] = _redis(url).connection_pool.make_connection()
    return known[url]


class RateLimitHeaders:
    """`RateLimit-Policy` and `RateLimit`, as the IETF's draft writes them, on every counted answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        rate = getattr(request, "rate", None)
        if rate:
            limit, left, seconds = rate
            response["RateLimit-Policy"] = f'"person";q={limit};w={WINDOW}'
            response["RateLimit"] = f'"person";r={left};t={seconds}'
        return response

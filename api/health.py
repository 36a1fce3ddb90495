"""Is the process alive, can it do its work, and do flags reach people?"""

from dataclasses import asdict
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis.exceptions import RedisError

from journal.fence import scope
from reminders import flow


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, so entries can be taken. Redis and what waits are told of, no more."""
    database, redis = _database_answers(), _redis_answers()
    body: dict[str, Any] = {
        "status": "ready" if database else "not ready",
        "database": database,
        "redis": redis,
    }
    seen = _flow() if database else None
    body["seconds"] = asdict(seen) if seen else None
    return JsonResponse(body, status=200 if database else 503)


def flowing(request: HttpRequest) -> JsonResponse:
    """Flags flow: for monitoring. Never for a load balancer, which would take away what still works."""
    seen = _flow()
    flows = seen is not None and seen.flags_flow
    body = {"status": "flowing" if flows else "not flowing", "seconds": asdict(seen) if seen else None}
    return JsonResponse(body, status=200 if flows else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The same ages in Prometheus' text format, and what became of messages, by channel and outcome; an age
    that does not exist has no line."""
    seen = _flow()
    lines = [f"osteon_flags_flow {int(seen is not None and seen.flags_flow)}"]
    for name, age in asdict(seen).items() if seen else ():
        lines += [f"osteon_{name}_seconds {age}"] if age is not None else []
    lines += _deliveries() if seen else []
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _deliveries() -> list[str]:
    """Counters that only grow, whichever process serves the page."""
    name = "osteon_deliveries_total"
    with scope.within(scope.SYSTEM):  # figures of no person and no clinic
        tallies = flow.tallies()
    rows = [f'{name}{{channel="{row.channel}",outcome="{row.outcome}"}} {row.count}' for row in tallies]
    return [f"# TYPE {name} counter", *rows] if rows else []


def _flow() -> flow.Flow | None:
    try:
        with scope.within(scope.SYSTEM):  # ages of what waits, of all clinics; no row leaves
            return flow.look(at=timezone.now())
    except DatabaseError:
        return None


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        caches["redis"].get("ready")
    except RedisError:
        return False
    return True

"""Is the process alive, can it do its work, and do flags reach people?"""

from collections.abc import Mapping
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
    """The same ages in Prometheus' text format, how much waits, and what became of messages, by channel and
    outcome; an age that does not exist has no line."""
    seen = _flow()
    lines = _figures("osteon_flags_flow", "gauge", {"": int(seen is not None and seen.flags_flow)})
    for name, age in asdict(seen).items() if seen else ():
        lines += _figures(f"osteon_{name}_seconds", "gauge", {} if age is None else {"": age})
    if seen:
        with scope.within(scope.SYSTEM):  # figures of no person and no clinic
            backlog, tallies = flow.backlog(), flow.tallies()
        for name, counts in backlog.items():
            lines += _figures(f"osteon_{name}", "gauge", counts)
        counts = {f'{{channel="{row.channel}",outcome="{row.outcome}"}}': row.count for row in tallies}
        lines += _figures("osteon_deliveries_total", "counter", counts)
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures(name: str, kind: str, figures: Mapping[str, float]) -> list[str]:
    """What it is, and a line for each set of labels."""
    return [f"# TYPE {name} {kind}", *(f"{name}{labels} {figure}" for labels, figure in figures.items())]


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

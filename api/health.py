"""Is the process alive, and can it do its work?"""

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, so entries can be taken. Redis is told of, but nothing waits for it."""
    database, redis = _database_answers(), _redis_answers()
    body = {"status": "ready" if database else "not ready", "database": database, "redis": redis}
    return JsonResponse(body, status=200 if database else 503)


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

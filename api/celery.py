"""The Celery app. Beat holds a handful of fixed ticks, never a row per patient."""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")

# Flags have a queue of their own, so that ten thousand morning reminders never stand before one.
QUEUES = {"tick_relay": "flags", "tick_reminders": "celery", "tick_deliveries": "celery"}


def tick(name: str, queue: str) -> dict[str, Any]:
    """A tick that no worker took in time is worthless: the next one finds the same work."""
    return {
        "task": f"reminders.tasks.{name}",
        "schedule": settings.TICK_SECONDS,
        "options": {"queue": queue, "expires": 3 * settings.TICK_SECONDS},
    }


app = Celery("osteon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["reminders"])
app.conf.beat_schedule = {name: tick(name, queue) for name, queue in QUEUES.items()}

"""The Celery app. Beat holds a handful of fixed ticks, never a row per patient."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from journal.fence import scope
from journal.garbage import search_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")

# Flags have a queue of their own, so that ten thousand morning reminders never stand before one.
QUEUES = {
    "tick_relay": "flags",
    "tick_escalate": "flags",
    "tick_reminders": "celery",
    "tick_deliveries": "celery",
    "tick_webhooks": "celery",
}
# Local days begin at quarters of an hour.
CLOCK_SECONDS = 900.0
# Who has written the journal finds its reminder done within the minute.
ANSWERED_SECONDS = 60.0


def tick(name: str, queue: str, seconds: float = settings.TICK_SECONDS) -> dict[str, Any]:
    """A tick that no worker took in time is worthless: the next one finds the same work."""
    return {
        "task": f"reminders.tasks.{name}",
        "schedule": seconds,
        "options": {"queue": queue, "expires": 3 * seconds},
    }


app = Celery("osteon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["reminders"])
app.conf.beat_schedule = {name: tick(name, queue) for name, queue in QUEUES.items()}
app.conf.beat_schedule["tick_clock"] = tick("tick_clock", "flags", CLOCK_SECONDS)
app.conf.beat_schedule["tick_answered"] = tick("tick_answered", "celery", ANSWERED_SECONDS)
app.conf.beat_schedule["tick_zones"] = tick("tick_zones", "celery", CLOCK_SECONDS)


@worker_init.connect  # type: ignore[untyped-decorator]
def _works_for_the_system(**_: Any) -> None:
    """Here and in the children that the worker forks; importing this module alone changes nothing."""
    scope.declare_system()
    search_seldom()  # the tasks are loaded by now

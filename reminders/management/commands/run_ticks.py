"""The ticks without Celery and without Redis: flags reach people although both are gone."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from journal.garbage import search_seldom
from reminders import tasks

OTHERS = (
    tasks.tick_reminders,
    tasks.tick_answered,
    tasks.tick_deliveries,
    tasks.tick_webhooks,
    tasks.tick_clock,
    tasks.tick_zones,
)


class Command(BaseCommand):
    """Runs relay, planning and sending in one process."""

    help = (
        "Relays news of flags, chases them, plans due reminders and sends what waits, every TICK_SECONDS. "
        "Needs no Redis."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="One round, then end.")

    def handle(self, *_: Any, once: bool, **__: Any) -> None:
        if once:
            return self._round()
        search_seldom()
        while True:
            try:
                self._round()
            except Error as error:  # PostgreSQL restarts: the next round tries again
                self.stderr.write(f"The database refused: {type(error).__name__}.")
                close_old_connections()
            time.sleep(settings.TICK_SECONDS)

    def _round(self) -> None:
        """Flags come between any two other ticks: none of those takes much longer than its 20 seconds."""
        for tick in OTHERS:
            tasks.tick_escalate()
            tasks.tick_relay()
            tick()

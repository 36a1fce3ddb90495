"""What a row of django-celery-beat for each reminder would cost: BENCH_BEAT (10,000) crontabs, all due.

One scheduler, as it must be; its dispatching is timed for BENCH_SECONDS, and so how late the last is.
"""

import importlib.util
import os
import time
from datetime import timedelta

ROWS = int(os.environ.get("BENCH_BEAT", "10000"))
SECONDS = max(10.0, float(os.environ.get("BENCH_SECONDS", "10")))


def main() -> None:
    if importlib.util.find_spec("django_celery_beat") is None:
        print("django-celery-beat is not installed here (uv sync --group bench): left out")
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.beat_settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _fill()
    load, rate = _time()
    print(f"\ndjango-celery-beat, {ROWS:,} crontab rows, all due: loaded in {load:.1f} s")
    print(f"{rate:.1f} reminders/s, the last one {ROWS / rate:.0f} s late; each edit loads all again")


def _fill() -> None:
    from django.utils import timezone
    from django_celery_beat.models import CrontabSchedule, PeriodicTask

    # The minute has just begun; each ran last in the one before.
    each_minute = CrontabSchedule.objects.create(minute="*")
    before = timezone.now() - timedelta(minutes=2)
    PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"r{number}", task="remind", crontab=each_minute, last_run_at=before)
        for number in range(ROWS)
    )


def _time() -> tuple[float, float]:
    """Seconds of loading the schedule; reminders handed to the broker a second."""
    from celery import Celery
    from django_celery_beat.schedulers import DatabaseScheduler

    class Counting(DatabaseScheduler):  # type: ignore[misc]
        sent = 0

        def apply_async(self, *args: object, **more: object) -> object:
            self.sent += 1
            return super().apply_async(*args, **more)

    app = Celery("beat", broker=os.environ["REDIS_URL"])
    app.conf.update(task_ignore_result=True, beat_cron_starting_deadline=None)
    began = time.perf_counter()
    scheduler = Counting(app=app)
    scheduler.tick()
    load, first, began = time.perf_counter() - began, scheduler.sent, time.perf_counter()
    while time.perf_counter() < began + SECONDS:
        scheduler.tick()
    return load, (scheduler.sent - first) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()

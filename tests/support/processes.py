"""Real processes against the test's database: a Celery worker, beat. Each is ended by its own id."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
# Away from the database of a running stack.
REDIS_DATABASE = 9


def redis_url() -> str:
    url: str = settings.REDIS_URL
    return urlunsplit(urlsplit(url)._replace(path=f"/{REDIS_DATABASE}"))


def environment(*, smtp_port: int, **more: str) -> dict[str, str]:
    """What a process needs: the test's database, a Redis database of its own, the test's SMTP server."""
    name = connections["default"].settings_dict["NAME"]
    database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    return {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": redis_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "TICK_SECONDS": "0.5",
        **more,
    }


@contextmanager
def started(*arguments: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this interpreter (`-m …`); its output goes to a file, and it is ended by its id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def celery(*, env: dict[str, str], folder: Path) -> Iterator[None]:
    """A worker for both queues, and beat, on an empty Redis database."""
    redis.Redis.from_url(env["REDIS_URL"]).flushdb()
    worker = ("-m", "celery", "-A", "api", "worker", "-Q", "flags,celery", "-c", "2", "-l", "WARNING")
    beat = ("-m", "celery", "-A", "api", "beat", "-s", str(folder / "beat"), "-l", "WARNING")
    with (
        started(*worker, env=env, log=folder / "worker.log"),
        started(*beat, env=env, log=folder / "beat.log"),
    ):
        yield


def eventually(found: Callable[[], bool], *, within: float, what: str) -> None:
    """Waits until something is so; the limit is generous, for machines are noisy."""
    end = time.monotonic() + within
    while not found():
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(0.1)

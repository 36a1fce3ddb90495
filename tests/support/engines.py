"""A PostgreSQL and a Redis of one test's own, to be killed, hung and started again."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from api.embedded import postgres, redis_server, roles
from api.embedded.process import EngineError, free_port, wait_until
from tests.support.processes import ROOT

DATABASE = "osteon"
LONGEST_RECOVERY = 60.0


class Engines:
    """Both, with what they keep under `folder`; the same ports and passwords after each start."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "postgres"
        secret, self.redis_secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.port, self.redis_port = free_port(), free_port()
        postgres._initialise(self.home, secret, throwaway=True)
        self.postgres = self._start_postgres()
        self.redis = self._start_redis()
        superuser = f"postgresql://{postgres.SUPERUSER}:{secret}@127.0.0.1:{self.port}/postgres"
        self.app, self.owner = roles.prepare(superuser, DATABASE, may_create_databases=False)
        self.redis_url = f"redis://:{self.redis_secret}@127.0.0.1:{self.redis_port}/0"

    def environment(self, **more: str) -> dict[str, str]:
        urls = {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner, "REDIS_URL": self.redis_url}
        return {**os.environ, **urls, "DATA_DIR": str(self.folder), **more}

    def migrate(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=self.environment(), check=True)

    def shoot_postgres(self) -> None:
        """SIGKILL to the server and all of its backends at once, then a start with crash recovery."""
        family = [*psutil.Process(self.postgres.pid).children(recursive=True)]
        self.postgres.kill()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.postgres.wait()
        psutil.wait_procs(family, timeout=LONGEST_RECOVERY)
        self.postgres = self._start_postgres()

    def shoot_redis(self) -> None:
        self.redis.kill()
        self.redis.wait()
        self.redis = self._start_redis()

    def hang_redis(self, seconds: float) -> None:
        """Connections stay open, and nobody answers."""
        self.redis.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.redis.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.redis.kill()
        self.redis.wait()
        self.postgres.send_signal(signal.SIGINT)
        self.postgres.wait(LONGEST_RECOVERY)

    def _start_postgres(self) -> "subprocess.Popen[bytes]":
        log = self.folder / "postgres.log"
        server = postgres._launch(self.home, self.port, log)
        wait_until(lambda: postgres._is_ready(self.home, server.pid), server, log, LONGEST_RECOVERY)
        return server

    def _start_redis(self) -> "subprocess.Popen[bytes]":
        log = self.folder / "redis.log"
        server = redis_server._launch(self.redis_port, self.redis_secret, log)
        url = f"redis://:{self.redis_secret}@127.0.0.1:{self.redis_port}/0"
        wait_until(lambda: redis_server.answers(url), server, log, redis_server.START_SECONDS)
        return server


@contextlib.contextmanager
def own_engines(folder: Path) -> Iterator[Engines]:
    """Started, migrated, and stopped afterwards."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        engines = Engines(folder)
    except EngineError as error:
        raise AssertionError(str(error)) from error
    try:
        engines.migrate()
        yield engines
    finally:
        engines.stop()

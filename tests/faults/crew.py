"""All processes of a running Osteon, twice where a second one may do harm; who is shot gets a successor."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from tests.support.engines import Engines
from tests.support.processes import ROOT, eventually

CELERY = ("-m", "celery", "-A", "api", "--quiet")
SOLO = ("-P", "solo", "-l", "WARNING", "-Q")
# Four that dispatch, two that ring, and the web.
JOBS: dict[str, tuple[str, ...]] = {
    "flags": (*CELERY, "worker", *SOLO, "flags", "-n", "flags@%h"),
    "worker": (*CELERY, "worker", *SOLO, "celery,flags", "-n", "worker@%h"),
    "ticks-one": ("manage.py", "run_ticks"),
    "ticks-two": ("manage.py", "run_ticks"),
    "beat-one": (*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", "{folder}/beat-one"),
    "beat-two": (*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", "{folder}/beat-two"),
    "web": (
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"),
        *("--workers", "2", "--backlog", "1024", "--no-ws", "api.wsgi:application"),
    ),
}
DISPATCHERS = 4


class Crew:
    """Processes by name, each with a session of its own, so that its children end with it."""

    def __init__(self, engines: Engines, env: dict[str, str], port: int) -> None:
        self.engines, self.env, self.port = engines, env, port
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.born = 0

    def hire(self, name: str) -> None:
        self.born += 1
        folder = self.engines.folder
        words = [word.format(folder=folder, port=self.port) for word in JOBS[name]]
        with (folder / f"{name}-{self.born}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def shoot(self, name: str) -> None:
        self.kill(name)
        self.hire(name)

    def kill(self, name: str) -> None:
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextlib.contextmanager
def at_work(engines: Engines, env: dict[str, str], port: int, folder: Path) -> Iterator[Crew]:
    """Everybody hired, the web answering; all of them ended afterwards, by their ids."""
    crew = Crew(engines, env, port)
    try:
        for name in JOBS:
            crew.hire(name)
        eventually(crew.answers, within=90, what="the web answers")
        yield crew
    finally:
        for name in crew.processes:
            crew.kill(name)

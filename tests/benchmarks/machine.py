"""Throw-away databases, granian as the Procfile starts it, and the CPU that both use."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
from psycopg import sql

from api.embedded.process import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
LEAVE_SECONDS = 30.0


@contextmanager
def database(owner_url: str, name: str) -> Iterator[None]:
    """A fresh database on the owner's server, dropped afterwards; none where commits may be lost."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            value = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(setting))).fetchone()
            if value != ("on",):
                raise SystemExit(
                    f"{setting} is not on: commits would not be durable, and figures mean nothing"
                )
        _drop(connection, name)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield
        finally:
            _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Once the last backend has left: a server that was stopped is gone before its connections are."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while True:
        try:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            return
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def at(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


class Server:
    """A web server of ours: its address and its process with all workers."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        return _cpu(psutil.Process(self.process.pid))


@contextmanager
def serving(application: str, env: Mapping[str, str], log: Path) -> Iterator[Server]:
    """The Procfile's line for `web`, with `application` in the place of ours."""
    port = free_port()
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    [line] = [line.removeprefix("web: exec ") for line in lines if line.startswith("web: ")]
    command = shlex.split(line.replace("$PORT", str(port)).replace("api.wsgi:application", application))
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **env}, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}")


class Postgres:
    """The server's processes, when they run on this machine."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            try:
                self.parent = psutil.Process(connection.info.backend_pid).parent()
            except psutil.NoSuchProcess:  # on another machine
                self.parent = None

    def cpu(self) -> float:
        """Seconds of CPU used so far, ended backends included."""
        return _cpu(self.parent) if self.parent else 0.0


def _cpu(parent: psutil.Process) -> float:
    """Of a process, its children that live, and those that it has outlived.

    Read again when a child has come or gone meanwhile: it would count twice, or not at all.
    """
    while True:
        alive = parent.children(recursive=True)
        times = parent.cpu_times()
        spent: float = times.user + times.system + times.children_user + times.children_system
        try:
            spent += sum(own.user + own.system for own in (child.cpu_times() for child in alive))
        except psutil.NoSuchProcess:
            continue
        if parent.children(recursive=True) == alive:
            return spent

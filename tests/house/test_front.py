"""The proxy of docs/nginx.conf: 200 slow connections hold up nobody who is not slow."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from api.embedded.process import free_port
from tests.support.processes import ROOT, environment

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not NGINX, reason="needs nginx (Debian, Ubuntu: apt-get install nginx-light)"),
]
SLOW = 200
HEAD = b"POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def shipped(port: int, upstream: str) -> str:
    """The file as it is, but for what its first line says is yours, and folders that need no root."""
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    folders = "".join(f"{name}_temp_path {name}; " for name in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    text = re.sub(r"ssl_certificate\S* .*", "", text).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    return text.replace("127.0.0.1:8000", upstream).replace("http {", f"http {{ {folders}", 1)


@pytest.fixture
def web() -> Iterator[str]:
    """The web process as the Procfile starts it: two workers, a few threads each."""
    [line] = re.findall(r"^web: (.*)$", (ROOT / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    port = free_port()
    env = {**environment(smtp_port=1), "PORT": str(port)}
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    with subprocess.Popen(["sh", "-c", line], cwd=ROOT, env=env, start_new_session=True) as server:
        try:
            _until_it_listens(port)
            yield f"127.0.0.1:{port}"
        finally:
            # A worker that is still starting would not hear that the others are to stop.
            os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture
def front(tmp_path: Path, web: str) -> Iterator[int]:
    port = free_port()
    (tmp_path / "logs").mkdir()
    (tmp_path / "nginx.conf").write_text(shipped(port, web))
    command = [str(NGINX), "-p", str(tmp_path), "-c", "nginx.conf", "-e", "logs/error.log"]
    with subprocess.Popen([*command, "-g", "daemon off; pid nginx.pid;"]) as server:
        try:
            _until_it_listens(port)
            yield port
        finally:
            server.terminate()


def test_bodies_that_never_end_hold_up_nobody_else(front: int) -> None:
    """The web process has far fewer threads than there are slow bodies: it must not hear of them."""
    with ExitStack() as slow:
        for number in range(SLOW):
            # Twenty from each address: as many as one may have.
            line = socket.create_connection(
                ("127.0.0.1", front), source_address=(f"127.0.0.{2 + number // 20}", 0)
            )
            slow.enter_context(closing(line))
            line.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert [_asked(front, "/health/live") for _ in range(5)] == [200] * 5
        assert _asked(front, "/api/v1/me") == 401


def test_one_address_has_twenty_requests_under_way(front: int) -> None:
    with ExitStack() as slow:
        for _ in range(20):
            line = slow.enter_context(closing(socket.create_connection(("127.0.0.1", front))))
            line.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        time.sleep(0.5)
        assert _asked(front, "/health/live") == 429


def test_what_is_not_the_patients_is_for_monitoring_alone(front: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front, source_address=("127.0.0.9", 0))) as other:
        other.request("GET", "/metrics")
        assert other.getresponse().status == 403
    assert _asked(front, "/metrics") == 200


def _asked(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", path)
        return line.getresponse().status


def _until_it_listens(port: int) -> None:
    for _ in range(600):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nobody listens")

"""A real HTTP server on the loopback address: it notes what it is sent and answers as told, or never."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Signatures, keys and digests: three letters of a word turn up in them by chance.
RANDOM = {"authorization", "topic", "webhook-id", "webhook-signature"}


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def outside(self) -> str:
        """Path and headers, but for what is random in them: what can be read without opening the body."""
        readable = {name: said for name, said in self.headers.items() if name not in RANDOM}
        return f"{self.path} {readable}"


@dataclass
class Peer:
    """`answers`: status, headers and body by path; 201 without. `hanging`: paths that are never answered.

    `dripping`: paths whose answer comes a byte at a time, and never ends.
    """

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    dripping: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]


class _Handler(BaseHTTPRequestHandler):
    peer: Peer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        names = {name.lower(): value for name, value in self.headers.items()}
        self.peer.calls.append(Call(self.path, names, body))
        if self.path in self.peer.hanging:
            self.peer.over.wait(60)
            return
        while self.path in self.peer.dripping and not self.peer.over.is_set():
            self.wfile.write(b"H")
            time.sleep(0.05)
        status, headers, answer = self.peer.answers.get(self.path, (201, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that has hung up is part of the tests."""


@contextmanager
def http_peer() -> Iterator[Peer]:
    """A peer on a port that the system chose."""
    peer = Peer()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": peer}))
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.over.set()
        server.shutdown()
        server.server_close()
        thread.join()

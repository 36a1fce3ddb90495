"""One POST to a machine that somebody else named: checked address, no redirects, five seconds in all."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from reminders.channels import hosts
from reminders.channels.message import SendError

LONGEST_ANSWER = 16_384
# An hour: nobody may make us wait for ever by one header.
LONGEST_WAIT = 3600
AGENT = "Osteon"


@dataclass(frozen=True)
class Answer:
    """Status, the beginning of the body, and for how many seconds the other side wants to be left alone."""

    status: int
    body: bytes
    wait: int


def parts(url: str) -> tuple[SplitResult, str, int]:
    """A URL taken apart, its host and port. ValueError when it is none that may be called."""
    split = urlsplit(url)
    host, port = split.hostname, split.port or (80 if split.scheme == "http" else 443)
    if not host or split.username or split.password or split.fragment or not url.isascii():
        raise ValueError("not a plain https address")
    if any(sign.isspace() for sign in url):
        raise ValueError("not a plain https address")
    if split.scheme != "https" and not (split.scheme == "http" and hosts.trusted(host, port)):
        raise ValueError("not a plain https address")
    with suppress(ValueError):
        if not hosts.trusted(host, port) and not hosts.public(ipaddress.ip_address(host)):
            raise SendError("address not public", permanent=True)
    return split, host, port


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends it once and reads the answer; a redirect is an answer like any other.

    Raises:
        SendError: not to be spoken to, not reached, or no answer within settings.OUTBOUND_TIMEOUT seconds.
    """
    end = time.monotonic() + settings.OUTBOUND_TIMEOUT
    try:
        split, host, port = parts(url)
        with _watched(_connected(host, port, end), end) as raw:
            return _asked(raw, split, body=body, headers=headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= end
        raise SendError("timeout" if late else type(error).__name__, permanent=False) from error


def _asked(raw: socket.socket, split: SplitResult, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    host, secure = split.hostname or "", split.scheme == "https"
    stream = _context().wrap_socket(raw, server_hostname=host) if secure else raw
    connection = http.client.HTTPConnection(host, split.port or (443 if secure else 80))
    connection.default_port = 443 if secure else 80
    connection.sock = stream
    with stream:
        path = (split.path or "/") + (f"?{split.query}" if split.query else "")
        connection.request("POST", path, body, {"User-Agent": AGENT, **headers})
        response = connection.getresponse()
        found = response.read(LONGEST_ANSWER)
        return Answer(response.status, found, _wait(response.headers.get("Retry-After", "")))


def _connected(host: str, port: int, end: float) -> socket.socket:
    """A connection to one of the addresses that were checked."""
    refused: OSError = OSError("no address")
    for address in hosts.resolved(host, port)[:3]:
        try:
            return socket.create_connection((address, port), timeout=max(0.1, end - time.monotonic()))
        except OSError as error:
            refused = error
    raise refused


@contextmanager
def _watched(raw: socket.socket, end: float) -> Iterator[socket.socket]:
    """A peer that sends a byte now and then never meets a socket's own time limit; it meets this one."""

    left = max(0.1, end - time.monotonic())
    raw.settimeout(left)
    # wrap_socket takes the descriptor away from `raw`, so the watch holds one of its own.
    watch_on = raw.dup()

    def cut() -> None:
        with suppress(OSError):
            watch_on.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(left, cut)
    timer.daemon = True
    timer.start()
    try:
        yield raw
    finally:
        timer.cancel()
        watch_on.close()
        raw.close()


def _context() -> ssl.SSLContext:
    """The machine's certificate authorities; the name is checked although we connect to an address."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _wait(said: str) -> int:
    """Retry-After in seconds, given as such or as a date (RFC 9110, 10.2.3)."""
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), LONGEST_WAIT)
    with suppress(ValueError):
        when = parsedate_to_datetime(said)
        left = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        return max(0, min(int(left) + 1, LONGEST_WAIT))
    return 0

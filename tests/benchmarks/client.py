"""Eight kept-alive connections, each asking again as soon as it was answered."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 8
TIMEOUT = 30.0


@dataclass
class Heard:
    """What came back: seconds of each answer, how often which status, the last body that was refused."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    refused: bytes = b""


Ask = Callable[[int], bytes]
Hear = Callable[[int, bytes], None]


def ask_for(seconds: float, port: int, ask: Ask, hear: Hear | None = None) -> tuple[Heard, float]:
    """Sends `ask(number)` for growing numbers; what was heard, and how long it really took.

    `hear` is given each number with the body of its answer. Connection c uses the numbers c, c + 8, c + 16, …
    """
    start = time.perf_counter()
    found = [Heard() for _ in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_talk, args=(port, place, start + seconds, ask, hear, found[place]))
        for place in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    return _together(found), took


def _talk(port: int, number: int, until: float, ask: Ask, hear: Hear | None, heard: Heard) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (asked := time.perf_counter()) < until:
            connection.sendall(ask(number))
            status, body = _answer(connection)
            heard.seconds.append(time.perf_counter() - asked)
            heard.statuses[status] = heard.statuses.get(status, 0) + 1
            if status >= 400:
                heard.refused = body
            elif hear:
                hear(number, body)
            number += CONNECTIONS


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """One answer with a Content-Length, as both servers send it."""
    raw = b""
    while (end := raw.find(b"\r\n\r\n")) < 0:
        raw += _more(connection)
    head = raw[:end].lower()
    place = head.index(b"content-length:") + 15
    length = int(head[place:].split(b"\r\n", 1)[0])
    while len(raw) < end + 4 + length:
        raw += _more(connection)
    return int(raw[9:12]), raw[end + 4 :]


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    if not found:
        raise ConnectionError("the server hung up")
    return found


def _together(found: list[Heard]) -> Heard:
    whole = Heard()
    for each in found:
        whole.seconds += each.seconds
        whole.refused = each.refused or whole.refused
        for status, times in each.statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + times
    return whole


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One HTTP request as it goes over the wire."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body

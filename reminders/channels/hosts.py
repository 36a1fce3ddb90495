"""Which machines may be spoken to: what a phone or a clinic names must not lead into our own net."""

import ipaddress
import queue
import socket
import threading
from collections.abc import Iterable
from fnmatch import fnmatchcase

from django.conf import settings

from reminders.channels.message import SendError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# 64:ff9b::/96 carries an IPv4 address through NAT64 (RFC 6052), perhaps a private one.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# All that the internet routes. Outside of it lie older and local ways to wrap an IPv4 address (::/96,
# ::ffff:0:0:0/96, 64:ff9b:1::/48) and site-local addresses, some of which Python calls global.
ROUTED = ipaddress.IPv6Network("2000::/3")
# Kept for protocols (RFC 6890); a cloud serves its metadata in it.
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
DNS_SECONDS = 3.0


def listed(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host name stands on a list of names, of which `*.example.org` means any below it."""
    return any(fnmatchcase(host.lower().rstrip("."), pattern.lower()) for pattern in patterns)


def trusted(host: str, port: int) -> bool:
    """Named by the operator as inside: a private address and plain http are allowed there."""
    return f"{host.lower()}:{port}" in {place.lower() for place in settings.OUTBOUND_TRUSTED}


def public(address: Address) -> bool:
    """No private, loopback, link-local, shared or metadata address, also not one wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and address not in PROTOCOLS
    if address.ipv4_mapped:
        return public(address.ipv4_mapped)
    if address in NAT64:
        return public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    inner = address.sixtofour or (address.teredo and address.teredo[1])
    return address in ROUTED and address.is_global and (not inner or public(inner))


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them fit to be spoken to. Connect to these, never to the name again:
    a second look-up may be answered otherwise.

    Raises:
        SendError: no such host, no answer in time, or an address that leads inside.
    """
    found = _looked_up(host, port)
    if not trusted(host, port) and not all(public(ipaddress.ip_address(each)) for each in found):
        raise SendError("address not public", permanent=True)
    return list(dict.fromkeys(found))


def _looked_up(host: str, port: int) -> list[str]:
    """The resolver has no time limit of its own, so it gets one here."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(place[4][0]) for place in found])
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=ask, daemon=True, name="dns").start()
    try:
        answer = answers.get(timeout=DNS_SECONDS)
    except queue.Empty:
        raise SendError("name not resolved in time", permanent=False) from None
    if not answer:
        raise SendError("name not resolved", permanent=False)
    return answer

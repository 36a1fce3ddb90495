"""From where a request comes."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

# The least that one customer of a network is given: whoever has one address of it has them all.
IPV6_NETWORK = 64


def address_of(request: HttpRequest) -> str:
    """The client as the outermost of our own proxies saw it; what others wrote in the header is hearsay."""
    seen = request.META.get("REMOTE_ADDR", "")
    said = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    count: int = settings.TRUSTED_PROXIES
    if count and len(said) >= count:
        seen = said[-count]
    return _written(seen)


@lru_cache(maxsize=1024)
def _written(seen: str) -> str:
    """One spelling for each address."""
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  a socket without an address, such as in tests


def network_of(request: HttpRequest) -> str:
    """What is counted: an IPv4 address, or the network of an IPv6 one."""
    address = ipaddress.ip_address(address_of(request))
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))

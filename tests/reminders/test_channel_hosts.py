"""A phone or a clinic names an address: it never leads into our own net, however it is written."""

import ipaddress
import socket
import threading
from typing import Any

import pytest

from reminders.channels import hosts, web
from reminders.channels.message import SendError
from tests.support.peer import Peer

INSIDE = [
    "127.0.0.1",
    "10.0.0.5",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",  # metadata of clouds
    "100.64.0.1",  # shared by carriers
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "64:ff9b::a00:5",  # NAT64 of 10.0.0.5
    "64:ff9b:1::a00:5",  # the same, by a prefix of one's own
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "fec0::1",  # site-local
    "192.0.0.192",  # metadata of a cloud
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_never_public(address: str) -> None:
    assert not hosts.public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_of_the_world_is_public(address: str) -> None:
    assert hosts.public(ipaddress.ip_address(address))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the resolver answers, call by call; the last answer stays."""
    known: dict[str, list[list[str]]] = {}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        answers = known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    return known


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where a connection was tried; none is made."""
    tried: list[str] = []

    def connect(address: tuple[str, int], **_: Any) -> socket.socket:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    return tried


def refusal(url: str) -> SendError:
    with pytest.raises(SendError) as error:
        web.post(url, b"", {})
    return error.value


@pytest.mark.parametrize("answer", [["10.0.0.5"], ["93.184.215.14", "127.0.0.1"]])
def test_a_name_that_leads_inside_is_not_connected_to(
    names: dict[str, list[list[str]]], connections: list[str], answer: list[str]
) -> None:
    names["push.example.org"] = [answer]
    error = refusal("https://push.example.org/x")
    assert (error.code, error.permanent, connections) == ("address not public", True, [])


def test_a_name_is_looked_up_once_so_that_a_second_answer_changes_nothing(
    names: dict[str, list[list[str]]], connections: list[str]
) -> None:
    names["push.example.org"] = [["93.184.215.14"], ["127.0.0.1"]]
    refusal("https://push.example.org/x")
    assert connections == ["93.184.215.14"]


def test_a_resolver_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(hosts, "DNS_SECONDS", 0.1)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [over.wait(30)][1:])
    error = refusal("https://push.example.org/x")
    over.set()
    assert (error.code, error.permanent) == ("name not resolved in time", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "https://user:secret@push.example.org/x",
        "https:///x",
        "https://push.example.org/x y",
        "https://push.example.org/x\r\nHost: inside",
        "https://push.exämple.org/x",
        "https://push.example.org:99999/x",
    ],
)
def test_only_a_plain_https_address_is_called(url: str, connections: list[str]) -> None:
    refusal(url)
    assert connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:10.0.0.5]", "169.254.169.254"])
def test_a_bare_address_inside_is_refused(host: str, connections: list[str]) -> None:
    assert refusal(f"https://{host}/x").code == "address not public"
    assert connections == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
def test_other_spellings_of_this_machine_are_refused_too(host: str, connections: list[str]) -> None:
    refusal(f"https://{host}/x")
    assert connections == []


def test_a_machine_inside_is_called_when_the_operator_names_it_with_its_port(peer: Peer) -> None:
    assert web.post(peer.url("/x"), b"hello", {}).status == 201
    assert peer.calls[0].body == b"hello"


def test_another_port_of_that_machine_is_not(peer: Peer) -> None:
    assert refusal(f"https://127.0.0.1:{peer.port + 1}/x").code == "address not public"


def test_a_redirect_is_not_followed(peer: Peer) -> None:
    peer.answers["/x"] = (307, {"Location": peer.url("/inside")}, b"")
    assert web.post(peer.url("/x"), b"", {}).status == 307
    assert [call.path for call in peer.calls] == ["/x"]


@pytest.mark.parametrize("way", ["hanging", "dripping"])
def test_a_peer_that_never_ends_its_answer_is_left_in_time(peer: Peer, settings: Any, way: str) -> None:
    settings.OUTBOUND_TIMEOUT = 0.5
    getattr(peer, way).add("/x")
    error = refusal(peer.url("/x"))
    assert (error.code, error.permanent) == ("timeout", False)


def test_a_machine_that_does_not_listen_is_tried_again_later(peer: Peer, settings: Any) -> None:
    settings.OUTBOUND_TRUSTED = ["127.0.0.1:9"]
    error = refusal("http://127.0.0.1:9/x")
    assert (error.code, error.permanent) == ("ConnectionRefusedError", False)


def test_encryption_without_a_known_authority_is_refused(peer: Peer) -> None:
    """The peer speaks no TLS at all: nothing readable reaches it."""
    refusal(f"https://{peer.place}/x")
    assert peer.calls == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("999999999999", 3600), ("soon", 0), ("", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_has_an_end(peer: Peer, said: str, seconds: int) -> None:
    peer.answers["/x"] = (429, {"Retry-After": said}, b"")
    assert web.post(peer.url("/x"), b"", {}).wait == seconds


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("fcm.googleapis.com", True),
        ("FCM.googleapis.com.", True),
        ("db5p.notify.windows.com", True),
        ("notify.windows.com.evil.example", False),
        ("evilnotify.windows.com", False),
        ("googleapis.com", False),
    ],
)
def test_push_goes_to_known_services_alone(settings: Any, host: str, allowed: bool) -> None:
    assert hosts.listed(host, settings.PUSH_HOSTS) is allowed

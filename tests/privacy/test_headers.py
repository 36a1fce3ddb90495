"""What every answer carries, over all addresses of the resolver: nothing is kept, framed or guessed."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone as clock

from tests.api.phone import Phone
from tests.support.records import Cast

pytestmark = pytest.mark.django_db
VALUES = {"any_uuid": str(uuid4()), "uuid": str(uuid4()), "int": "1", "str": "1", "path": "1"}
PLACE = re.compile(r"<(?:(\w+):)?\w+>")
NAMED = re.compile(r"\(\?P<\w+>[^()]*\)")


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route with something in each of its places."""
    for each in resolver.url_patterns:
        said = before + str(each.pattern)
        if isinstance(each, URLPattern):
            filled = PLACE.sub(lambda found: VALUES[found[1] or "str"], said)
            yield "/" + NAMED.sub("journal", filled).replace("^", "").replace("$", "")
        else:
            yield from addresses(each, said)


ALL = sorted(set(addresses(get_resolver())))


@pytest.fixture
def askers(hill: Cast, phone: Phone) -> list[tuple[Client, dict[str, str]]]:
    """Nobody, a patient's phone, a physiotherapist's browser."""
    desk = Client(raise_request_exception=False)
    desk.force_login(hill.physiotherapist)
    return [
        (Client(raise_request_exception=False), {}),
        (phone.client, {"X-Session-Token": phone.token}),
        (desk, {}),
    ]


def test_the_resolver_was_read() -> None:
    assert len(ALL) > 100
    assert {"/api/v1/me/export", "/admin/", "/accounts/login/", "/metrics"} <= set(ALL)


def test_every_answer_to_everybody_carries_what_it_must(askers: Any) -> None:
    """A new address is in it without anybody adding it."""
    wrong = []
    for address in ALL:
        for client, headers in askers:
            answer = client.get(address, headers=headers)
            wrong += [f"{address} {what}" for what in missing(answer)]
    assert wrong == [], "\n".join(sorted(set(wrong)))


def missing(answer: Any) -> Iterator[str]:
    path = answer.request["PATH_INFO"]
    if "no-store" not in answer.get("Cache-Control", "") and not open_to_all(answer):
        yield f"Cache-Control: {answer.get('Cache-Control')}"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options"
    if answer.get("X-Frame-Options") != "DENY":
        yield "X-Frame-Options"
    if answer.get("Referrer-Policy") != "same-origin":
        yield "Referrer-Policy"
    if answer.get("Cross-Origin-Opener-Policy") != "same-origin" and path != "/api/v1/docs":
        yield "Cross-Origin-Opener-Policy"
    policy = answer.get("Content-Security-Policy", "")
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        if part not in policy:
            yield f"Content-Security-Policy: {policy}"
    scripts = re.search(r"script-src[^;]*", policy)
    loose = scripts[0] if scripts else policy
    # The desk's own scripts evaluate expressions (docs/decisions/0007); none may stand in a page.
    if "unsafe-inline" in loose or ("unsafe-eval" in loose and not path.startswith("/admin/")):
        yield f"Content-Security-Policy: {policy}"
    for name, cookie in answer.cookies.items():
        if not cookie["samesite"] or not (cookie["httponly"] or "csrf" in name):
            yield f"cookie {name}"
    if answer.status_code >= 500 and path != "/health/flow":  # 503 is what it has to say
        yield str(answer.status_code)


def open_to_all(answer: Any) -> bool:
    """The same for everybody, whoever asks: texts of the library, the list of words."""
    return answer.request["PATH_INFO"] in {"/api/v1/library", "/api/v1/vocabulary"}


def test_what_is_the_same_for_all_is_the_same_for_all(askers: Any) -> None:
    """The two that may be kept have nothing of the one who asks."""
    phone, headers = askers[1]
    for address in ("/api/v1/library", "/api/v1/vocabulary"):
        answer = phone.get(address, headers=headers)
        assert answer.status_code == 200
        assert "yellowhammer" not in answer.content.decode()


# --- security.txt (RFC 9116) ---

SECURITY = "/.well-known/security.txt"


def test_security_txt_names_whom_the_operator_named(settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example", "https://clinic.example/report"]
    settings.PUBLIC_URL = "https://osteon.example.org"
    answer = Client().get(SECURITY)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[:2] == ["Contact: mailto:security@clinic.example", "Contact: https://clinic.example/report"]
    assert f"Canonical: https://osteon.example.org{SECURITY}" in lines
    [expires] = [line.removeprefix("Expires: ") for line in lines if line.startswith("Expires: ")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", expires)
    assert clock.now().isoformat() < expires < clock.now().replace(year=clock.now().year + 1).isoformat()


def test_without_a_contact_there_is_no_security_txt(settings: Any) -> None:
    settings.SECURITY_CONTACT = []
    assert Client().get(SECURITY).status_code == 404

"""How much one phone may ask, which app is too old, and what the answers say about it."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from api import throttles
from tests.api.phone import Phone
from tests.support.processes import redis_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(settings: Any) -> int:
    """Three a minute, counted in the tests' own Redis database, which is emptied."""
    settings.REQUESTS_PER_MINUTE, settings.REDIS_URL = 3, redis_url()
    throttles._redis(settings.REDIS_URL).flushdb()
    return 3


@pytest.fixture(autouse=True)
def _redis_is_well() -> Iterator[None]:
    yield
    throttles._resting["until"] = 0.0


@pytest.fixture
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All within one window, 20 seconds before its end."""
    monkeypatch.setattr("api.throttles.time.time", lambda: 1_000_000_000 * 60 + 40.0)


@pytest.mark.usefixtures("_one_minute")
def test_the_fourth_of_three_requests_is_told_when_to_come_again(phone: Phone, limit: int) -> None:
    answers = [phone.request("GET", "/api/v1/me") for _ in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit"] for answer in answers] == [f'"person";r={left};t=20' for left in (2, 1, 0, 0)]
    assert answers[0]["RateLimit-Policy"] == '"person";q=3;w=60'
    refused = answers[-1]
    assert (refused["Retry-After"], refused["Content-Type"]) == ("20", "application/problem+json")
    assert refused.json()["type"] == "/problems/throttled"


@pytest.mark.usefixtures("_one_minute", "limit")
def test_a_count_is_gone_soon_after_its_minute(phone: Phone, settings: Any) -> None:
    for _ in range(2):
        phone.request("GET", "/api/v1/me")
    client = throttles._redis(settings.REDIS_URL)
    keys = client.keys("asked:*")
    assert [0 < client.ttl(key) <= 2 * throttles.WINDOW for key in keys] == [True]


@pytest.mark.usefixtures("_one_minute")
def test_a_redis_that_was_started_anew_counts_at_once(phone: Phone, limit: int, settings: Any) -> None:
    """The connection from before is gone, and it is nobody's fault."""
    phone.request("GET", "/api/v1/me")
    mine = throttles._connection()
    mine.send_command("CLIENT", "ID")
    throttles._redis(settings.REDIS_URL).client_kill_filter(_id=mine.read_response())
    answers = [phone.request("GET", "/api/v1/me") for _ in range(limit)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.usefixtures("_one_minute", "limit")
def test_the_limit_is_each_persons_own(phone: Phone, invite: Any) -> None:
    other = Phone()
    other.sign_up(invite(age=70))
    for _ in range(4):
        phone.request("GET", "/api/v1/me")
    assert other.request("GET", "/api/v1/me").status_code == 200


def test_without_redis_nobody_is_refused(phone: Phone, settings: Any) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    settings.REQUESTS_PER_MINUTE, settings.REDIS_URL = 1, f"redis://127.0.0.1:{port}/0"
    assert [phone.request("GET", "/api/v1/me").status_code for _ in range(5)] == [200] * 5


def test_a_redis_that_hangs_is_asked_once_and_then_left_alone(phone: Phone, settings: Any) -> None:
    """It takes the connection and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as hanging:
        settings.REQUESTS_PER_MINUTE = 1
        settings.REDIS_URL = f"redis://127.0.0.1:{hanging.getsockname()[1]}/0"
        assert [phone.request("GET", "/api/v1/me").status_code for _ in range(5)] == [200] * 5
        hanging.setblocking(False)
        hanging.accept()
        with pytest.raises(BlockingIOError):
            hanging.accept()


def test_a_phone_that_is_not_counted_hears_of_no_limit(phone: Phone) -> None:
    assert not phone.request("GET", "/api/v1/me").has_header("RateLimit")


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("1.3.9", 426),
        ("1", 426),
        ("1.4", 200),
        ("1.4.0", 200),
        ("1.10", 200),
        ("2", 200),
        ("", 200),
        ("new", 400),
        ("١.٤", 400),
    ],
)
def test_an_app_that_is_too_old_is_asked_to_update(
    phone: Phone, settings: Any, version: str, status: int
) -> None:
    settings.MINIMUM_APP_VERSION = "1.4"
    answered, answer = phone.send("GET", "/api/v1/me", **{"X-App-Version": version})
    assert answered == status
    if status == 426:
        assert (answer["type"], answer["title"]) == ("/problems/app-too-old", "Please update the app")

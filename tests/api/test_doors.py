"""The one counter before every door that takes a secret."""

import importlib
import inspect
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from api import doors
from journal.accounts.models import Guesses, KnownDevice, User
from journal.actions import accounts, guesses
from journal.actions.guesses import Limit
from tests.api.doors import AUTH, LOGIN, go_on, sign_in
from tests.api.phone import PASSWORD, SIGNUP, Phone

pytestmark = pytest.mark.django_db
PAT = "pat@example.org"


def account(email: str = PAT, password: str | None = PASSWORD, **fields: Any) -> User:
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def pat() -> User:
    return account()


def guess(email: str = PAT, *, client: Any = None, **headers: str) -> Any:
    return Phone(client=client or Client()).request(
        "POST", LOGIN, {"email": email, "password": "a wrong guess"}, **headers
    )


def exhaust(email: str = PAT) -> None:
    for _ in range(doors.STRANGERS[0]):
        assert guess(email).status_code == 400


# --- the count ---


def test_an_account_stands_fifteen_guesses_of_strangers_and_says_when_it_takes_more(pat: User) -> None:
    exhaust()
    response = guess()
    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert response.json()["type"] == "/problems/too-many-guesses"
    assert 200 <= int(response["Retry-After"]) <= 300
    assert sign_in(Phone(), PAT)[0] == 429


def test_the_desk_says_it_in_a_page(client: Client, pat: User) -> None:
    exhaust()
    response = client.post(reverse("account_login"), {"login": PAT, "password": PASSWORD})
    assert response.status_code == 429
    assert 200 <= int(response["Retry-After"]) <= 300
    assert "Too many attempts" in response.content.decode()


@pytest.mark.parametrize("spelled", ["PAT@example.org", " pat@example.org ", "Pat@Example.ORG"])
def test_the_account_is_counted_however_its_address_is_spelled(pat: User, spelled: str) -> None:
    exhaust()
    assert guess(spelled).status_code == 429


def test_every_door_counts_for_the_same_account(client: Client, pat: User) -> None:
    """Five at the app's door, five at the desk's, five at the re-authentication of a phone left signed in."""
    phone = Phone()
    sign_in(phone, PAT)
    for _ in range(5):
        assert guess().status_code == 400
        assert client.post(reverse("account_login"), {"login": PAT, "password": "wrong"}).status_code == 200
        assert phone.send("POST", f"{AUTH}/reauthenticate", {"password": "wrong"})[0] == 400
    assert guess().status_code == 429
    assert phone.send("POST", f"{AUTH}/reauthenticate", {"password": PASSWORD})[0] == 429
    body = {"current_password": PASSWORD, "new_password": "another walk by the sea"}
    assert phone.send("POST", "/_allauth/app/v1/account/password/change", body)[0] == 429


def test_the_right_secret_is_no_guess(pat: User) -> None:
    for _ in range(doors.STRANGERS[0] + 5):
        assert sign_in(Phone(), PAT)[0] == 200


def test_who_signs_in_between_guesses_gets_no_more_of_them(pat: User) -> None:
    """The way round a counter that each success sets to nought."""
    for turn in range(doors.STRANGERS[0]):
        assert guess().status_code == 400, turn
        if turn < doors.STRANGERS[0] - 1:
            assert sign_in(Phone(), PAT)[0] == 200
    assert guess().status_code == 429


def test_guesses_count_for_any_five_minutes_not_for_those_of_a_clock(pat: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(10):
            guess()
        clock.shift(timedelta(minutes=4))
        for _ in range(5):
            assert guess().status_code == 400
        clock.shift(timedelta(minutes=1, seconds=1))
        for _ in range(10):
            assert guess().status_code == 400
        assert guess().status_code == 429


def test_a_day_has_an_end_too() -> None:
    start, one = timezone.now(), guesses.limit("account", "x", 15, 75)
    passed = 0
    for minute in range(0, 23 * 60, 6):
        at = start + timedelta(minutes=minute)
        passed += sum(guesses.count(at=at, limits=[one]) is None for _ in range(15))
    assert passed == 75
    wait = guesses.count(at=at, limits=[one])
    assert wait is not None
    assert start + timedelta(days=1) <= at + wait <= start + timedelta(days=1, minutes=30)
    assert guesses.count(at=start + timedelta(days=1, minutes=1), limits=[one]) is None


def test_a_refused_guess_does_not_put_off_the_end_of_the_wait(pat: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        exhaust()
        for _ in range(20):
            clock.shift(timedelta(seconds=14))
            assert guess().status_code == 429
        clock.shift(timedelta(seconds=21))
        assert sign_in(Phone(), PAT)[0] == 200


def test_one_network_can_not_try_one_password_on_everybody(pat: User) -> None:
    for number in range(doors.NETWORK[0]):
        assert guess(f"person-{number}@example.org").status_code == 400
    assert guess("one-more@example.org").status_code == 429
    assert guess("elsewhere@example.org", client=Client(REMOTE_ADDR="203.0.113.9")).status_code == 400


def test_all_addresses_of_one_ipv6_network_are_one() -> None:
    for number in range(doors.NETWORK[0]):
        neighbour = Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        assert guess(f"p{number}@example.org", client=neighbour).status_code == 400
    assert guess("q@example.org", client=Client(REMOTE_ADDR="2001:db8::ffff:1")).status_code == 429
    assert guess("q@example.org", client=Client(REMOTE_ADDR="2001:db8:1::1")).status_code == 400


def test_a_forwarded_for_header_is_hearsay_unless_a_proxy_of_ours_wrote_it(settings: Any) -> None:
    def counted(**headers: str) -> set[str]:
        before = set(Guesses.objects.values_list("key", flat=True))
        guess("x@example.org", **headers)
        return set(Guesses.objects.values_list("key", flat=True)) - before

    counted()
    assert counted(**{"X-Forwarded-For": "198.51.100.7"}) == set()
    settings.TRUSTED_PROXIES = 1
    key = guesses.limit("network", "198.51.100.7", 1, 1).key
    assert counted(**{"X-Forwarded-For": "10.1.1.1, 198.51.100.7"}) == {key}
    assert counted(**{"X-Forwarded-For": "10.2.2.2, 198.51.100.7"}) == set()


def test_an_invitation_code_is_a_secret_like_any(invite: Callable[..., str]) -> None:
    code = invite()
    for number in range(doors.NETWORK[0]):
        assert Phone().sign_up(f"WRONG-{number}")[0] == 400
    assert Phone().sign_up(code)[0] == 429
    assert Phone(client=Client(REMOTE_ADDR="203.0.113.9")).sign_up(code)[0] == 200


def test_counters_are_kept_without_names_and_forgotten_after_a_day(pat: User) -> None:
    guess()
    stored = str(list(Guesses.objects.values()))
    assert "pat" not in stored
    assert "127.0.0.1" not in stored
    assert guesses.forget(at=timezone.now()) == 0
    assert guesses.forget(at=timezone.now() + timedelta(days=1, seconds=1)) == 2


def post(server: str, path: str, body: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection(urlsplit(server).netloc, timeout=120)
    connection.request("POST", path, body, headers)
    with closing(connection):
        return connection.getresponse().status


@pytest.mark.django_db(transaction=True)
def test_of_sixty_four_parallel_guessers_with_invented_addresses_fifteen_are_heard(
    live_server: LiveServer, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    account()
    chance = random.Random(7)

    def one(number: int) -> int:
        forwarded = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
        headers = {"X-Forwarded-For": forwarded, "Forwarded": f"for={forwarded}", "X-Real-IP": forwarded}
        if number % 2:
            said = json.dumps({"email": PAT, "password": f"guess {number}"})
            return post(live_server.url, LOGIN, said, {**headers, "Content-Type": "application/json"})
        token = "a" * 32
        form = {"login": PAT, "password": f"guess {number}", "csrfmiddlewaretoken": token}
        headers |= {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
        return post(live_server.url, "/accounts/login/", urlencode(form), headers)

    with ThreadPoolExecutor(64) as guessers:
        heard = list(guessers.map(one, range(192)))
    evaluated = [status for status in heard if status in (200, 400)]
    assert set(heard) <= {200, 400, 429}
    assert len(evaluated) == doors.STRANGERS[0]
    print(f"\n{len(heard)} guesses by 64 at once: {len(evaluated)} evaluated")


# --- no door without the counter ---


def addresses(resolver: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every route that there is, as the request will name it, with its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.callback


SIGN_IN = sorted({route for route, _ in addresses() if route.startswith((doors.APP, doors.DESK))})


@pytest.mark.parametrize("route", SIGN_IN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_whatever_changes_something_at_the_sign_in_is_counted(
    route: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A route that a later version adds is in here by itself, and fails unless it is counted."""
    counted: list[Limit] = []

    def refuse(*, at: datetime, limits: list[Limit]) -> timedelta:
        counted.extend(limits)
        return timedelta(minutes=1)

    monkeypatch.setattr(guesses, "count", refuse)
    address = "/" + route.replace("<int:pk>", "1").replace("^", "").replace("(?P<key>[-:\\w]+)/$", "x/")
    status = Phone(client=Client()).request(method, address, {"email": PAT}).status_code
    if route in doors.HARMLESS:
        assert counted == []
    else:
        assert (status, len(counted)) == (429, 2 if route.startswith(doors.APP) else 1)


@pytest.mark.parametrize("header", doors.SECRET_HEADERS)
def test_a_code_that_comes_with_a_get_is_counted(header: str) -> None:
    path = "email/verify" if "Verification" in header else "password/reset"
    Phone().request("GET", f"{AUTH}/{path}", **{header: "ABCD-EFGH"})
    assert Guesses.objects.count() == 1


def test_only_the_sign_in_looks_at_secrets() -> None:
    """Views elsewhere neither check a password nor read one: such a view belongs behind the counter."""
    words = ("check_password", "authenticate(", '"password"', "validate_code", "invitation_code", "totp")
    elsewhere = {
        view.__module__ for route, view in addresses() if not route.startswith((doors.APP, doors.DESK))
    }
    ours = {module for module in elsewhere if module.split(".")[0] in ("api", "journal", "reminders")}
    assert len(ours) > 10
    found = {
        (module, word)
        for module in ours
        for word in words
        if word in inspect.getsource(importlib.import_module(module))
    }
    assert found == set()


def test_a_password_that_no_door_counted_is_not_looked_at(pat: User, rf: Any) -> None:
    with pytest.raises(RuntimeError):
        get_adapter().authenticate(rf.post("/api/v1/entries"), email=PAT, password=PASSWORD)


# --- the right person ---


def known(user: User) -> dict[str, str]:
    """The device on which the person signed in before."""
    response = Phone().request("POST", LOGIN, {"email": user.email, "password": PASSWORD})
    return {doors.DEVICE_HEADER: response[doors.DEVICE_HEADER]}


def test_the_right_person_gets_in_from_a_known_phone_while_strangers_guess(pat: User) -> None:
    phone = known(pat)
    exhaust()
    for number in range(doors.NETWORK[0]):
        guess(f"{number}@example.org")
    assert sign_in(Phone(), PAT)[0] == 429
    assert sign_in(Phone(), PAT, **phone)[0] == 200


def test_the_right_person_gets_in_from_a_known_browser_too(client: Client, pat: User) -> None:
    said = {"login": PAT, "password": PASSWORD}
    client.post(reverse("account_login"), said)
    client.post(reverse("account_logout"))
    exhaust()
    assert Client().post(reverse("account_login"), said).status_code == 429
    assert client.post(reverse("account_login"), said).status_code == 302


def test_a_known_device_has_five_guesses_so_that_there_are_never_more_than_twenty(pat: User) -> None:
    phone = known(pat)
    exhaust()
    assert [guess(**phone).status_code for _ in range(6)] == [400] * 5 + [429]


def test_a_device_is_known_for_its_own_people_alone(pat: User) -> None:
    account("other@example.org")
    phone = known(pat)
    exhaust("other@example.org")
    assert sign_in(Phone(), "other@example.org", **phone)[0] == 429


def test_a_shared_computer_is_known_for_everybody_who_signed_in_there(client: Client, pat: User) -> None:
    account("other@example.org")
    for email in (PAT, "other@example.org", PAT):
        client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
        client.post(reverse("account_logout"))
    assert KnownDevice.objects.values("token_hash").distinct().count() == 1
    exhaust()
    assert client.post(reverse("account_login"), {"login": PAT, "password": PASSWORD}).status_code == 302


def test_a_lost_phone_is_known_no_more(pat: User) -> None:
    phone = known(pat)
    accounts.sign_out_everywhere(by=None, at=timezone.now(), user=pat)
    exhaust()
    assert sign_in(Phone(), PAT, **phone)[0] == 429


def test_signing_up_makes_the_phone_known(invite: Callable[..., str]) -> None:
    body = {"email": PAT, "password": PASSWORD, "invitation_code": invite(), "timezone": "UTC"}
    token = Phone().request("POST", SIGNUP, body)[doors.DEVICE_HEADER]
    exhaust()
    assert sign_in(Phone(), PAT, **{doors.DEVICE_HEADER: token})[0] == 200


def test_signing_out_is_possible_while_strangers_guess(pat: User) -> None:
    phone = Phone()
    sign_in(phone, PAT)
    exhaust()
    assert go_on(phone, "DELETE", f"{AUTH}/session")[0] == 401
    assert phone.send("GET", f"{AUTH}/session")[0] in (401, 410)

"""Whoever is on a page of the desk has a look on record: who, at whom, when, by which route.

The pages are read from the router, what can be pressed on them from their own forms and links: a new one is
here by itself. A patient is on a page when a word of theirs is, or a link to them.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone as clock

from journal.accounts.models import User
from journal.actions import glass
from journal.models import StaffRead
from tests.support.desk import entry, signed_in
from tests.support.forms import Form, forms_of
from tests.support.records import Cast, a_cast, another_patient
from tests.support.routes import Route, every_route

pytestmark = pytest.mark.django_db

WHOSE = ("physiotherapist", "lead", "operator who broke the glass")
# An invitation that nobody has used is no patient's.
NOBODY = re.compile(r"Invited heron")
CHOICES = re.compile(r'href="(\?[^"]*)"')
# These say that a patient stood there; a page or a file is a patient's own, and may be empty.
LISTED = ("list", "search")
AT_THE_DOOR = ("/logout/", "/language/")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Office:
    """One member of staff, two patients of the clinic, and what was wrong so far."""

    by: User
    casts: list[Cast]
    role: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    token: str = ""
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    shown: set[tuple[str, str]] = field(default_factory=set)
    pressed: set[object] = field(default_factory=set)

    def asks(self, method: str, address: str, sent: Any = None) -> Any:
        """One request and where it leads; whatever it changed is taken back."""
        self.client.cookies.clear()
        self.client.cookies["osteon_session"] = self.token
        self.asked += 1
        with transaction.atomic():
            last, began = _last(), clock.now()
            answer = self.client.generic(method, address) if sent is None else None
            answer = answer or self.client.post(address, sent, follow=True)
            text = self.text(answer)
            self.compare(f"{method} {address}", answer, text, list(_since(last)), began)
            transaction.set_rollback(True)
        said: Any = answer
        said.said = text
        return said

    def text(self, answer: Any) -> str:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return NOBODY.sub("", f"{body.decode(errors='replace')}\n{answer.headers}")

    def compare(self, asked: str, answer: Any, text: str, looks: list[StaffRead], began: Any) -> None:
        """What is on the page, and what is on record since it was asked for."""
        routes = {_name(asked.split()[1]), *(_name(to) for to, _ in getattr(answer, "redirect_chain", []))}
        told = {look.patient_id for look in looks if self._is_true(look, routes, began)}
        for cast in self.casts:
            if on_the_page(cast, text):
                self.shown.add((cast.word, _name(asked.split()[1])))
                if cast.patient.pk not in told:
                    self.wrong.append(f"no look at {cast.word}: {self.role}: {asked}")
            elif any(look.patient_id == cast.patient.pk and look.how in LISTED for look in looks):
                self.wrong.append(f"a look at {cast.word}, who was not there: {self.role}: {asked}")

    def _is_true(self, look: StaffRead, routes: set[str], began: Any) -> bool:
        when = began - timedelta(minutes=1) < look.at < clock.now() + timedelta(minutes=1)
        return look.by_id == self.by.pk and look.route in routes and when and bool(look.role)


def office(role: str) -> Office:
    hill = a_cast("hill", "heron")
    casts = [hill, another_patient(hill, "egret")]
    for cast in casts:  # what a file of the last weeks has in it
        entry(cast.patient, {"note": cast.word}, at=clock.now())
    by = {"physiotherapist": hill.physiotherapist, "lead": hill.lead}.get(role)
    if by is None:
        by = User.objects.create_superuser("root@host.example", "x")
        glass.break_it(by=by, at=clock.now(), clinic=hill.clinic, reason="A patient called the host.")
    here = Office(by, casts, role)
    signed_in(here.client, by)
    here.token = here.client.cookies["osteon_session"].value
    return here


def on_the_page(cast: Cast, text: str) -> bool:
    link = reverse("admin:accounts_patient_change", args=[cast.patient.pk]).removesuffix("change/")
    return bool(re.search(f"{cast.word}(?!clinic)", text)) or link in text


def _last() -> int:
    found = StaffRead.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def _since(last: int) -> Iterator[StaffRead]:
    yield from StaffRead.objects.filter(pk__gt=last)


def _name(address: str) -> str:
    return resolve(address.split("?", maxsplit=1)[0]).view_name


def addresses(here: Office, route: Route) -> list[str]:
    """With the ids of both patients; a list also with what is searched for."""
    if route.parameters:
        return list(dict.fromkeys(address for cast in here.casts for address in route.filled(cast)))
    place = route.address({})
    searched = [f"{place}?q={cast.word[:4]}" for cast in here.casts] if place in lists() else []
    return [place, *searched]


def lists() -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]


def go_round(here: Office, start: str) -> None:
    """Each page of the routes that begin so, what it links to of itself, and each of its forms."""
    for route in every_route():
        if route.pattern.startswith(start):
            for address in addresses(here, route):
                look_at(here, address)


def look_at(here: Office, address: str) -> None:
    page = here.asks("GET", address)
    if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
        return
    if "?" not in address:
        for choice in dict.fromkeys(CHOICES.findall(page.said)):
            here.asks("GET", address + choice.replace("&amp;", "&"))
    for form in forms_of(page.said, address):
        button = (form.address.partition("?")[0], *form.fields)
        if not form.address.endswith(AT_THE_DOOR) and button not in here.pressed:
            here.pressed.add(button)
            press(here, form)


def press(here: Office, form: Form) -> None:
    """As somebody would fill it in, and empty; a list also with each of its deeds on all rows."""
    here.asks("POST", form.address, form.fields)
    here.asks("POST", form.address, {})
    for deed in form.offered.get("action", []):
        rows = form.offered.get("_selected_action", [])
        for more in ({}, {"confirmed": "1"}, {"confirmed": "1", "note": "words", "outcome": "known"}):
            here.asks("POST", form.address, {"action": deed, "_selected_action": rows, **more})


@pytest.mark.parametrize("role", WHOSE)
def test_who_is_on_a_page_of_the_desk_has_a_look_on_record(
    role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = office(role)
    go_round(here, "admin/")
    with capsys.disabled():
        print(f"\n{role}: {here.asked} pages and deeds, {len(here.wrong)} wrong")
    assert here.wrong == [], "\n".join(here.wrong)
    for cast in here.casts:
        seen = {name for word, name in here.shown if word == cast.word}
        assert seen >= {
            f"admin:accounts_patient_{one}" for one in ("changelist", "change", "summary", "export")
        }
        assert seen >= {f"admin:journal_{one}" for one in ("flag_changelist", "flag_change", "entry_change")}

"""Every route × method × person × (own, foreign, missing): nobody's words reach anybody else.

The routes are read from the router, the admin's actions from its registry, and what a body may name from the
desk's own forms, the document of the API and what a phone pulls: a new one is here by itself.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone as clock
from drf_spectacular.generators import SchemaGenerator

from journal.accounts.models import Clinician, Patient, User
from journal.actions import glass
from journal.fence import tables
from tests.support import bodies
from tests.support.desk import signed_in
from tests.support.forms import Form, forms_of
from tests.support.records import Cast, a_cast, another_patient
from tests.support.routes import NO_NUMBER, NO_UUID, Route, every_route

pytestmark = pytest.mark.django_db

HERON, KESTREL, EGRET = "heron", "kestrel", "egret"
METHODS = ("GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ROLES = (
    "nobody",
    "the patient",
    "a patient elsewhere",
    "another patient of the clinic",
    "the physiotherapist",
    "the lead",
    "a physiotherapist elsewhere",
    "an operator",
    "an operator who broke the glass",
)
# allauth's own, for sites that ask for a telephone number; and one that says what is so, nothing flows here.
UNWELL = ("/_allauth/app/v1/account/phone", "/_allauth/app/v1/auth/phone", "/health/flow")
# What staff wrote for staff is in the copy that a patient takes along, and nowhere else.
COPY = "/api/v1/me/export"
# The search, and filters that would tell of others' rows by what they leave over.
PROBES = ("q", "patient__name__startswith", "name__startswith", "patient__entries__report__note")
# What differs between any two answers, whatever they are about.
VARIES = {"X-Request-ID", "Date", "Content-Length", "RateLimit", "RateLimit-Policy", "Set-Cookie", "Expires"}
NOISE = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|csrfToken&quot;: &quot;\w+|nonce="[^"]+"|id="[^"]*-[0-9a-f]{6,}"'
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of requests, two lines each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same for everybody, and takes seconds."""
    really = SchemaGenerator.get_schema
    made = cache(lambda: really(SchemaGenerator(), public=True))
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: made())


Asked = tuple[str, Any]  # address and form
# What the server writes into a new row, and nobody sent: no two answers have the same moment, id or ETag.
MADE_HERE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+00:00|Z)|\b1\d{12}\b"
    r'|"\d+-[0-9a-f]{16}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)
# What no form has: whose somebody is, and what they may do.
FORGED = (
    "clinic",
    "clinic_id",
    "patient",
    "patient_id",
    "user",
    "user_id",
    "physiotherapist",
    "by",
    "pk",
    "id",
)
FORGED_RIGHTS = {"role": "lead", "is_superuser": "on", "is_staff": "on"}


@dataclass
class World:
    """Two clinics, and one person who tries everything; `foreign` is whose rows are not theirs."""

    role: str
    foreign: Cast
    person: User | None
    own: Cast | None
    forbidden: re.Pattern[str]
    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    whole: list[object] = field(default_factory=list)  # what must stay as it is, when that is looked at

    def ask(
        self, method: str, address: str, body: Any = None, *, form: bool = False, asked: str = ""
    ) -> HttpResponse:
        """One request; whatever it changed is taken back. `asked` is what it said itself."""
        self.client.cookies.clear()
        if self.token:
            self.client.cookies["osteon_session"] = self.token
        headers = {"X-Session-Token": self.token} if self.token else {}
        said = json.dumps({} if body is None else body)
        sent: dict[str, Any] = {} if method == "GET" else {"data": said, "content_type": "application/json"}
        with transaction.atomic():
            if form:
                answer = self.client.post(address, body, headers=headers, follow=bool(self.whole))
            else:
                answer = self.client.generic(method, address, headers=headers, **sent)
            text = without(self.text(answer), asked)
            if self.whole and method != "GET" and self.whole != kept(self.foreign):
                self.wrong.append(f"changed: {self.role}: {method} {address} {body}")
            transaction.set_rollback(True)
        self.cells += 1
        if self.own and address.startswith(COPY):
            text = text.replace(f"{self.own.word}note", "")
        where = f"{self.role}: {method} {address} → {answer.status_code}"
        if self.forbidden.search(text):
            self.wrong.append(f"leak: {where}")
        if answer.status_code >= 500 and not address.startswith(UNWELL):
            self.wrong.append(f"broken: {where}")
        return answer  # type: ignore[return-value]

    def text(self, answer: Any) -> str:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return f"{answer.headers}\n{body.decode(errors='replace')}"

    def same(self, method: str, foreign: Asked, missing: Asked, ids: tuple[str, str]) -> None:
        """The answers about what is somebody else's and what never was differ in nothing but the id."""
        form = foreign[1] is not None
        one, two = (
            self.ask(method, *said, form=form, asked=name)
            for said, name in zip((foreign, missing), ids, strict=True)
        )
        if self.plain(one) != self.plain(two) and self.plain(one, ids[0]) != self.plain(two, ids[1]):
            self.wrong.append(f"tells apart: {self.role}: {method} {foreign[0]}")

    def same_bodies(self, method: str, address: str, sent: Iterable[tuple[str, Any]], *, form: bool) -> None:
        """Whatever row of others a body names, the answer is the one about a row that never was, which comes
        last, and no row of theirs is another one then. Of a page of the desk, which says much else and has
        short ids, it is the status and the way there.
        """
        found = [(body, key, self.ask(method, address, body, form=form, asked=key)) for key, body in sent]
        plain = [(body, self.way(answer) if form else self.told(answer, key)) for body, key, answer in found]
        for body, answer in plain[:-1]:
            if answer != plain[-1][1]:
                self.wrong.append(f"tells apart: {self.role}: {method} {address} {body}")

    def way(self, answer: Any) -> list[str]:
        return [str(answer.status_code), *(str(step) for step in answer.redirect_chain)]

    def told(self, answer: Any, asked: str) -> list[str]:
        """In whatever order: rows of a phone come by their ids."""
        said = str(self.plain(answer, asked)).replace(asked, "ID")
        return sorted(re.split(r"[][{},]", MADE_HERE.sub("MADE HERE", said)))

    def plain(self, answer: Any, asked: str = "") -> tuple[int, dict[str, str], str]:
        headers = {name: value for name, value in answer.headers.items() if name not in VARIES}
        body = "" if answer.streaming else answer.content.decode(errors="replace")
        said = NOISE.sub("", without(body, asked))
        return answer.status_code, {name: without(value, asked) for name, value in headers.items()}, said


def without(text: str, asked: str) -> str:
    """The text but for what the request itself said, as a whole word, also in another address."""
    for said in {asked, quote(asked, safe="")} - {""}:
        text = re.sub(rf"(?:(?<!\w)|(?<=%3D)|(?<=%2F)){re.escape(said)}(?!\w)", "ID", text)
    return text


def world(role: str) -> World:
    hill, lake = a_cast("hill", HERON), a_cast("lake", KESTREL)
    operator = User.objects.create_superuser("root@host.example", "x")
    beside = another_patient(hill, EGRET) if role == "another patient of the clinic" else None
    of_role: dict[str, tuple[User | None, Cast | None]] = {
        "nobody": (None, None),
        "the patient": (hill.person, hill),
        "a patient elsewhere": (lake.person, lake),
        "another patient of the clinic": (beside.person if beside else None, beside),
        "the physiotherapist": (hill.physiotherapist, hill),
        "the lead": (hill.lead, hill),
        "a physiotherapist elsewhere": (lake.physiotherapist, lake),
        "an operator": (operator, None),
        "an operator who broke the glass": (operator, hill),
    }
    person, own = of_role[role]
    if "glass" in role:
        glass.break_it(by=operator, at=clock.now(), clinic=hill.clinic, reason="A patient called the host.")
    token = ""
    if person is not None:
        client = Client()
        signed_in(client, person)
        token = client.cookies["osteon_session"].value
    foreign = hill if own is lake or beside else lake
    return World(role, foreign, person, own, forbidden(role, own), token)


def forbidden(role: str, own: Cast | None) -> re.Pattern[str]:
    """Words of others; for a patient also what staff wrote for staff. Operators may read of clinics alone."""
    if role == "an operator":
        return re.compile(f"({HERON}|{KESTREL})(?!clinic)")
    if "glass" in role:
        return re.compile(f"{KESTREL}(?!clinic)")
    if role == "another patient of the clinic":  # who may read of the clinic
        return re.compile(f"{HERON}(?!clinic)|{KESTREL}|{EGRET}note")
    others = [word for word in (HERON, KESTREL) if own is None or word != own.word]
    if "patient" in role and own is not None:
        others.append(f"{own.word}note")
    return re.compile("|".join(others))


def test_there_are_routes_of_every_kind() -> None:
    """The walk through the router has found the API, sign-in and each page of the desk."""
    found = {str(route) for route in every_route()}
    assert len([route for route in every_route() if route.parameters]) > 20
    for start in ("api/v1/", "_allauth/app/v1/", "accounts/", "health/"):
        assert any(route.startswith(start) for route in found)
    for model in admin.site._registry:
        name = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert name in found
        assert any(route.startswith(name) and "object_id" in route for route in found)


@pytest.mark.parametrize("role", ROLES)
def test_nobodys_words_reach_anybody_else(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    here = world(role)
    for route in every_route():
        for method in METHODS:
            tried(here, route, method)
    for address, action, model in actions():
        chosen = str(here.foreign.rows[model].pk)
        never = NO_UUID if "-" in chosen else str(NO_NUMBER)
        forms = [{"action": action, "_selected_action": [one]} for one in (chosen, never)]
        here.same("POST", (address, forms[0]), (address, forms[1]), (chosen, never))
    for address in lists():
        for probe in PROBES:
            foreign, never = f"{address}?{probe}={here.foreign.word}", f"{address}?{probe}=nightjar"
            here.same("GET", (foreign, None), (never, None), (here.foreign.word, "nightjar"))
    with capsys.disabled():
        print(f"\n{role}: {here.cells} cells, {len(here.wrong)} wrong")
        print("\n".join(here.wrong))
    assert here.wrong == []


def tried(here: World, route: Route, method: str) -> None:
    """Own, foreign and missing; a route without ids is asked once."""
    if not route.parameters:
        here.ask(method, route.address({}))
        return
    if here.own is not None:
        for address in route.filled(here.own):
            here.ask(method, address)
    missing = route.missing()
    for address in route.filled(here.foreign):
        if here.role == "an operator" and route.is_of(tables.THE_OFFICES):
            here.ask(
                method, address
            )  # theirs to see: clinics and who works there; a patient's word is a leak
        else:
            here.same(method, (address, None), (missing, None), (address, missing))
    if here.own is not None:
        for address, never in route.mixed(here.own, here.foreign):
            here.same(method, (address, None), (never, None), (address, never))


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("nobody", "an operator")])
def test_no_body_reaches_the_rows_that_it_names(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each field that names another row (owner, colleague, item, device) with each row of somebody else."""
    here = world(role)
    here.whole = kept(here.foreign)
    fields = set(sent_by_forms(here))
    if "patient" in role:
        fields |= set(sent_by_phones(here))
    with capsys.disabled():
        print(f"\n{role}: {here.cells} cells, {len(here.wrong)} wrong, of {', '.join(sorted(fields))}")
        print("\n".join(here.wrong))
    known = {
        "the physiotherapist": {"owner", "_selected_action"},
        "the lead": {"owner", "_selected_action", "to", "on-call"},
        "the patient": {"POST /api/v1/entries", "sync"},
    }
    assert known.get(role, set()) <= fields
    assert here.wrong == []


def kept(of: Cast) -> list[object]:
    """Every row of the cast, what was done with them, and what everybody may do."""
    rows: list[object] = [
        type(row)._base_manager.filter(pk=row.pk).values().get() for row in of.rows.values()
    ]
    rows += [row._meta.model._base_manager.filter(patient=of.patient).count() for row in _of_patients(of)]
    rows += User.objects.order_by("pk").values_list("pk", "is_staff", "is_superuser")
    rows += Clinician.objects.order_by("pk").values_list("pk", "clinic", "user", "role")
    rows += Patient.objects.order_by("pk").values_list("pk", "clinic", "user")
    return rows


def _of_patients(of: Cast) -> list[Any]:
    return [row for row in of.rows.values() if hasattr(row, "patient_id")]


def sent_by_forms(here: World) -> Iterator[str]:
    """Each form of each page of the desk, with rows of others, and with what it has no field for."""
    for form in forms(here):
        keys = [*_keys_of(here.foreign), str(NO_NUMBER)]
        for name in form.naming_rows():
            said = [*keys[:-1], NO_UUID if "-" in form.offered[name][-1] else keys[-1]]
            here.same_bodies("POST", form.address, form.with_row(name, said), form=True)
            yield name
        for stem in form.stems():
            here.same_bodies("POST", form.address, form.with_place(stem, keys), form=True)
            yield form.address.rstrip("/").rpartition("/")[2]
        forged = dict.fromkeys(FORGED, str(here.foreign.clinic.pk)) | FORGED_RIGHTS
        here.ask("POST", form.address, forged | form.fields, form=True)


def forms(here: World) -> list[Form]:
    """All that the person's own pages of the desk have, each once; those of the sign-in name no row."""
    found: dict[object, Form] = {}
    for route in every_route():
        if route.pattern.startswith("admin/") and here.own is not None:
            for address in route.filled(here.own) if route.parameters else [route.address({})]:
                page = here.ask("GET", address)
                if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
                    found |= {
                        (one.address, *one.fields): one for one in forms_of(page.content.decode(), address)
                    }
    return [form for form in found.values() if not form.address.endswith(("/logout/", "/language/"))]


def _keys_of(cast: Cast) -> list[str]:
    """Of all rows, and of the people that have no row of their own in the cast."""
    keys = [row.pk for row in cast.rows.values()] + [cast.lead.pk, cast.lead.clinician.pk, cast.person.pk]
    return sorted({str(key) for key in keys})


def sent_by_phones(here: World) -> Iterator[str]:
    keys = [
        str(key) for row in here.foreign.rows.values() for key in (row.pk, getattr(row, "client_id", None))
    ]
    keys = [key for key in dict.fromkeys(keys) if "-" in key] + [NO_UUID]
    document = SchemaGenerator().get_schema(public=True)
    for method, path, naming in bodies.naming_rows(document):
        here.same_bodies(method, path, [(key, naming(key)) for key in keys], form=False)
        yield f"{method} {path}"
    pulled = json.loads(here.ask("GET", "/api/v1/sync?last_pulled_at=null").content)
    address = f"/api/v1/sync?last_pulled_at={pulled['timestamp']}"
    for naming in bodies.pushes(pulled["changes"]):
        here.same_bodies("POST", address, [(key, naming(key)) for key in keys], form=False)
        yield "sync"


def actions() -> Iterator[tuple[str, str, str]]:
    """Address of the list, name of the action, label of the model: all that the registry has."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_superuser=True, is_staff=True)
    for model, desk in admin.site._registry.items():
        for name in {*(desk.actions or ()), *desk.get_actions(request)}:
            opts = model._meta
            yield reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), str(name), opts.label


def lists() -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]

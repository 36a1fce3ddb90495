"""The desk in another language: every page, every text, and the catalogue behind it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf.locale import LANG_INFO
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from journal.accounts.models import Patient, User
from journal.actions import glass
from journal.content import library, messages, texts
from journal.content.engine import RULES
from journal.models import Entry, Flag, Task
from tests.content.plain_cases import findings
from tests.support import desk as people
from tests.support import languages
from tests.support.desk import signed_in
from tests.support.records import Cast, a_cast
from tests.support.routes import Route, every_route

pytestmark = pytest.mark.django_db

WORD = "heron"
LEAD, OPERATOR, NOBODY = "the lead", "an operator who broke the glass", "nobody"
# Names of people, clinics, places and formats; addresses, keys and codes; what patients and staff wrote.
DATA = re.compile(
    rf"\S*{WORD}\S*|\S+@\S+|https?:\S+|Clinic|Pat\b|Invited|Osteon|Europe/Berlin|UTC|GMT"
    r"|English|Español|\besc\b|\b(en|es|hill)\b|FREQ=\w+|\bcm\b|CSV|\bPDF\b|[a-z]+(-[a-z]+)+|flag\.\w+|admin:\S*|xx",
    re.IGNORECASE,
)
QUERIES = {
    "journal_flag": ("?status=any", "?status=superseded", "?status=resolved", "?q=nobody", "?wrong=1"),
    "accounts_patient": ("?caseload=mine", "?caseload=nobody", "?waits=silent", "?q=nobody", "?o=-2"),
    "reminders_delivery": ("?state__exact=waiting", "?receipt=opened", "?q=nobody"),
}
REPORT: dict[str, Any] = {
    "pains": [
        {
            "site": "knee",
            "side": "left",
            "severity": 7,
            "onset": "sudden",
            "quality": ["sharp", "aching"],
            "radiates_to": "calf",
            "worse_with": ["standing"],
            "better_with": ["lying"],
            "trigger": "fall",
            "radiation": "below_knee",
            "path": "back_of_leg",
            "versus_usual": "worse_than_usual",
            "weeks": 3,
        },
        {"site": "lumbar", "side": "midline", "severity": 4},
        {"site": "hip", "side": "both", "severity": 2},
    ],
    "neuro": [
        {"symptom": "numbness", "site": "foot", "side": "left", "extent": "small_patch", "foot_drops": True},
        {"symptom": "unsteady_gait", "site": None, "side": None},
    ],
    "falls": [
        {"kind": "fall", "injury": True, "head": True, "long_lie": True, "cause": "tripped"},
        {"kind": "near_fall"},
    ],
    "can_bear_weight": False,
    "systemic": ["fever", "low_mood"],
    "medications": ["calcium", "nsaid_oral"],
    "activity": [
        {"type": "walking", "minutes": 20, "after": "tired_or_heavy"},
        {"type": "balance", "minutes": 5},
    ],
    "height_cm": 160.5,
    "self_care": [{"kind": "heat", "helped": True, "minutes": 10}],
    "exercises": [{"exercise": "X1", "felt": "hard", "pain_before": 2, "pain_after": 5, "minutes": 10}],
    "jaw": ["jaw_pain"],
    "posture": "more_stooped",
    "sleep": 4,
    "limp": True,
    "walking_aid": "stick",
    "ate_well": False,
    "note": WORD,
}


@pytest.fixture
def cast(db: None) -> Cast:
    """A clinic in which everything has happened: each pattern, each state, each field of an entry."""
    cast = a_cast("hill", WORD)
    User.objects.exclude(email="").update(first_name=WORD, last_name=WORD)
    now = timezone.now()
    Patient.objects.update(
        enrolled_at=now - timedelta(days=90), peak_height_cm=165.5, sex="F", born="1945-03-02"
    )
    for day, report in enumerate(
        [REPORT, {}, {"pains": [], "neuro": [], "falls": []}, REPORT, {"note": WORD}]
    ):
        people.entry(cast.patient, report, at=now - timedelta(days=3 * day + 1))
    for day, rule in enumerate(RULES):
        _flag(
            cast,
            rule.pattern,
            now - timedelta(days=day % 20),
            list(Flag.Status)[day % 4],
            rule.holds_exercise,
        )
    for kind in Task.Kind.values:
        Task.objects.create(
            patient=cast.patient, kind=kind, source=f"{WORD}{kind}", due_on="2026-01-01", raised_at=now
        )
    return cast


def _flag(cast: Cast, pattern: str, at: datetime, status: str, holds: bool) -> None:
    found = findings(pattern)[0]
    entry = Entry.objects.filter(patient=cast.patient).latest("recorded_at")
    people.flag(
        cast.patient,
        at=at,
        pattern=pattern,
        status=status,
        supported=status not in ("superseded", "acknowledged"),
        superseded_reason=""
        if status == "open"
        else "The clinic changed the patient's profile: the rule is no longer met.",
        holds_exercise=holds,
        numbers=dict(found.numbers),
        why_params=[one.as_json() for one in found.why],
        why=WORD,
        why_clinician=WORD,
        evidence={entry.local_date.isoformat(): [str(entry.client_id)]},
        covered={"calf-swelling": ["2026-03-10"]},
    )


def reader(cast: Cast, role: str, language: str) -> Client:
    client = Client(headers={"Accept-Language": language}, raise_request_exception=False)
    if role == LEAD:
        signed_in(client, cast.lead)
    elif role == OPERATOR:
        operator = User.objects.create_superuser("root@host.example", "x", first_name=WORD, last_name=WORD)
        glass.break_it(by=operator, at=timezone.now(), clinic=cast.clinic, reason=WORD)
        signed_in(client, operator)
    User.objects.update(language=language)
    return client


def pages(cast: Cast, client: Client) -> Iterator[tuple[str, str]]:
    """Address and text of every page of desk and sign-in that this reader gets, refused forms included."""
    for address, answer in answers(cast, client):
        assert answer.status_code < 500, address
        if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield address, answer.content.decode()


def answers(cast: Cast, client: Client) -> Iterator[tuple[str, Any]]:
    for route in every_route():
        if str(route).startswith(("admin/", "accounts/")) and "logout" not in str(route):
            yield from _of_route(route, cast, client)
    for query in (
        "?status=any",
        "?status=superseded",
        "?status=nothing",
        "?q=nobody",
        "?caseload=mine",
        "?waits=silent",
    ):
        for name in ("journal_flag", "accounts_patient"):
            address = reverse(f"admin:{name}_changelist") + query
            yield address, client.get(address, follow=True)
    for days in (7, 365):
        address = reverse("admin:accounts_patient_change", args=[cast.patient.pk]) + f"?days={days}"
        yield address, client.get(address)
    yield "/nowhere/", client.get("/nowhere/")


def _of_route(route: Route, cast: Cast, client: Client) -> Iterator[tuple[str, HttpResponse]]:
    for address in list(route.filled(cast))[:3]:
        yield address, client.get(address, follow=True)
    if "/<" in str(route) and str(route).startswith("admin/"):
        for address in list(route.filled(cast))[:1]:
            yield f"POST {address}", client.post(address, {}, follow=True)


# --- marked ---


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A language of which nobody has to translate anything: each text of the catalogue stands between marks."""
    settings.LANGUAGES = [*settings.LANGUAGES, (languages.CODE, "xx")]
    info = {"bidi": False, "code": languages.CODE, "name": "xx", "name_local": "xx"}
    monkeypatch.setitem(LANG_INFO, languages.CODE, info)
    monkeypatch.setitem(trans_real._translations, languages.CODE, languages.Marked())
    spoken, said = texts.spoken, languages.content(texts.spoken("en"))
    monkeypatch.setattr(texts, "spoken", lambda code: said if code == languages.CODE else spoken(code))


@pytest.mark.parametrize("role", [LEAD, OPERATOR])
@pytest.mark.usefixtures("marked")
def test_every_text_of_every_page_goes_through_the_catalogue(role: str, cast: Cast) -> None:
    titles = [item.title for item in library.items()]
    titles += [one.in_language("en").title for one in messages.TEMPLATES.values()]
    client = reader(cast, role, languages.CODE)
    wrong: dict[str, str] = {}
    seen = 0
    for address, page in pages(cast, client):
        seen += 1
        _, found = languages.words_of(page)
        for text in found:
            if languages.unmarked(DATA.sub(" ", text), titles):
                wrong.setdefault(text, address)
    assert seen > 40
    assert not wrong, "\n".join(f"{address}: {text}" for text, address in wrong.items())

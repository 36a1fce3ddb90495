"""The desk in another language: every page, every text, and the catalogue behind it."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import trans_real

from api.management import catalogue
from journal.accounts.models import Clinic, ClinicChange, Patient, User
from journal.actions import accounts, glass
from journal.actions.refusals import NotFitError
from journal.content import library, texts
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
    for day, rule in enumerate(RULES[::4]):
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
        html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if html and answer.content:
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


def _of_route(route: Route, cast: Cast, client: Client) -> Iterator[tuple[str, Any]]:
    for address in list(route.filled(cast))[:3]:
        yield address, client.get(address, follow=True)
    if "/<" in str(route) and str(route).startswith("admin/"):
        for address in list(route.filled(cast))[:1]:
            yield f"POST {address}", client.post(address, {}, follow=True)


# --- marked ---


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A language that nobody has to translate: each text of the catalogue stands between marks."""
    settings.LANGUAGES = [*settings.LANGUAGES, (languages.CODE, "xx")]
    info = {"bidi": False, "code": languages.CODE, "name": "xx", "name_local": "xx"}
    monkeypatch.setitem(LANG_INFO, languages.CODE, info)
    monkeypatch.setitem(vars(trans_real)["_translations"], languages.CODE, languages.Marked())
    spoken, said = texts.spoken, languages.content(texts.spoken("en"))
    monkeypatch.setattr(texts, "spoken", lambda code: said if code == languages.CODE else spoken(code))


@pytest.mark.parametrize("role", [LEAD, OPERATOR])
@pytest.mark.usefixtures("marked")
def test_every_text_of_every_page_goes_through_the_catalogue(role: str, cast: Cast) -> None:
    titles = [item.title for item in library.items()]
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


# --- Spanish ---

SAME = 12  # letters; a text with values that has fewer of its own could be anything
VALUES = re.compile(r"%\(\w+\)s|\{\w+\}")


def _english() -> tuple[set[str], list[re.Pattern[str]]]:
    """Texts that Spanish says differently: whole ones, and those with values in them."""
    whole: set[str] = set()
    filled: list[re.Pattern[str]] = []
    for message in catalogue.in_step("es"):
        for text in [message.id] if isinstance(message.id, str) else list(message.id or ()):
            if len(text) == 1:
                continue  # also the mark of a flag in a plot
            if not VALUES.search(text):
                whole.add(" ".join(text.split()))
            elif len(re.sub(r"\W", "", VALUES.sub("", text))) > SAME:
                filled.append(re.compile(".+".join(map(re.escape, VALUES.split(text)))))
    return whole, filled


@pytest.mark.parametrize("role", [LEAD, OPERATOR])
def test_no_page_says_in_english_what_the_catalogue_says_in_spanish(role: str, cast: Cast) -> None:
    whole, filled = _english()
    spanish = {text for message in catalogue.in_step("es") for text in _said(message.string)}
    wrong: dict[str, str] = {}
    seen = 0
    for address, page in pages(cast, reader(cast, role, "es")):
        seen += 1
        language, found = languages.words_of(page)
        assert language == "es", address
        for text in {*found} - spanish:
            if text in whole or any(one.fullmatch(text) for one in filled):
                wrong.setdefault(text, address)
    assert seen > 40
    assert not wrong, "\n".join(f"{address}: {text}" for text, address in wrong.items())


def _said(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


# --- whose language ---

MOMENT = datetime(2026, 3, 10, tzinfo=UTC)
QUEUE = "/admin/journal/flag/"


def test_the_desk_speaks_what_the_browser_prefers_until_somebody_chooses(desk: Client, mira: User) -> None:
    assert _language(desk.get(QUEUE, headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})) == "es"
    assert _language(desk.get(QUEUE, headers={"Accept-Language": "fr"})) == "en"
    accounts.choose_language(by=mira, at=MOMENT, user=mira, language="en")
    assert _language(desk.get(QUEUE, headers={"Accept-Language": "es"})) == "en"
    accounts.choose_language(by=mira, at=MOMENT, user=mira, language="es")
    assert _language(desk.get(QUEUE, headers={"Accept-Language": "en"})) == "es"


def _language(answer: Any) -> str:
    said, _ = languages.words_of(answer.content.decode())
    assert answer.headers["Content-Language"] == said
    return said


def test_a_choice_in_the_menu_is_kept_recorded_and_leads_back(desk: Client, mira: User, hill: Clinic) -> None:
    there = reverse("admin:accounts_patient_changelist") + "?q=a"
    assert f'name="next" type="hidden" value="{there}"' in desk.get(there).content.decode()
    answer = desk.post(reverse("admin:language"), {"language": "es", "next": there})
    assert answer["Location"] == there
    mira.refresh_from_db()
    assert mira.language == "es"
    change = ClinicChange.objects.get(clinic=hill, verb="clinic.language-chosen")
    assert (change.by, change.data) == (mira, {"clinician": mira.clinician.pk, "language": "es"})
    desk.post(reverse("admin:language"), {"language": "es"})
    assert ClinicChange.objects.filter(verb="clinic.language-chosen").count() == 1


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/admin/", "//elsewhere.example", "/accounts/", ""]
)
def test_a_choice_never_leads_off_the_desk(desk: Client, back: str) -> None:
    answer = desk.post(reverse("admin:language"), {"language": "es", "next": back})
    assert answer["Location"] == reverse("admin:index")


def test_a_language_that_the_desk_does_not_speak_is_refused(desk: Client, mira: User) -> None:
    answer = desk.post(reverse("admin:language"), {"language": "tlh"}, follow=True)
    assert "The desk does not speak this language." in answer.content.decode()
    mira.refresh_from_db()
    assert mira.language == ""
    with pytest.raises(NotFitError):
        accounts.choose_language(by=mira, at=MOMENT, user=mira, language="")


def test_only_a_press_chooses(desk: Client) -> None:
    assert desk.get(reverse("admin:language")).status_code == 405


def test_the_patients_language_and_zone_are_their_own(desk: Client, mira: User, hill: Clinic) -> None:
    ada = people.patient(hill, timezone="Asia/Tokyo", language="en")
    User.objects.filter(pk=mira.pk).update(language="es")
    page = desk.get(reverse("admin:accounts_patient_change", args=[ada.pk])).content.decode()
    assert "(Asia/Tokyo)" in page
    assert "Plan de cuidados" in page
    ada.refresh_from_db()
    assert ada.language == "en"


def test_days_and_decimals_are_written_as_spanish_writes_them(desk: Client, mira: User, hill: Clinic) -> None:
    ada = people.patient(hill, peak_height_cm=165.5)
    people.entry(ada, {"height_cm": 160.5}, at=timezone.now())
    entry = people.entry(ada, {"height_cm": 160.5}, at=people.NOW)
    User.objects.filter(pk=mira.pk).update(language="es")
    page = desk.get(reverse("admin:accounts_patient_change", args=[ada.pk])).content.decode()
    assert "165,5 cm" in page
    assert "160,5 cm" in page
    said = desk.get(reverse("admin:journal_entry_change", args=[entry.pk])).content.decode()
    assert "mar 10 mar 2026" in said


def test_a_file_of_entries_is_written_in_the_readers_language(desk: Client, mira: User, hill: Clinic) -> None:
    ada = people.patient(hill)
    people.entry(ada, REPORT, at=timezone.now())
    User.objects.filter(pk=mira.pk).update(language="es")
    signed_in(desk, mira)
    answer: Any = desk.get(reverse("admin:accounts_patient_export", args=[ada.pk]))
    translation.activate("en")  # as the thread may by the time the lines leave
    head, row, *_ = b"".join(answer.streaming_content).decode().splitlines()
    assert head.startswith('\ufeff"Día","Dicho","Zona horaria"')
    assert "Rodilla izquierda: 7 sobre 10" in row


def test_a_flag_says_in_spanish_why_it_was_raised_and_marks_what_it_can_only_say_in_english(
    desk: Client, mira: User, hill: Clinic
) -> None:
    ada = people.patient(hill)
    people.flag(
        ada, pattern="hip-fracture", why_clinician="Left groin 9/10, cannot stand; falls in 3 days: 1."
    )
    people.flag(ada, why_clinician="Words of a former rule.")
    User.objects.filter(pk=mira.pk).update(language="es")
    page = desk.get(QUEUE).content.decode()
    assert "Ingle izquierda 9/10, no puede ponerse de pie; caídas en 3 días: 1." in page
    assert '<span lang="en">Words of a former rule.</span>' in page


# --- the catalogue ---


@pytest.mark.parametrize("language", catalogue.languages())
def test_the_catalogue_is_whole_and_in_step(language: str) -> None:
    kept = catalogue.in_step(language)
    assert list(catalogue.faults(kept)) == []
    po = catalogue.path(language)
    assert (po.read_bytes(), po.with_suffix(".mo").read_bytes()) == catalogue.written(kept)


def test_a_text_left_out_fuzzy_or_with_other_values_is_named() -> None:
    kept = catalogue.Steady(locale="es")
    kept.add("%(n)s flag", "%(m)s alerta")
    kept.add("Flag", "")
    kept.add("Flags", "Alertas", flags=["fuzzy"])
    kept.add(("One more waits.", "{n} more wait."), ("Espera una más.", "Esperan más."))
    kept.add(("%(n)s day", "%(n)s days"), ("%(n)s día", "%(n)s días"))
    assert [fault.partition(":")[0] for fault in catalogue.faults(kept)] == [
        "other places for values",
        "not translated",
        "fuzzy",
        "other places for values",
    ]


def test_no_text_stands_inside_an_f_string_where_the_catalogue_does_not_see_it() -> None:
    asked = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
    hidden = [
        f"{path}:{call.lineno}"
        for package in ("api", "reminders", "journal")
        for path in (settings.BASE_DIR / package).rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in asked
    ]
    assert hidden == []

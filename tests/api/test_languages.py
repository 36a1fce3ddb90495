"""The patient's language, and the language that a request asks for."""

from typing import Any

import pytest

from journal.accounts.models import Patient
from journal.models import Entry, Flag
from tests.api.phone import Phone, entry, pain
from tests.api.syncing import pull

pytestmark = pytest.mark.django_db

SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}
ENGLISH, SPANISH = "Please have your back checked today", "Por favor, que le revisen hoy la espalda"
WHY = "Usted anotó un dolor repentino de 8 sobre 10 en la parte baja de la espalda."


def post(phone: Phone, sent: dict[str, Any], language: str | None = None) -> Any:
    headers = {"Accept-Language": language} if language else {}
    return phone.request("POST", "/api/v1/entries", sent, **headers)


@pytest.mark.parametrize(
    ("header", "own", "title", "answered"),
    [
        (None, "en", ENGLISH, "en"),
        (None, "es", SPANISH, "es"),
        ("es", "en", SPANISH, "es"),
        ("es-MX,en;q=0.5", "en", SPANISH, "es"),
        ("en", "es", ENGLISH, "en"),
        ("fr, es;q=0.8, en;q=0.9", "es", ENGLISH, "en"),
        ("fr", "es", SPANISH, "es"),
        ("es;q=0", "en", ENGLISH, "en"),
        ("*", "es", SPANISH, "es"),
        (None, "fr", ENGLISH, "en"),
    ],
)
def test_the_header_comes_first_then_the_patients_language_then_english(
    phone: Phone, *, header: str | None, own: str, title: str, answered: str
) -> None:
    Patient.objects.update(language=own)
    response = post(phone, entry(**SUDDEN), header)
    assert response.json()["flags"][0]["title"] == title
    assert response.headers["Content-Language"] == answered


def test_the_whole_flag_is_in_spanish(phone: Phone) -> None:
    answer = post(phone, entry(**SUDDEN), "es").json()
    [flag] = answer["flags"]
    assert flag["why"] == WHY
    assert flag["advice"] == answer["advice"]
    assert "número de emergencias" in flag["advice"]
    assert "why_params" not in flag
    listed = phone.request("GET", "/api/v1/flags", **{"Accept-Language": "es"})
    assert listed.json()["results"] == [flag]
    assert listed.headers["Content-Language"] == "es"
    seen = phone.request("POST", f"/api/v1/flags/{flag['id']}/seen", **{"Accept-Language": "es"})
    assert (seen.json()["why"], seen.headers["Content-Language"]) == (WHY, "es")


def test_the_same_entry_again_is_the_same_body_in_each_language(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    spanish = post(phone, sent, "es").json()
    english = post(phone, sent, "en").json()
    assert post(phone, sent, "es").json() == spanish
    assert post(phone, sent, "en").json() == english
    assert english["flags"][0]["title"] == ENGLISH


def test_a_flag_from_before_there_were_languages_keeps_its_english_sentence(phone: Phone) -> None:
    sent = entry(**SUDDEN)
    english = post(phone, sent).json()["flags"][0]["why"]
    Flag.objects.update(why_params=[])
    for row in Entry.objects.all():
        del row.outcome["flags"][0]["why_params"]
        row.save()
    assert post(phone, sent, "es").json()["flags"][0]["why"] == english
    [flag] = phone.request("GET", "/api/v1/flags", **{"Accept-Language": "es"}).json()["results"]
    assert (flag["why"], flag["title"]) == (english, SPANISH)


def test_the_codes_are_labelled_in_the_language_that_is_asked_for(phone: Phone) -> None:
    response = phone.request("GET", "/api/v1/vocabulary", **{"Accept-Language": "es"})
    lists = response.json()["lists"]
    assert {"code": "knee", "label": "rodilla"} in lists["site"]
    assert {"code": "more_stooped", "label": "más encorvado"} in lists["posture"]
    assert response.headers["Content-Language"] == "es"


def test_the_library_follows_the_patient_and_lang_comes_first(phone: Phone, patient: Patient) -> None:
    Patient.objects.update(language="es")
    titles = {
        path: phone.send("GET", f"/api/v1/library?kind=exercise{path}")[1]["results"][0]["title"]
        for path in ("", "&lang=en")
    }
    assert titles == {"": "Práctica de equilibrio", "&lang=en": "Balance practice"}


def test_after_a_change_of_language_the_next_pull_brings_flags_and_what_still_waits_in_it(
    phone: Phone,
) -> None:
    phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    since = pull(phone)[1]["timestamp"]
    phone.send("PATCH", "/api/v1/me", {"language": "es"})
    changes = pull(phone, since)[1]["changes"]
    (flag,) = changes["flags"]["updated"]
    assert flag["title"] == SPANISH
    titles = {row["title"] for row in changes["reminders"]["updated"]}
    assert "Es hora de sus ejercicios" in titles

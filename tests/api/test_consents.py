"""What a patient agrees to: recorded by version, asked anew when it changes, over at once when taken back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from journal.accounts.models import Consent, Patient
from journal.content import consents as content
from journal.models import Change
from tests.api.phone import PASSWORD, SIGNUP, Phone, entry, pain

pytestmark = pytest.mark.django_db
CONSENTS = "/api/v1/me/consents"
NOW = content.REMINDERS.version


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> str:
    """The text on reminders has changed."""
    changed = replace(content.REMINDERS, version="2027-03")
    monkeypatch.setitem(content.BY_CODE, "reminders", changed)
    monkeypatch.setattr("journal.actions.consents.PURPOSES", (content.JOURNAL, changed))
    return changed.version


def of(answer: Any, purpose: str) -> Any:
    return next(one for one in answer["consents"] if one["purpose"] == purpose)


def wish(phone: Phone, purpose: str = "reminders", **said: Any) -> tuple[int, Any]:
    return phone.send("POST", CONSENTS, {"purpose": purpose, **said})


def sign_up(code: str, **more: Any) -> tuple[int, Any]:
    body = {"email": "p@example.org", "password": PASSWORD, "invitation_code": code, "timezone": "UTC"}
    return Phone().send("POST", SIGNUP, {**body, **more})


def test_signing_up_records_every_present_version(phone: Phone) -> None:
    _, answer = phone.send("GET", CONSENTS)
    assert {one["purpose"]: one["version"] for one in answer["consents"]} == {
        "journal": content.JOURNAL.version,
        "reminders": NOW,
    }
    assert not any(one["due"] or one["withdrawn_at"] for one in answer["consents"])
    assert phone.send("GET", "/api/v1/me")[1]["consents_due"] == []


def test_an_app_may_say_which_consents_were_given(invite: Callable[..., str]) -> None:
    assert sign_up(invite(), consents={"journal": content.JOURNAL.version})[0] == 200
    assert [consent.purpose for consent in Consent.objects.all()] == ["journal"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"reminders": NOW},
        {"journal": "2019-01"},
        {"journal": 7},
        {"journal": "x", "more": "y"},
        [],
        "yes",
    ],
)
def test_consents_that_are_none_are_refused(invite: Callable[..., str], said: Any) -> None:
    status, answer = sign_up(invite(), consents=said)
    assert status == 400
    assert [error["param"] for error in answer["errors"]] == ["consents"]
    assert not Patient.objects.exists()


def test_a_newer_version_is_asked_for_and_blocks_nothing(phone: Phone, newer: str) -> None:
    assert phone.send("GET", "/api/v1/me")[1]["consents_due"] == ["reminders"]
    assert of(phone.send("GET", CONSENTS)[1], "reminders")["due"] is True
    assert phone.send("POST", "/api/v1/entries", entry())[0] == 201
    assert wish(phone, given=True, version=NOW)[0] == 422
    status, answer = wish(phone, given=True, version=newer)
    assert (status, of(answer, "reminders")["version"], of(answer, "reminders")["due"]) == (200, newer, False)
    assert phone.send("GET", "/api/v1/me")[1]["consents_due"] == []
    assert Consent.objects.filter(purpose="reminders").count() == 2


def test_a_consent_is_taken_back_and_given_again(phone: Phone) -> None:
    answer = wish(phone, given=False)[1]
    assert of(answer, "reminders")["withdrawn_at"] is not None
    assert of(answer, "journal")["withdrawn_at"] is None
    assert wish(phone, given=False) == (200, answer)
    assert of(wish(phone, given=True, version=NOW)[1], "reminders")["withdrawn_at"] is None
    assert wish(phone, given=True, version=NOW)[0] == 200
    verbs = Change.objects.filter(subject="consent:reminders").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["consent.given", "consent.withdrawn", "consent.given"]


def test_without_any_consent_an_entry_still_raises_its_flag(phone: Phone) -> None:
    """A journal is left by closing the account; until then no red flag may be lost."""
    wish(phone, "journal", given=False)
    wish(phone, given=False)
    status, answer = phone.log(pains=[pain("lumbar", 8, onset="sudden")])
    assert (status, [flag["pattern"] for flag in answer["flags"]]) == (201, ["sudden-back-pain"])


@pytest.mark.parametrize(
    "said",
    [{"given": True}, {"given": True, "version": "x"}, {"version": NOW}, {"given": "yes", "version": NOW}],
)
def test_a_wish_without_the_version_that_was_shown_is_refused(phone: Phone, said: dict[str, Any]) -> None:
    assert wish(phone, **said)[0] == 422
    assert Consent.objects.count() == 2


def test_an_unknown_purpose_is_refused(phone: Phone) -> None:
    assert wish(phone, "marketing", given=True, version="1")[0] == 422


def test_the_texts_are_in_the_patients_language(phone: Phone) -> None:
    texts = [
        of(phone.send("GET", CONSENTS, **{"Accept-Language": language})[1], "reminders")["title"]
        for language in ("en", "es")
    ]
    assert texts == ["Reminders", "Recordatorios"]
    assert all({"en", "es"} <= set(purpose.words) for purpose in content.PURPOSES)


def test_consents_are_asked_of_patients_alone() -> None:
    assert Phone().send("GET", CONSENTS)[0] == 401

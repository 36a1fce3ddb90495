"""From an invitation to a session token."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from journal.accounts.models import Consent, Invitation, Patient, User
from journal.content.consents import PURPOSES
from tests.api.phone import PASSWORD, SIGNUP, Phone, entry

pytestmark = pytest.mark.django_db


def test_a_code_makes_a_patient_with_the_profile_of_the_clinic(invite: Callable[..., str]) -> None:
    phone = Phone()
    status, _ = phone.sign_up(invite(age=81, sex="F", history=["diabetes"], peak_height_cm=168.5))
    assert status == 200
    patient = Patient.objects.get()
    assert (patient.sex, patient.history, float(patient.peak_height_cm or 0)) == ("F", ["diabetes"], 168.5)
    assert str(patient.timezone) == "Europe/Berlin"
    assert patient.born is not None
    assert timezone.now().year - patient.born.year == 81
    assert set(patient.consents.values_list("purpose", "version", "withdrawn_at")) == {
        (purpose.code, purpose.version, None) for purpose in PURPOSES
    }
    assert phone.send("GET", "/api/v1/me")[0] == 200


@pytest.mark.parametrize("spelled", [str.lower, lambda code: code.replace("-", " ")])
def test_a_code_may_be_typed_in_lower_case_and_without_dashes(
    invite: Callable[..., str], spelled: Callable[[str], str]
) -> None:
    assert Phone().sign_up(spelled(invite()))[0] == 200


def test_a_code_works_once(invite: Callable[..., str]) -> None:
    code = invite()
    assert Phone().sign_up(code)[0] == 200
    status, answer = Phone().sign_up(code)
    assert status == 400
    assert [(error["param"], error["code"]) for error in answer["errors"]] == [
        ("invitation_code", "invalid-invitation")
    ]
    assert User.objects.count() == 1


@pytest.mark.parametrize("change", ["expired", "revoked"])
def test_an_expired_or_revoked_code_is_refused_like_an_unknown_one(
    invite: Callable[..., str], change: str
) -> None:
    code, past = invite(), timezone.now() - timedelta(days=1)
    fields = (
        {"expires_at": past, "created_at": past - timedelta(days=1)}
        if change == "expired"
        else {"revoked_at": past}
    )
    Invitation.objects.update(**fields)
    assert Phone().sign_up(code) == Phone().sign_up("NO-SUCH-CODE")


def test_sign_up_without_code_or_with_an_unknown_zone_names_the_field(invite: Callable[..., str]) -> None:
    status, answer = Phone().sign_up("", timezone="Mars/Olympus")
    assert status == 400
    assert {error["param"] for error in answer["errors"]} == {"invitation_code", "timezone"}
    assert not User.objects.exists()


def test_a_misspelt_field_of_a_sign_up_is_named_and_nobody_is_enrolled(invite: Callable[..., str]) -> None:
    """Of consents that were not understood all would count as agreed to."""
    wish = {"email": "eve@example.org", "password": PASSWORD, "timezone": "UTC", "consent": {"journal": "1"}}
    status, answer = Phone().send("POST", SIGNUP, {**wish, "invitation_code": invite()})
    assert (status, [fault["code"] for fault in answer["errors"]]) == (400, ["unknown-field"])
    assert "consent" in answer["errors"][0]["message"]
    assert not Patient.objects.exists()


def test_the_code_itself_is_nowhere_stored(invite: Callable[..., str]) -> None:
    code = invite()
    stored = str(list(Invitation.objects.values()))
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_without_a_token_every_address_asks_to_sign_in(db: None) -> None:
    response = Phone().request("POST", "/api/v1/entries", entry())
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Session")
    assert response["Content-Type"] == "application/problem+json"


def test_staff_are_no_patients(db: None, invite: Callable[..., str]) -> None:
    phone = Phone()
    phone.sign_up(invite())
    Invitation.objects.all().delete()
    Consent.objects.all().delete()
    patient = Patient.objects.get()
    patient.user = None
    patient.save()
    assert phone.send("GET", "/api/v1/me")[0] == 403

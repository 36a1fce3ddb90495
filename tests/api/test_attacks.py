"""What somebody would try beside the list: an unlocked phone, a forged host, a link that leads away."""

import json
import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from journal.accounts.models import Clinic, Patient, User
from journal.models import Change, Flag
from tests.api.doors import ACCOUNT, AUTH, go_on, mailed
from tests.api.phone import PASSWORD, Phone
from tests.support import desk as people

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
NO_UUID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def hill(db: None) -> Clinic:
    return people.clinic("moor")  # the phone's own clinic is the hill


@pytest.fixture
def mira(hill: Clinic) -> User:
    return people.clinician(hill)


# --- an unlocked phone, a stolen session ---


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_found_phone_changes_no_address_without_the_password(
    method: str, phone: Phone, patient: Patient
) -> None:
    """Whoever adds an address of theirs could have the password reset to it."""
    assert patient.user
    EmailAddress.objects.get_or_create(
        user=patient.user, email="second@example.org", defaults={"verified": True}
    )
    before = set(EmailAddress.objects.values_list("email", "primary"))
    body = {"email": "second@example.org" if method != "POST" else "thief@example.org", "primary": True}
    status, answer = phone.send(method, f"{ACCOUNT}/email", body)
    assert status in (401, 403)
    assert set(EmailAddress.objects.values_list("email", "primary")) == before
    assert "thief@example.org" not in str(answer)
    if method == "POST":
        assert go_on(phone, "POST", f"{AUTH}/reauthenticate", {"password": PASSWORD})[0] == 200
        assert phone.send(method, f"{ACCOUNT}/email", body)[0] == 200


def test_the_desks_addresses_ask_too(mira: User) -> None:
    browser = Client()
    browser.force_login(mira)
    said = {"email": "thief@example.org", "action_add": "1"}
    answer = browser.post(reverse("account_email"), said)
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not EmailAddress.objects.filter(email="thief@example.org").exists()


def test_a_session_is_another_one_after_the_sign_in(mira: User) -> None:
    """What an attacker put into the browser before is not what is signed in afterwards."""
    browser = Client()
    browser.post(LOGIN, {"login": mira.email, "password": "wrong"})
    browser.get(LOGIN)
    planted = browser.session

    planted.save()
    key = str(planted.session_key)
    browser.cookies["osteon_session"] = key
    browser.post(LOGIN, {"login": mira.email, "password": people.PASSWORD})
    assert browser.cookies["osteon_session"].value != key
    victim = Client()
    victim.cookies["osteon_session"] = key
    assert victim.get(reverse("admin:journal_flag_changelist")).status_code == 302


# --- a forged host, a link that leads away ---


def test_a_forged_host_is_refused_and_no_mail_names_it(mira: User) -> None:
    for path, body in [
        (f"{AUTH}/password/request", {"email": mira.email}),
        (f"{AUTH}/password/request", {"email": "nobody@example.org"}),
    ]:
        sent = json.dumps(body)
        for header in ("Host", "X-Forwarded-Host"):
            answer = Client().post(path, sent, "application/json", headers={header: "evil.example"})
            assert answer.status_code == (400 if header == "Host" else 401)
    mailed(2)
    assert "evil.example" not in "".join(f"{one.body}{one.subject}" for one in mail.outbox)


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
    ],
)
def test_no_link_leads_away_after_signing_in_or_confirming(mira: User, away: str) -> None:
    browser = Client()
    signed_in = browser.post(LOGIN, {"login": mira.email, "password": people.PASSWORD, "next": away})
    said = {"password": people.PASSWORD, "next": away}
    confirmed = browser.post(reverse("account_reauthenticate"), said)
    left = browser.post(reverse("account_logout"), {"next": away})
    for answer in (signed_in, confirmed, left):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"]


# --- more than was asked for ---


def test_a_patient_sets_what_is_theirs_to_set_and_nothing_else(phone: Phone, patient: Patient) -> None:
    lake = people.clinic("lake")
    before = Patient.objects.filter(pk=patient.pk).values().get()
    account = User.objects.filter(patient=patient).values().get()
    forged: dict[str, Any] = {
        **{"clinic": lake.pk, "clinic_id": lake.pk, "user": 1, "revision": 9, "erased_at": None, "id": 1},
        **{"is_staff": True, "is_superuser": True, "physiotherapist": 1, "enrolled_at": "2001-01-01"},
        **{"history": [], "email": "thief@example.org", "password": "x" * 20, "name": "Someone"},
    }
    for name, value in forged.items():
        status, _ = phone.send("PATCH", "/api/v1/me", {name: value})
        assert status < 500
    after = Patient.objects.filter(pk=patient.pk).values().get()
    told = {"language", "timezone", "revision"}
    assert {key: value for key, value in after.items() if key not in told} == {
        key: value for key, value in before.items() if key not in told
    }
    assert User.objects.filter(patient=patient).values().get() == account


def test_ids_in_a_body_reach_nobody_elses_rows(phone: Phone, patient: Patient, hill: Clinic) -> None:
    """Said in the body instead of the address: a foreign entry, flag and patient."""
    other = people.patient(hill, "Otto Lux")
    theirs, flag = people.entry(other), people.flag(other)
    entry = {"id": str(uuid.uuid4()), "recorded_at": "2026-03-10T09:00:00+00:00", "timezone": "UTC"}
    bodies = [
        {**entry, "same_as": str(theirs.client_id)},
        {**entry, "same_as": str(uuid.uuid4())},
    ]
    foreign, missing = (phone.send("POST", "/api/v1/entries", body) for body in bodies)
    assert foreign[0] == missing[0] >= 400
    assert str(theirs.client_id) not in str(foreign[1]).replace(bodies[0]["same_as"], "")
    pushed = {"entries": {"created": [], "updated": [], "deleted": [str(theirs.client_id)]}}
    phone.send("POST", "/api/v1/sync?last_pulled_at=0", pushed)
    seen = {"flags": {"created": [], "updated": [{"id": str(flag.pk), "seen_at": 1}], "deleted": []}}
    phone.send("POST", "/api/v1/sync?last_pulled_at=0", seen)
    theirs.refresh_from_db()
    assert theirs.deleted_at is None
    assert Flag.objects.get(pk=flag.pk).seen_at is None
    assert not Change.objects.filter(patient=other).exists()


@pytest.mark.parametrize("deed", ["hand-over", "cover"])
def test_a_lead_names_nobody_of_another_clinic(deed: str, mira: User, hill: Clinic) -> None:
    lead = people.clinician(hill, "lea@hill.example", lead=True, name="Lea Hill")
    far = people.clinician(people.clinic("lake"), "far@lake.example", name="Far Lake")
    browser = Client()
    people.signed_in(browser, lead)
    address = reverse(f"admin:accounts_clinician_{deed}", args=[mira.clinician.pk])
    answers = []
    for to in (far.clinician.pk, 987_654_321):
        said = {"to": to, "first_day": "2026-12-01", "last_day": "2026-12-02"}
        page = browser.post(address, said, follow=True).content.decode()
        answers.append("Nothing was changed." in page)
        assert "Far Lake" not in page
    assert answers == [True, True]
    assert not hill.covers.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/journal/flag/?_popup=1",
        "/admin/journal/flag/?_to_field=id",
        "/admin/accounts/patient/?_to_field=user__password",
        "/admin/journal/flag/add/",
        "/admin/search/?s=Otto",
        "/admin/autocomplete/?term=Otto&app_label=journal&model_name=flag&field_name=patient",
        "/admin/password_change/",
        "/admin/r/1/1/",
        "/admin/jsi18n/",
    ],
)
def test_doors_of_djangos_own_admin_show_no_foreign_patient(address: str, mira: User) -> None:
    people.flag(people.patient(people.clinic("lake"), "Otto Lux"))
    browser = Client()
    people.signed_in(browser, mira)
    answer = browser.get(address, follow=True)
    assert answer.status_code in (200, 400, 403, 404)
    assert "Otto" not in answer.content.decode().replace("s=Otto", "")


@pytest.mark.parametrize("chosen", ["1", "no id", "9" * 40, "\x00", NO_UUID])
@pytest.mark.parametrize("name", ["journal_flag", "reminders_delivery"])
def test_what_is_no_id_chooses_nothing_in_a_list(name: str, chosen: str, mira: User, hill: Clinic) -> None:
    people.flag(people.patient(hill))
    browser = Client(raise_request_exception=False)
    people.signed_in(browser, mira)
    address = reverse(f"admin:{name}_changelist")
    action = "acknowledge_selected" if name == "journal_flag" else "send_again_selected"
    answer = browser.post(address, {"action": action, "_selected_action": [chosen]})
    assert answer.status_code in (200, 302)
    assert not Flag.objects.exclude(status=Flag.Status.OPEN).exists()

"""Staff come, are helped in when a second factor is lost, and leave; each on record."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, ClinicChange, Clinician, Patient, User
from journal.actions import accounts
from tests.api.doors import mailed, mailed_code
from tests.support import desk as people

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:journal_flag_changelist")
LOGIN = reverse("account_login")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "a walk along the quiet coast"


def said(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def lead(hill: Clinic) -> User:
    return people.clinician(hill, "lea@hill.example", lead=True, name="Lea Hill")


def browser(user: User) -> Client:
    client = Client()
    people.signed_in(client, user)
    return client


# --- coming ---


@pytest.mark.django_db(transaction=True)
def test_from_an_empty_database_to_the_queue_without_a_password_that_anybody_else_knew(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    said("clinic", "--slug", "hill", "--name", "Hill Clinic", "--timezone", "Europe/Berlin")
    told = said("staff", "--clinic", "hill", "--add", "lea@hill.example", "--name", "Lea Hill", "--lead")
    assert "No password was made." in told
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "lea@hill.example"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code(1)}, follow=True)
    done = client.post(reverse("account_complete_password_reset"), {"password1": NEW, "password2": NEW})
    assert done.status_code == 302
    asked = client.post(LOGIN, {"login": "lea@hill.example", "password": NEW}, follow=True)
    page = client.post(
        asked.request["PATH_INFO"] + "?next=" + reverse("mfa_activate_totp"), {"password": NEW}, follow=True
    )
    code = pyotp.TOTP(page.context["form"].secret).now()
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert client.get(QUEUE).status_code == 200
    assert Clinician.objects.get().role == "lead"
    assert ClinicChange.objects.get(verb="clinic.clinician-added").data["role"] == "lead"
    assert "hill\tlea@hill.example\tlead\tLea Hill" in said("staff", "--list")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--add", "ben@hill.example", "--name", "Ben"], "Say which --clinic."),
        (["--add", "ben@hill.example", "--name", "Ben", "--clinic", "moor"], "no clinic 'moor'"),
        (["--add", "ben@hill.example", "--clinic", "hill"], "a --name"),
        (["--add", "Mira@Hill.example", "--name", "Mira", "--clinic", "hill"], "already"),
        (["--add", "ben", "--name", "Ben", "--clinic", "hill"], "no e-mail address"),
        (["--close", "pat@home.example"], "no member of staff"),
        (["--second-factor-lost", "mira@hill.example"], "has no second factor"),
    ],
)
@pytest.mark.usefixtures("mira")
def test_what_does_not_fit_is_refused_in_words(options: list[str], why: str) -> None:
    User.objects.create_user("pat@home.example")
    with pytest.raises(CommandError, match=why):
        said("staff", *options)
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"--slug": "hill"}, "already"), ({"--slug": "a b"}, "slug"), ({"--timezone": "Berlin"}, "time zone")],
)
@pytest.mark.usefixtures("hill")
def test_a_clinic_that_does_not_fit_is_not_opened(changed: dict[str, str], why: str) -> None:
    options = {"--slug": "moor", "--name": "Moor", "--timezone": "UTC", **changed}
    with pytest.raises(CommandError, match=why):
        said("clinic", *(part for pair in options.items() for part in pair))
    assert Clinic.objects.count() == 1


def test_each_command_prints_one_json_document_when_asked() -> None:
    clinic = ("--slug", "hill", "--name", "Hill Clinic", "--timezone", "Europe/Berlin", "--json")
    assert json.loads(said("clinic", *clinic))["slug"] == "hill"
    email = "lea@hill.example"
    one = {"clinic": "hill", "email": email, "name": "Lea Hill", "role": "lead", "active": True}
    told = said("staff", "--clinic", "hill", "--add", email, "--name", "Lea Hill", "--lead", "--json")
    assert one.items() <= json.loads(told).items()
    assert json.loads(said("staff", "--list", "--json")) == {"staff": [one]}
    with_factors(User.objects.get())
    lost = json.loads(said("staff", "--second-factor-lost", email, "--json"))
    assert lost == {"email": email, "active": True}
    closed = json.loads(said("staff", "--close", email, "--json"))
    assert closed == {"email": email, "active": False}


# --- a lost second factor ---


def with_factors(user: User) -> None:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def test_the_lead_helps_a_colleague_whose_phone_is_lost(mira: User, lead: User, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    with_factors(mira)
    with_factors(lead)
    office, old = browser(lead), browser(mira)
    session = office.session
    session["second_factor_shown_by"] = lead.pk
    session.save()
    page = office.get(reverse("admin:accounts_clinician_change", args=[mira.clinician.pk]))
    assert "Take the second factor away" in page.content.decode()
    address = reverse("admin:accounts_clinician_second-factor", args=[mira.clinician.pk])
    assert "Taken away" in office.post(address, follow=True).content.decode()
    assert not Authenticator.objects.filter(user=mira).exists()
    assert Authenticator.objects.filter(user=lead).count() == 2
    assert old.get(reverse("mfa_index")).status_code == 302  # whoever has the phone is out
    landed = Client().post(
        LOGIN, {"login": mira.email, "password": people.PASSWORD, "next": QUEUE}, follow=True
    )
    assert landed.request["PATH_INFO"] == reverse("account_reauthenticate")  # on the way to set one up
    change = ClinicChange.objects.get(verb="clinic.second-factors-forgotten")
    assert (change.by, change.data) == (lead, {"clinician": mira.clinician.pk})
    assert "has no second factor" in office.post(address, follow=True).content.decode()


def test_nobody_but_a_lead_of_the_clinic_or_an_operator_does(
    desk: Client, hill: Clinic, lake: Clinic, lead: User
) -> None:
    with_factors(lead)
    address = reverse("admin:accounts_clinician_second-factor", args=[lead.clinician.pk])
    far = browser(people.clinician(lake, "far@lake.example", lead=True, name="Far Lake"))
    assert desk.post(address).status_code in (403, 404)
    assert far.post(address).status_code == 404
    own = browser(lead).post(address, follow=True)
    assert "Somebody else has to do this for you." in own.content.decode()
    assert Authenticator.objects.filter(user=lead).count() == 2
    operator = User.objects.create_superuser("root@host.example", people.PASSWORD)
    browser(operator).post(address)
    assert not Authenticator.objects.filter(user=lead).exists()
    assert ClinicChange.objects.get(verb="clinic.second-factors-forgotten").by == operator


def test_an_operator_closes_no_colleagues_account_by_the_page(lead: User) -> None:
    operator = User.objects.create_superuser("root@host.example", people.PASSWORD)
    address = reverse("admin:accounts_clinician_close", args=[lead.clinician.pk])
    assert browser(operator).post(address).status_code == 403
    lead.refresh_from_db()
    assert lead.is_active


def test_the_command_helps_an_operator_and_the_only_lead(lead: User) -> None:
    with_factors(lead)
    said("staff", "--second-factor-lost", "LEA@hill.example")
    assert not Authenticator.objects.exists()
    assert ClinicChange.objects.get(verb="clinic.second-factors-forgotten").by is None


def test_a_patients_lost_factor_is_taken_away_by_the_own_clinic_alone(
    desk: Client, hill: Clinic, lake: Clinic, mira: User
) -> None:
    user = User.objects.create_user("pat@home.example", people.PASSWORD)
    pat = people.patient(hill, "Pat Home", user=user)
    with_factors(user)
    address = reverse("admin:accounts_patient_second-factor", args=[pat.pk])
    assert (
        browser(people.clinician(lake, "far@lake.example", name="Far Lake")).post(address).status_code == 404
    )
    assert Authenticator.objects.count() == 2
    assert "Taken away" in desk.post(address, follow=True).content.decode()
    assert not Authenticator.objects.exists()
    assert pat.changes.get(verb="patient.second-factors-forgotten").by == mira
    assert Patient.objects.get(pk=pat.pk).revision > 0


# --- leaving ---


def test_who_leaves_is_out_at_once_and_stays_out(mira: User, lead: User, desk: Client) -> None:
    office = browser(lead)
    address = reverse("admin:accounts_clinician_close", args=[mira.clinician.pk])
    assert "The account is closed." in office.post(address, follow=True).content.decode()
    assert desk.get(QUEUE).status_code == 302
    client = Client()
    client.post(LOGIN, {"login": mira.email, "password": people.PASSWORD})
    assert client.get(QUEUE).status_code == 302
    assert ClinicChange.objects.get(verb="clinic.account-closed").by == lead
    assert "closed already" in office.post(address, follow=True).content.decode()
    own = reverse("admin:accounts_clinician_close", args=[lead.clinician.pk])
    assert "Somebody else has to do this" in office.post(own, follow=True).content.decode()
    assert "closed" in said("staff", "--list", "--clinic", "hill")


@pytest.mark.parametrize("way", ["desk", "command"])
def test_who_comes_back_signs_in_as_before_and_on_no_old_session(
    mira: User, lead: User, desk: Client, way: str
) -> None:
    office = browser(lead)
    page = reverse("admin:accounts_clinician_change", args=[mira.clinician.pk])
    assert "Open the account again" not in office.get(page).content.decode()
    accounts.close(by=lead, at=timezone.now(), user=mira)
    shown = office.get(page).content.decode()
    assert ("Open the account again" in shown, "Close the account" in shown) == (True, False)
    if way == "desk":
        press(lead, mira, "reopen")
    else:
        assert json.loads(said("staff", "--reopen", mira.email, "--json"))["active"] is True
    assert desk.get(QUEUE).status_code == 302
    client = Client()
    client.post(LOGIN, {"login": mira.email, "password": people.PASSWORD})
    assert client.get(QUEUE).status_code == 200
    assert ClinicChange.objects.get(verb="clinic.account-reopened").by == (lead if way == "desk" else None)
    with pytest.raises(CommandError, match="is open"):
        said("staff", "--reopen", mira.email)


# --- what the person is told by mail ---


def _close(lead: User, mira: User) -> None:
    press(lead, mira, "close")


def _reopen(lead: User, mira: User) -> None:
    User.objects.filter(pk=mira.pk).update(is_active=False)
    press(lead, mira, "reopen")


def _take_factor(lead: User, mira: User) -> None:
    press(lead, mira, "second-factor")


def _by_command(lead: User, mira: User) -> None:
    said("staff", "--make-lead", mira.email)


def press(lead: User, mira: User, name: str) -> None:
    browser(lead).post(reverse(f"admin:accounts_clinician_{name}", args=[mira.clinician.pk]))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("deed", "words", "verb"),
    [
        (_close, "Your account was closed", "clinic.account-closed"),
        (_reopen, "Your account is open again", "clinic.account-reopened"),
        (_take_factor, "second factor of your account was taken away", "clinic.second-factors-forgotten"),
        (_by_command, "Your role was changed", "clinic.role-changed"),
        (
            lambda _, mira: said("staff", "--close", mira.email),
            "Your account was closed",
            "clinic.account-closed",
        ),
    ],
)
def test_what_others_did_with_an_account_is_told_by_mail_and_is_on_record(  # noqa: PLR0917
    lead: User, mira: User, settings: Any, deed: Callable[[User, User], object], words: str, verb: str
) -> None:
    settings.PUBLIC_URL = "https://osteon.example"
    with_factors(mira)
    deed(lead, mira)
    assert words in mailed(1)
    [told] = mail.outbox
    assert told.to == [mira.email]
    for word in ("patient", "symptom", "pain", "journal", lead.email, "Lea", "127.0.0.1"):
        assert word not in f"{told.subject} {told.body}"
    assert ClinicChange.objects.filter(verb=verb).exists()


@pytest.mark.django_db(transaction=True)
def test_a_patient_is_told_in_their_own_language_whatever_the_desk_speaks(hill: Clinic, mira: User) -> None:
    user = User.objects.create_user("pat@home.example", people.PASSWORD)
    with_factors(user)
    pat = people.patient(hill, "Pat Home", user=user, language="es")
    browser(mira).post(reverse("admin:accounts_patient_second-factor", args=[pat.pk]))
    assert "Se ha quitado el segundo factor" in mailed(1)
    assert mail.outbox[0].to == [user.email]


def test_a_refused_deed_tells_nobody(lead: User, mira: User) -> None:
    press(lead, mira, "second-factor")
    with pytest.raises(CommandError, match="role already"):
        said("staff", "--make-physiotherapist", mira.email)
    with pytest.raises(CommandError, match="at least one lead"):
        said("staff", "--make-physiotherapist", lead.email)
    assert mail.outbox == []


def test_another_role_ends_every_session_of_the_earlier_one(lead: User, mira: User) -> None:
    desk = browser(mira)
    assert desk.get(QUEUE).status_code == 200
    assert json.loads(said("staff", "--make-lead", mira.email, "--json"))["role"] == "lead"
    assert desk.get(QUEUE).status_code == 302
    said("staff", "--make-physiotherapist", lead.email)
    assert [one.role for one in Clinician.objects.order_by("user__email")] == ["physiotherapist", "lead"]

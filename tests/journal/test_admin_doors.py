"""The desk's doors: who is signed out and when, codes that are revoked, pages that ask again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, ClinicChange, Invitation, Patient, User
from journal.actions import accounts, invitations
from journal.actions.refusals import NotPossibleNowError
from journal.admin.fresh import fresh_sign_in_required
from tests.support import desk as people

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:journal_flag_changelist")
LOGIN = reverse("account_login")


@pytest.fixture
def lead(hill: Clinic) -> User:
    return people.clinician(hill, "lea@hill.example", lead=True, name="Lea Hill")


@pytest.fixture
def office(lead: User) -> Client:
    """A browser in which the lead has signed in."""
    browser = Client()
    browser.force_login(lead)
    return browser


@pytest.fixture
def waiting(hill: Clinic) -> Invitation:
    return invitations.create(by=None, at=timezone.now(), clinic=hill, profile={"name": "Ada Berg"})[0]


@pytest.fixture
def pat(hill: Clinic) -> Patient:
    user = User.objects.create_user("pat@home.example", people.PASSWORD)
    return people.patient(hill, "Pat Home", user=user)


# --- open pages ---


@pytest.mark.parametrize("how", ["password", "closed", "signed out everywhere", "no longer staff"])
def test_an_open_page_of_the_desk_does_nothing_once_the_session_ended(
    desk: Client, mira: User, hill: Clinic, how: str
) -> None:
    flag = people.flag(people.patient(hill, "Ada Berg"))
    page = reverse("admin:journal_flag_change", args=[flag.pk])
    assert desk.get(page).status_code == 200
    if how == "password":
        mira.set_password("another quiet walk")
        mira.save()
    elif how == "closed":
        accounts.close(by=None, at=timezone.now(), user=mira)
    elif how == "no longer staff":
        User.objects.update(is_staff=False)
    else:
        accounts.sign_out_everywhere(by=None, at=timezone.now(), user=mira)
    assert desk.post(reverse("admin:journal_flag_acknowledge", args=[flag.pk])).status_code == 302
    for address in (QUEUE, page):
        response = desk.get(address)
        assert response.status_code == 302
        assert "Ada Berg" not in response.content.decode()
    flag.refresh_from_db()
    assert flag.status == "open"


# --- lost phones ---


def test_staff_sign_a_lost_phone_out(desk: Client, pat: Patient, mira: User) -> None:
    phone = Client()
    assert pat.user
    phone.force_login(pat.user)
    page = desk.get(reverse("admin:accounts_patient_change", args=[pat.pk])).content.decode()
    assert "Sign out all devices" in page
    response = desk.post(reverse("admin:accounts_patient_sign-out", args=[pat.pk]), follow=True)
    assert "Signed out on all devices" in response.content.decode()
    assert phone.get(reverse("mfa_index")).status_code == 302
    assert pat.changes.get(verb="patient.signed-out-everywhere").by == mira


def test_another_clinics_patient_is_not_signed_out(desk: Client, lake: Clinic) -> None:
    user = User.objects.create_user("otto@home.example", people.PASSWORD)
    other = people.patient(lake, "Otto", user=user)
    assert desk.post(reverse("admin:accounts_patient_sign-out", args=[other.pk])).status_code == 404
    user.refresh_from_db()
    assert user.sign_outs == 0


def test_a_patient_without_account_has_nothing_to_sign_out(desk: Client, hill: Clinic) -> None:
    patient = people.patient(hill)
    page = desk.get(reverse("admin:accounts_patient_change", args=[patient.pk])).content.decode()
    assert "Sign out all devices" not in page
    response = desk.post(reverse("admin:accounts_patient_sign-out", args=[patient.pk]), follow=True)
    assert "no account yet" in response.content.decode()


def test_the_lead_signs_a_colleague_out_and_nobody_else_does(
    desk: Client, office: Client, mira: User, lead: User
) -> None:
    address = reverse("admin:accounts_clinician_sign-out", args=[mira.clinician.pk])
    assert desk.post(address).status_code in (403, 404)
    assert desk.get(QUEUE).status_code == 200
    response = office.post(address, follow=True)
    assert "Signed out on all devices" in response.content.decode()
    assert desk.get(QUEUE).status_code == 302
    assert ClinicChange.objects.get(verb="clinic.signed-out-everywhere").by == lead
    assert office.get(address).status_code == 405


# --- invitations ---


def test_the_lead_revokes_a_code(office: Client, waiting: Invitation, lead: User) -> None:
    page = reverse("admin:accounts_invitation_change", args=[waiting.pk])
    assert "Revoke" in office.get(page).content.decode()
    response = office.post(reverse("admin:accounts_invitation_revoke", args=[waiting.pk]), follow=True)
    text = response.content.decode()
    assert "opens nothing any more" in text
    assert "Revoked" in text
    waiting.refresh_from_db()
    assert waiting.revoked_at is not None
    change = ClinicChange.objects.get(verb="clinic.invitation-revoked")
    assert (change.by, change.data) == (lead, {"invitation": waiting.pk})
    assert "Ada" not in str(list(ClinicChange.objects.values()))


def test_only_a_lead_of_the_same_clinic_revokes(desk: Client, waiting: Invitation, lake: Clinic) -> None:
    address = reverse("admin:accounts_invitation_revoke", args=[waiting.pk])
    assert desk.post(address).status_code in (403, 404)
    far = Client()
    far.force_login(people.clinician(lake, "far@lake.example", lead=True, name="Far Lake"))
    assert far.post(address).status_code == 404
    waiting.refresh_from_db()
    assert waiting.revoked_at is None


def test_a_used_code_can_not_be_revoked_and_a_revoked_one_not_used(hill: Clinic) -> None:
    at = timezone.now()
    user = User.objects.create_user("pat@home.example", people.PASSWORD)
    used, code = invitations.create(by=None, at=at, clinic=hill, profile={})
    invitations.accept(by=user, at=at, code=code, timezone="UTC")
    with pytest.raises(NotPossibleNowError):
        invitations.revoke(by=None, at=at, invitation=used)
    revoked, code = invitations.create(by=None, at=at, clinic=hill, profile={})
    first = invitations.revoke(by=None, at=at, invitation=revoked).revoked_at
    again = invitations.revoke(by=None, at=at + timedelta(hours=1), invitation=revoked)
    assert again.revoked_at == first
    assert ClinicChange.objects.filter(verb="clinic.invitation-revoked").count() == 1


# --- asking again ---


def exported(client: Client) -> Callable[[], Any]:
    """A page that leaves the house, asked for with the session of this browser."""

    @fresh_sign_in_required
    def export(request: HttpRequest) -> HttpResponse:
        return HttpResponse("everything")

    def ask() -> HttpResponse:
        request = RequestFactory().get("/admin/export/")
        request.session = client.session
        request.user = User.objects.get(email="mira@hill.example")
        answer = export(request)
        assert isinstance(answer, HttpResponse)
        return answer

    return ask


def test_an_export_asks_again_after_five_minutes(client: Client, mira: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post(LOGIN, {"login": mira.email, "password": people.PASSWORD})
        ask = exported(client)
        assert ask().content == b"everything"
        clock.shift(timedelta(minutes=5, seconds=1))
        with pytest.raises(ReauthenticationRequired):
            ask()
        said = {"password": people.PASSWORD}
        assert client.post(reverse("account_reauthenticate"), said).status_code == 302
        assert exported(client)().content == b"everything"


def test_a_session_that_showed_nothing_is_asked(client: Client, mira: User) -> None:
    client.force_login(mira)
    with pytest.raises(ReauthenticationRequired):
        exported(client)()


def test_a_member_of_staff_without_second_factor_sees_no_page_and_presses_no_button(
    client: Client, mira: User, settings: Any, pat: Patient
) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    client.post(LOGIN, {"login": mira.email, "password": people.PASSWORD})
    assert client.post(reverse("admin:accounts_patient_sign-out", args=[pat.pk])).status_code == 302
    assert not pat.changes.filter(verb="patient.signed-out-everywhere").exists()
    TOTP.activate(mira, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert client.get(QUEUE).status_code == 302

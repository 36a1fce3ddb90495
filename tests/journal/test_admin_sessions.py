"""Somebody is demoted, moved, closed out or given another password while the desk lies open: what is open
then, a page, a form, a message, a file on its way, reads and does nothing any more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from journal.accounts.models import Clinic, Clinician, Invitation, Patient, Session, User
from journal.actions import accounts, glass
from journal.models import CareItem, Flag, FlagAction, Note
from tests.support import desk as people

pytestmark = pytest.mark.django_db
ADA, ROWS = "Ada Berg", 30
Change = Callable[[User], object]


def _moved(user: User) -> None:
    Clinician.objects.filter(user=user).update(clinic=people.clinic("moor"))


def _new_password(user: User) -> None:
    user.set_password("another quiet walk")
    user.save()


CHANGES: dict[str, Change] = {
    "no longer staff": lambda user: User.objects.filter(pk=user.pk).update(is_staff=False),
    "works nowhere": lambda user: Clinician.objects.filter(user=user).delete(),
    "moved to another clinic": _moved,
    "account closed": lambda user: accounts.close(by=None, at=clock.now(), user=user),
    "second factor taken away": lambda user: accounts.forget_second_factors(
        by=None, at=clock.now(), user=user
    ),
    "password changed": _new_password,
    "signed out everywhere": lambda user: accounts.sign_out_everywhere(by=None, at=clock.now(), user=user),
    "session ended from another browser": lambda user: Session.objects.all().delete(),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def mira(mira: User) -> User:
    TOTP.activate(mira, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return mira


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    found = people.patient(hill, ADA)
    for number in range(ROWS):
        people.entry(found, {"note": f"{ADA} {number}"}, at=clock.now() - timedelta(minutes=number))
    people.flag(found)
    return found


@pytest.fixture
def desk(client: Client, mira: User) -> Client:
    people.signed_in(client, mira)
    return client


@pytest.fixture
def asked_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """With each row of a file, and not every two seconds."""
    monkeypatch.setattr("journal.admin.export.ASKED_EVERY", 0.0)


def addresses(ada: Patient) -> list[str]:
    flag = Flag.objects.get()
    pages = ["change", "summary", "export", "plan"]
    return [
        *(reverse(f"admin:accounts_patient_{page}", args=[ada.pk]) for page in pages),
        *(reverse(f"admin:{each}_changelist") for each in ("accounts_patient", "journal_flag")),
        reverse("admin:journal_flag_change", args=[flag.pk]),
        reverse("admin:journal_flag_news"),
        *(reverse(name) for name in ("admin:index", "admin:quality", "mfa_index", "usersessions_list")),
    ]


def forms(ada: Patient) -> list[tuple[str, dict[str, str]]]:
    """As they stand filled in on a page that was open before."""
    flag = Flag.objects.get()
    return [
        (reverse("admin:journal_flag_acknowledge", args=[flag.pk]), {}),
        (reverse("admin:journal_flag_resolve", args=[flag.pk]), {"outcome": "known", "note": "x"}),
        (reverse("admin:journal_flag_note", args=[flag.pk]), {"note": "x"}),
        (
            reverse("admin:journal_flag_changelist"),
            {"action": "acknowledge_selected", "_selected_action": str(flag.pk)},
        ),
        (reverse("admin:accounts_patient_note-add", args=[ada.pk]), {"code": "contact", "text": "x"}),
        (
            reverse("admin:accounts_patient_plan-add", args=[ada.pk]),
            {"kind": "rest", "code": "relative-rest"},
        ),
    ]


def read(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text: str = body.decode()
    return text


@every_change
def test_an_open_page_and_an_open_form_reach_nothing_afterwards(
    desk: Client, mira: User, ada: Patient, change: Change
) -> None:
    assert all(ADA in read(desk.get(address)) for address in addresses(ada)[:7])
    change(mira)
    for address, said in forms(ada):
        assert ADA not in read(desk.post(address, said, follow=True)), address
    for address in addresses(ada):
        assert ADA not in read(desk.get(address, follow=True)), address
    assert Flag.objects.get().status == "open"
    assert not FlagAction.objects.exists()
    assert not Note.objects.exists()
    assert not CareItem.objects.exists()


@pytest.mark.usefixtures("asked_always")
@every_change
def test_a_file_on_its_way_breaks_off(desk: Client, mira: User, ada: Patient, change: Change) -> None:
    answer: Any = desk.get(reverse("admin:accounts_patient_export", args=[ada.pk]))
    pieces = iter(answer.streaming_content)
    got = [next(pieces) for _ in range(10)]
    assert ADA in got[-1].decode()
    change(mira)
    [last] = list(pieces)
    assert last.decode().startswith('"This file breaks off here')


def test_a_file_that_nothing_happens_to_is_whole(desk: Client, ada: Patient) -> None:
    answer = desk.get(reverse("admin:accounts_patient_export", args=[ada.pk]))
    text = read(answer)
    assert text.count(ADA) == ROWS
    assert "breaks off" not in text


@every_change
def test_a_message_that_waited_to_be_shown_names_nobody_afterwards(
    desk: Client, mira: User, ada: Patient, change: Change
) -> None:
    flag = Flag.objects.get()
    Flag.objects.update(status="resolved")
    queue = reverse("admin:journal_flag_changelist")
    chosen = {"action": "acknowledge_selected", "_selected_action": str(flag.pk)}
    assert desk.post(f"{queue}?status=any", chosen).status_code == 302
    assert "_messages" in desk.session
    change(mira)
    for name in ("admin:index", "mfa_index", "usersessions_list", "account_login"):
        assert ADA not in read(desk.get(reverse(name), follow=True))


def test_a_lead_who_is_none_any_more_does_nothing_of_a_leads(client: Client, hill: Clinic) -> None:
    lea = people.clinician(hill, "lea@hill.example", lead=True, name="Lea Hill")
    other = people.clinician(hill, "ono@hill.example", name="Ono Hill").clinician
    people.signed_in(client, lea)
    new = reverse("admin:accounts_invitation_new")
    assert client.get(new).status_code == 200
    Clinician.objects.filter(user=lea).update(role="physiotherapist")
    for address, said in [
        (new, {"name": ADA}),
        (reverse("admin:accounts_clinician_close", args=[other.pk]), {}),
        (reverse("admin:accounts_clinician_sign-out", args=[other.pk]), {}),
        (reverse("admin:accounts_clinic_on-call", args=[hill.pk]), {f"place_{other.pk}": "1"}),
    ]:
        assert client.post(address, said).status_code in (302, 403, 404)
        people.signed_in(client, lea)  # also with a session of who the person is now
        assert client.post(address, said).status_code in (403, 404)
    assert not Invitation.objects.exists()
    other.refresh_from_db()
    assert (other.user.is_active, other.user.sign_outs, other.on_call) == (True, 0, None)


@pytest.mark.usefixtures("asked_always")
def test_an_operators_file_breaks_off_when_the_glass_is_closed(
    client: Client, hill: Clinic, ada: Patient
) -> None:
    root = User.objects.create_superuser("root@host.example", people.PASSWORD)
    glass.break_it(by=root, at=clock.now(), clinic=hill, reason="A patient called the host.")
    people.signed_in(client, root)
    answer: Any = client.get(reverse("admin:accounts_patient_export", args=[ada.pk]))
    pieces = iter(answer.streaming_content)
    assert ADA in b"".join(next(pieces) for _ in range(2)).decode()
    glass.end(by=root, at=clock.now())
    [last] = list(pieces)
    assert last.decode().startswith('"This file breaks off here')

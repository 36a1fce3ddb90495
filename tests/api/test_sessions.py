"""Several phones of one person: listed, ended one by one or all at once, and by themselves when not used."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from api.sessions import signed_in
from journal.accounts.models import Patient, Session
from journal.actions import accounts, sessions
from journal.fence import scope
from journal.models import Change
from tests.api.doors import ACCOUNT, AUTH, go_on, sign_in
from tests.api.phone import PASSWORD, Phone, entry

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"
SESSIONS = f"{AUTH}/sessions"
NEW = "a longer walk in the hills"


@pytest.fixture
def email(patient: Patient) -> str:
    assert patient.user
    return patient.user.email


@pytest.fixture
def second(email: str, phone: Phone) -> Phone:
    """The same person's other phone."""
    other = Phone()
    assert sign_in(other, email, **{"User-Agent": "Osteon/1.4 (Pixel 9)"})[0] == 200
    return other


def opens(phone: Phone) -> int:
    return phone.send("GET", ME)[0]


def test_every_phone_is_listed_with_its_name_and_when_it_was_seen(phone: Phone, second: Phone) -> None:
    _, answer = phone.send("GET", SESSIONS)
    found = {one["user_agent"]: one for one in answer["data"]}
    other = found["Osteon/1.4 (Pixel 9)"]
    assert len(found) == 2
    assert (other["is_current"], "last_seen_at" in other) == (False, True)
    assert [one["is_current"] for one in found.values()].count(True) == 1


def test_a_session_brings_its_own_record_and_leaves_no_scope_behind(phone: Phone, patient: Patient) -> None:
    with scope.within(scope.NOBODY):
        found = signed_in(phone.token)
        assert found
        assert found[0].patient == patient
        assert not Patient.objects.filter(pk=patient.pk).exists()


def test_a_session_begun_with_an_earlier_password_brings_no_record(phone: Phone, patient: Patient) -> None:
    assert patient.user
    patient.user.set_password(NEW)
    patient.user.save()
    with scope.within(scope.NOBODY):
        assert signed_in(phone.token) is None


def test_when_a_phone_was_seen_is_kept_to_the_hour(phone: Phone) -> None:
    def seen() -> Any:
        return UserSession.objects.get().last_seen_at

    first = seen()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(timedelta(minutes=50))
        opens(phone)
        assert seen() == first
        clock.shift(timedelta(minutes=20))
        opens(phone)
        assert seen() == timezone.now()


def test_a_lost_phone_is_signed_out_from_another(phone: Phone, second: Phone) -> None:
    _, answer = phone.send("GET", SESSIONS)
    lost = next(one["id"] for one in answer["data"] if not one["is_current"])
    assert phone.send("DELETE", SESSIONS, {"sessions": [lost]})[0] == 200
    assert (opens(second), opens(phone)) == (401, 200)
    assert second.log(note="sent by the thief")[0] == 401


def test_nobody_ends_the_session_of_another_person(
    phone: Phone, second: Phone, invite: Callable[..., str]
) -> None:
    stranger = Phone()
    stranger.sign_up(invite())
    mine = list(UserSession.objects.exclude(user__email=stranger).values_list("pk", flat=True))
    assert stranger.send("DELETE", SESSIONS, {"sessions": mine})[0] == 400
    assert (opens(phone), opens(second)) == (200, 200)


def test_whose_session_it_is_stands_in_the_session_and_not_in_the_list(
    phone: Phone, email: str, invite: Callable[..., str]
) -> None:
    """The list leads to the account by one statement; a row in it that is wrong or gone misleads nobody."""
    stranger = Phone()
    stranger.sign_up(invite())
    listed = UserSession.objects.get(user__email=email)
    other = UserSession.objects.exclude(pk=listed.pk).get()
    assert phone.send("GET", ME)[1]["email"] == email
    UserSession.objects.filter(pk=listed.pk).update(user=other.user)
    assert phone.send("GET", ME)[1]["email"] == email
    listed.delete()
    assert phone.send("GET", ME)[1]["email"] == email


def test_signing_out_ends_the_token(phone: Phone) -> None:
    assert phone.send("DELETE", f"{AUTH}/session")[0] == 401
    assert opens(phone) == 401


def test_a_new_password_ends_every_session_with_the_next_request(phone: Phone, second: Phone) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert phone.send("POST", f"{ACCOUNT}/password/change", body)[0] in (200, 401)
    assert (opens(second), opens(phone)) == (401, 401)


def test_closing_the_account_ends_every_session_with_the_next_request(
    phone: Phone, second: Phone, patient: Patient
) -> None:
    assert patient.user
    accounts.close(by=None, at=timezone.now(), user=patient.user)
    assert (opens(phone), opens(second)) == (401, 401)
    assert sign_in(Phone(), patient.user.email)[0] == 400


def test_signing_out_everywhere_ends_all_and_keeps_the_password(
    phone: Phone, second: Phone, patient: Patient, email: str
) -> None:
    before = patient.revision
    assert patient.user
    accounts.sign_out_everywhere(by=None, at=timezone.now(), user=patient.user)
    assert (opens(phone), opens(second)) == (401, 401)
    patient.refresh_from_db()
    change = Change.objects.filter(patient=patient).latest("pk")
    assert (change.verb, change.revision) == ("patient.signed-out-everywhere", before + 1)
    back = Phone()
    assert sign_in(back, email)[0] == 200
    assert opens(back) == 200
    assert len(back.send("GET", SESSIONS)[1]["data"]) == 1


def test_a_token_dies_after_thirty_idle_days_and_lives_on_with_each_use(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            clock.shift(timedelta(days=29))
            assert opens(phone) == 200
        clock.shift(timedelta(days=30, seconds=1))
        assert opens(phone) == 401
        assert sessions.forget(at=timezone.now()) == 1
        assert not Session.objects.exists()


def test_a_token_is_no_browsers_cookie_for_longer_than_staff_may_idle(
    phone: Phone, patient: Patient, email: str
) -> None:
    """Staff who sign in through the app have twenty minutes as well."""
    assert patient.user
    patient.user.is_staff = True
    patient.user.save()
    staff = Phone()
    sign_in(staff, email)
    left = Session.objects.get(session_key=staff.token).expire_date - timezone.now()
    assert timedelta(minutes=19) < left <= timedelta(minutes=20)


def test_a_token_that_was_never_given_is_nobodys(phone: Phone) -> None:
    for token in ("x", "x" * 32, "x" * 40, str(Session.objects.get().pk), "\u00fc" * 32):
        client = Client(headers={"X-Session-Token": token.encode("latin-1", "ignore").decode("latin-1")})
        assert client.get(ME).status_code == 401
        assert client.get(SESSIONS).status_code in (401, 410)


def test_an_entry_posted_while_another_phone_signs_out_is_kept(phone: Phone, second: Phone) -> None:
    second.send("DELETE", f"{AUTH}/session")
    assert phone.send("POST", "/api/v1/entries", entry())[0] == 201


def test_the_app_asks_again_before_a_factor_is_changed(phone: Phone) -> None:
    _, waiting = go_on(phone, "GET", f"{ACCOUNT}/authenticators/totp")
    code = {"code": pyotp.TOTP(waiting["meta"]["secret"]).now()}
    assert go_on(phone, "POST", f"{ACCOUNT}/authenticators/totp", code)[0] == 401
    assert go_on(phone, "POST", f"{AUTH}/reauthenticate", {"password": PASSWORD})[0] == 200
    assert go_on(phone, "POST", f"{ACCOUNT}/authenticators/totp", code)[0] == 200

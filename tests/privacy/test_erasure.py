"""A patient leaves: nothing of the record is left anywhere, and the rest of the house goes on."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from api.v1.export import SECTIONS
from journal.accounts.models import Invitation, Patient, User
from journal.actions import entries, erasure, invitations, recheck
from journal.actions.refusals import InvalidInvitationError
from journal.content.report import Report
from journal.fence import scope
from journal.models import Change, Entry, Flag, StaffRead
from reminders import relay
from reminders.actions import planning
from reminders.deliver import dispatch, outcomes
from reminders.models import Attempt, Delivery, Device, Reminder
from tests.api.phone import Phone, pain
from tests.privacy.conftest import CANARY, whole
from tests.privacy.tables import as_owner, holding
from tests.reminders.conftest import mailbox
from tests.support.phones import a_session
from tests.support.records import AT, Cast, a_cast
from tests.support.smtp import Mailbox

__all__ = ["mailbox"]
committed = pytest.mark.django_db(transaction=True)
ME = "/api/v1/me"
# What the cast writes with the same word about the clinic, and the name of a page: no patient's.
NOT_THE_PATIENTS = {
    "accounts_brokenglass",
    "accounts_clinic",
    "accounts_clinicchange",
    "accounts_clinicholiday",
    "accounts_user",  # the staff's names
    "journal_staffread",
    "reminders_webhook",
}


def leave(phone: Phone) -> int:
    return phone.send("DELETE", ME)[0]


@committed
def test_no_word_of_the_record_is_in_any_table() -> None:
    hill = whole("hill", CANARY)
    before = holding(CANARY)
    assert len(before - NOT_THE_PATIENTS) > 15
    assert leave(Phone(token=a_session(hill.person))) == 204
    assert holding(CANARY) == NOT_THE_PATIENTS
    assert not User.objects.filter(first_name=CANARY).exists()
    assert holding("pat@hill.example") == set()


@committed
def test_what_a_real_phone_wrote_is_gone_with_its_sessions(settings: Any) -> None:
    """From the sign-up on, through the doors that a phone takes."""
    hill = a_cast("hill", "heron")
    made = invitations.create(
        by=None, at=clock.now(), clinic=hill.clinic, profile={"name": CANARY, "history": ["osteoporosis"]}
    )
    phone = Phone()
    assert phone.sign_up(made[1], email=f"{CANARY}@home.example")[0] == 200
    assert phone.log(pains=[pain("lumbar", 9, onset="sudden")], note=CANARY)[0] == 201
    assert holding(CANARY)
    assert leave(phone) == 204
    assert holding(CANARY) == set()
    assert phone.send("GET", ME)[0] == 401
    assert phone.send("DELETE", ME)[0] == 401


@pytest.mark.django_db
def test_every_table_of_the_copy_is_empty_but_the_looks(hill: Cast, phone: Phone) -> None:
    patient = hill.patient.pk
    assert leave(phone) == 204
    left = {
        each.name: each.model._default_manager.filter(**{each.owner: patient}).count() for each in SECTIONS
    }
    assert {name for name, count in left.items() if count} == {
        *("profile", "invitation", "changes", "access_log", "deliveries")
    }
    assert [(each.verb, each.by) for each in Change.objects.all()] == [("patient.erased", None)]
    assert set(Delivery.objects.values_list("kind", flat=True)) == {"patient.left"}
    shell = Patient.objects.get()
    assert (shell.name, shell.born, shell.history, shell.user, shell.sex) == ("", None, [], None, "")
    assert shell.erased_at is not None


@pytest.mark.django_db
def test_the_account_is_gone_on_every_device(hill: Cast, phone: Phone) -> None:
    other = Phone(token=a_session(hill.person))
    assert other.send("GET", ME)[0] == 200
    assert leave(phone) == 204
    for one in (phone, other):
        assert one.send("GET", ME)[0] == 401
        assert leave(one) == 401
    assert not User.objects.filter(email="pat@hill.example").exists()


@pytest.mark.django_db
def test_somebody_elses_record_is_as_it_was(hill: Cast, phone: Phone) -> None:
    lake = whole("lake", "kestrel")
    theirs = Phone(token=a_session(lake.person))
    before = [
        each.model._default_manager.filter(**{each.owner: lake.patient.pk}).count() for each in SECTIONS
    ]
    assert leave(phone) == 204
    after = [each.model._default_manager.filter(**{each.owner: lake.patient.pk}).count() for each in SECTIONS]
    assert before == after
    assert theirs.send("GET", ME)[0] == 200


@pytest.mark.django_db
def test_the_clinic_sees_nothing_any_more(hill: Cast, phone: Phone) -> None:
    desk = Client(raise_request_exception=False)
    desk.force_login(hill.physiotherapist)
    page = reverse("admin:accounts_patient_change", args=[hill.patient.pk])
    assert desk.get(page).status_code == 200
    assert leave(phone) == 204
    assert desk.get(page).status_code in (302, 404)
    for name in ("admin:accounts_patient_changelist", "admin:journal_flag_changelist"):
        shown = desk.get(reverse(name)).content.decode()
        assert f"Pat {CANARY}" not in shown
        assert f"/{hill.patient.pk}/" not in shown
    with scope.within(scope.staff(hill.physiotherapist.pk, hill.clinic.pk)):
        assert not Patient.objects.exists()
        assert not StaffRead.objects.exists()


@committed
def test_what_remains_is_who_did_and_saw_what_under_a_number() -> None:
    hill = whole("hill", CANARY)
    assert leave(Phone(token=a_session(hill.person))) == 204
    with as_owner() as owner:
        looks = owner.execute("SELECT count(*) FROM journal_staffread").fetchone()
        removed = owner.execute(
            "SELECT count(*) FROM journal_trace WHERE patient = %s AND deed = 'removed'"
            " AND \"table\" = 'journal_entry' AND person = %s",
            [hill.patient.pk, hill.person.pk],
        ).fetchone()
    assert (looks, removed) == ((1,), (1,))


@pytest.mark.django_db
def test_the_invitation_opens_nothing_again(hill: Cast, phone: Phone) -> None:
    assert leave(phone) == 204
    with pytest.raises(InvalidInvitationError):
        invitations.find(at=AT, code="hill-code")
    assert Invitation.objects.get().profile == {}


@pytest.mark.django_db
def test_reminders_stop_at_once_also_those_that_wait(hill: Cast, phone: Phone, mailbox: Mailbox) -> None:
    assert leave(phone) == 204
    assert not Reminder.objects.exists()
    assert not Device.objects.exists()
    planning.plan_due(at=clock.now())
    dispatch.run(clock=clock.now, topic="reminder")
    assert mailbox.mails == []


@pytest.mark.django_db
def test_the_team_of_an_open_flag_is_told_without_a_word_of_it(
    hill: Cast, phone: Phone, mailbox: Mailbox
) -> None:
    short = Flag.objects.get().pk.hex[:8]
    assert leave(phone) == 204
    relay.run(at=clock.now())
    dispatch.run(clock=clock.now, topic="flag")
    assert {to for to, _ in mailbox.mails} == {"physiotherapist@hill.example", "lead@hill.example"}
    assert mailbox.text().count(f"short id {short}") == 2
    assert CANARY not in mailbox.text()
    assert "back-pain" not in mailbox.text()


@pytest.mark.django_db
def test_a_flag_that_was_resolved_is_nobodys_news(hill: Cast, phone: Phone) -> None:
    Flag.objects.update(status="resolved")
    assert leave(phone) == 204
    assert not Delivery.objects.exists()


@committed
def test_a_message_that_is_on_its_way_meanwhile_stops_no_round() -> None:
    hill = whole("hill", CANARY)
    delivery = Delivery.objects.get(patient=hill.patient)
    assert leave(Phone(token=a_session(hill.person))) == 204
    outcomes.record(delivery, None, at=clock.now())
    outcomes.record(delivery, outcomes.Failed("SMTP 451"), at=clock.now())
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_what_comes_late_finds_no_record(hill: Cast, phone: Phone) -> None:
    """An entry that waited for the lock while the record was erased; a check that a command had begun."""
    patient = hill.patient
    assert leave(phone) == 204
    with pytest.raises(Patient.DoesNotExist):
        recheck.patient(by=None, at=clock.now(), patient=patient)
    with pytest.raises(Patient.DoesNotExist):
        entries.record(
            by=None,
            at=clock.now(),
            patient=patient,
            client_id=uuid4(),
            recorded_at=clock.now(),
            timezone="UTC",
            report=Report.model_validate({"pains": []}),
        )
    with pytest.raises(Patient.DoesNotExist):
        erasure.erase(at=clock.now(), patient=patient)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_nobody_is_erased_in_another_persons_name(hill: Cast) -> None:
    lake = a_cast("lake", "kestrel")
    for name in (
        scope.patient(lake.person.pk, lake.patient.pk, lake.clinic.pk),
        scope.staff(hill.physiotherapist.pk, hill.clinic.pk),
        scope.office(hill.lead.pk),
        scope.person(hill.person.pk),
        scope.NOBODY,
    ):
        with scope.within(name), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute("SELECT osteon_erase(%s, now())", [hill.patient.pk])
    assert Entry.objects.filter(patient=hill.patient).exists()


@committed
def test_what_fails_half_way_erases_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hill = whole("hill", CANARY)
    before = holding(CANARY)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("journal.actions.erasure.changes.record", broken)
    assert leave(Phone(token=a_session(hill.person))) == 500
    assert holding(CANARY) == before


@pytest.mark.django_db
def test_a_member_of_staff_who_is_also_a_patient_stays_one_of_the_staff(hill: Cast, phone: Phone) -> None:
    User.objects.filter(pk=hill.person.pk).update(is_staff=True)
    assert leave(phone) == 204
    assert User.objects.filter(pk=hill.person.pk, is_active=True).exists()
    assert not Entry.objects.exists()
    assert phone.send("GET", ME)[0] in (401, 403)


@pytest.mark.django_db
def test_monitoring_goes_on(hill: Cast, phone: Phone) -> None:
    a_cast("lake", "kestrel")
    assert leave(phone) == 204
    for path in ("/metrics", "/health/ready"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()

"""Who looks after whom: assigned, handed over, covered during leave; nothing crosses a clinic's wall."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from journal.accounts.models import Assignment, Clinic, ClinicChange, Clinician, Cover, Patient, User
from journal.actions import caseload, patients
from journal.actions.refusals import NotPossibleNowError
from reminders.team.roster import Roster
from tests.support import desk as people

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill)


@pytest.fixture
def thea(hill: Clinic, mira: User) -> Clinician:
    return Clinician.objects.get(user=mira)


@pytest.fixture
def ines(hill: Clinic) -> Clinician:
    user = people.clinician(hill, "ines@hill.example", name="Ines Vale")
    return Clinician.objects.get(user=user)


@pytest.fixture
def zoe(lake: Clinic) -> Clinician:
    user = people.clinician(lake, "zoe@lake.example", name="Zoe Quist")
    return Clinician.objects.get(user=user)


@pytest.fixture
def lead(hill: Clinic) -> Client:
    browser = Client()
    browser.force_login(people.clinician(hill, "lea@hill.example", lead=True, name="Lea Stone"))
    return browser


def assigned(patient: Patient, to: Clinician, at: datetime = AT) -> None:
    patients.assign(by=to.user, at=at, patient=patient, physiotherapist=to, note="")


def test_who_was_assigned_before_is_kept_with_when_and_by_whom(
    ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    assigned(ada, thea)
    later = AT + timedelta(days=3)
    patients.assign(by=ines.user, at=later, patient=ada, physiotherapist=ines, note="Moved house")
    before, now = Assignment.objects.order_by("since")
    assert (before.physiotherapist, before.since, before.until) == (thea, AT, later)
    assert (now.physiotherapist, now.since, now.until, now.by, now.note) == (
        ines, later, None, ines.user, "Moved house",
    )  # fmt: skip


def test_the_same_again_changes_nothing(ada: Patient, thea: Clinician) -> None:
    assigned(ada, thea)
    assigned(ada, thea, AT + timedelta(days=1))
    assert Assignment.objects.count() == 1


def test_a_patient_is_assigned_to_one_at_a_time_by_the_database_too(
    ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    assigned(ada, thea)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(patient=ada, physiotherapist=ines, since=AT)


def test_nobody_of_another_clinic_can_be_assigned(ada: Patient, zoe: Clinician) -> None:
    with pytest.raises(NotPossibleNowError):
        assigned(ada, zoe)
    ada.refresh_from_db()
    assert ada.physiotherapist is None


def test_all_patients_are_handed_over_and_the_clinic_has_it_on_record(
    hill: Clinic, ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    ben = people.patient(hill, "Ben Okafor")
    for patient in (ada, ben):
        assigned(patient, thea)
    assert caseload.hand_over(by=ines.user, at=AT, giving=thea, taking=ines, note="Leaves") == 2
    assert set(Patient.objects.filter(physiotherapist=ines)) == {ada, ben}
    assert ClinicChange.objects.get().data == {"from": thea.pk, "to": ines.pk, "patients": 2}


def test_only_the_chosen_are_handed_over(
    hill: Clinic, ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    ben = people.patient(hill, "Ben Okafor")
    for patient in (ada, ben):
        assigned(patient, thea)
    caseload.hand_over(by=None, at=AT, giving=thea, taking=ines, chosen=[ben])
    ada.refresh_from_db()
    assert ada.physiotherapist == thea


def test_a_stranger_among_the_chosen_stops_it_all(
    lake: Clinic, ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    assigned(ada, thea)
    with pytest.raises(NotPossibleNowError):
        caseload.hand_over(
            by=None, at=AT, giving=thea, taking=ines, chosen=[ada, people.patient(lake, "Zoe Quist")]
        )
    ada.refresh_from_db()
    assert ada.physiotherapist == thea


def test_nothing_is_given_over_the_wall(thea: Clinician, zoe: Clinician) -> None:
    with pytest.raises(NotPossibleNowError):
        caseload.hand_over(by=None, at=AT, giving=thea, taking=zoe)
    with pytest.raises(NotPossibleNowError):
        covered(thea, zoe, date(2026, 3, 1), date(2026, 3, 2))


def covered(away: Clinician, by: Clinician, first: date, last: date) -> Cover:
    return caseload.cover(by=None, at=AT, away=away, standing_in=by, first_day=first, last_day=last)


def test_two_covers_of_one_day_are_refused(thea: Clinician, ines: Clinician) -> None:
    covered(thea, ines, date(2026, 3, 1), date(2026, 3, 5))
    with pytest.raises(NotPossibleNowError):
        covered(thea, ines, date(2026, 3, 5), date(2026, 3, 9))


def today(clinic: Clinic) -> date:
    return clock.now().astimezone(ZoneInfo(str(clinic.timezone))).date()


def test_during_leave_flags_go_to_the_one_who_stands_in_and_back_afterwards(
    hill: Clinic, thea: Clinician, ines: Clinician
) -> None:
    assert Roster.of(hill, at=clock.now()).care_team(thea.pk) == (thea.user,)
    leave = covered(thea, ines, today(hill), today(hill))
    assert Roster.of(hill, at=clock.now()).care_team(thea.pk) == (ines.user,)
    assert Roster.of(hill, at=clock.now()).rungs(thea.pk)[0] == (ines.user,)
    caseload.end_cover(by=None, at=clock.now(), cover=leave)
    assert Roster.of(hill, at=clock.now()).care_team(thea.pk) == (thea.user,)


def test_a_leave_of_other_days_changes_nothing_today(hill: Clinic, thea: Clinician, ines: Clinician) -> None:
    covered(thea, ines, today(hill) + timedelta(days=1), today(hill) + timedelta(days=9))
    assert Roster.of(hill, at=clock.now()).care_team(thea.pk) == (thea.user,)


def test_one_who_stands_in_but_left_is_not_waited_for(hill: Clinic, thea: Clinician, ines: Clinician) -> None:
    covered(thea, ines, today(hill), today(hill))
    User.objects.filter(pk=ines.user_id).update(is_active=False)
    assert Roster.of(hill, at=clock.now()).care_team(thea.pk) == (thea.user,)


def test_mine_holds_the_patients_of_whom_i_stand_in_for(
    hill: Clinic, ada: Patient, desk: Client, thea: Clinician, ines: Clinician
) -> None:
    assigned(ada, ines)
    people.flag(ada, owner=ines)
    lists = [
        (reverse("admin:accounts_patient_changelist"), {"caseload": "mine"}),
        (reverse("admin:journal_flag_changelist"), {"owner": "mine"}),
    ]
    for address, mine in lists:
        assert "Ada Berg" not in desk.get(address, mine).content.decode()
    covered(ines, thea, today(hill), today(hill))
    for address, mine in lists:
        assert "Ada Berg" in desk.get(address, mine).content.decode()


# --- the lead's page of one colleague ---


def sent(browser: Client, about: Clinician, deed: str, **said: object) -> int:
    address = reverse(f"admin:accounts_clinician_{deed}", args=[about.pk])
    return browser.post(address, said).status_code


def test_a_lead_hands_over_and_names_who_stands_in(
    lead: Client, hill: Clinic, ada: Patient, thea: Clinician, ines: Clinician
) -> None:
    assigned(ada, thea)
    page = lead.get(reverse("admin:accounts_clinician_change", args=[thea.pk])).content.decode()
    assert "Hand over all patients" in page
    assert sent(lead, thea, "cover", to=ines.pk, first_day="2026-04-01", last_day="2026-04-09") == 302
    assert Cover.objects.get().standing_in == ines
    assert sent(lead, thea, "hand-over", to=ines.pk, note="") == 302
    ada.refresh_from_db()
    assert ada.physiotherapist == ines


def test_a_lead_can_not_choose_somebody_of_another_clinic(
    lead: Client, ada: Patient, thea: Clinician, zoe: Clinician
) -> None:
    assigned(ada, thea)
    sent(lead, thea, "hand-over", to=zoe.pk)
    ada.refresh_from_db()
    assert ada.physiotherapist == thea
    assert sent(lead, zoe, "hand-over", to=thea.pk) == 404


def test_a_physiotherapist_can_not(desk: Client, thea: Clinician, ines: Clinician) -> None:
    assert sent(desk, thea, "hand-over", to=ines.pk) == 404

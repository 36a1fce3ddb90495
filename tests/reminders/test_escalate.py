"""A flag that nobody acknowledges climbs, without end; one that somebody has in hand rests."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection

from journal.accounts.models import Clinic, ClinicChange, Clinician, Patient, User
from journal.actions import caseload, clinics, flags
from journal.actions.refusals import NotPossibleNowError
from journal.models import Flag, OutboxEvent
from reminders import escalate, relay, tasks
from reminders.models import Chase, Delivery
from tests.reminders.test_claims import at_once
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
SATURDAY = datetime(2026, 1, 10, 2, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def colleagues(clinic: Clinic, physiotherapist: Clinician) -> list[Clinician]:
    """On call in this order: otto, then ida; the lead is lea; carl is not on call."""
    people = [a_clinician(clinic, name) for name in ("ida", "otto", "carl")]
    a_clinician(clinic, "lea", role="lead")
    clinics.set_on_call(by=None, at=MONDAY, clinic=clinic, order=[people[1], people[0]])
    return people


def raised(patient: Patient, *, at: datetime = MONDAY, urgency: str = "emergency-now") -> Flag:
    flag = a_flag(patient, at=at, urgency=urgency)
    relay.run(at=at)
    sent()
    return flag


def sent() -> list[str]:
    """Who was told since the last look; all of it goes out now."""
    waiting = Delivery.objects.filter(state="waiting").select_related("to").order_by("pk")
    names = [row.recipient.email.partition("@")[0] for row in waiting]
    Delivery.objects.filter(state="waiting").update(state="sent", sent_at=MONDAY)
    return names


def told_at(moment: datetime) -> list[str]:
    escalate.run(at=moment)
    return sent()


def test_an_emergency_climbs_every_quarter_of_an_hour_and_never_ends(
    patient: Patient, colleagues: list[Clinician]
) -> None:
    raised(patient, at=SATURDAY)
    assert told_at(SATURDAY + QUARTER - timedelta(seconds=1)) == []
    steps = [told_at(SATURDAY + QUARTER * number) for number in range(1, 10)]
    assert steps == [
        ["thea"],
        ["otto"],
        ["ida"],
        ["lea"],
        ["thea", "lea"],
        ["otto", "lea"],
        ["ida", "lea"],
        ["lea"],
        ["thea", "lea"],
    ]
    Chase.objects.update(chases=10_000)
    assert told_at(SATURDAY + timedelta(days=100)) != []
    assert Chase.objects.get().next_chase_at is not None


def test_somebody_whose_account_is_closed_is_passed_over(
    patient: Patient, colleagues: list[Clinician]
) -> None:
    User.objects.filter(email__startswith="otto").update(is_active=False)
    raised(patient)
    assert [told_at(MONDAY + QUARTER * number) for number in (1, 2, 3)] == [["thea"], ["ida"], ["lea"]]


def test_a_same_day_flag_keeps_to_working_hours_and_comes_the_next_working_morning(
    patient: Patient, clinic: Clinic, colleagues: list[Clinician]
) -> None:
    """The clinic's zone is UTC; on Monday from eight to six, Tuesday is a holiday."""
    clinics.add_holiday(by=None, at=MONDAY, clinic=clinic, day=date(2026, 1, 6), name="Epiphany")
    raised(patient, at=MONDAY.replace(hour=15), urgency="same-day")
    assert told_at(MONDAY.replace(hour=17)) == ["thea"]
    for hours in range(2, 39):
        assert told_at(MONDAY.replace(hour=17) + timedelta(hours=hours)) == []
    assert told_at(datetime(2026, 1, 7, 8, tzinfo=UTC)) == ["otto"]


def test_the_hours_that_the_clinic_sets_count_at_the_step_itself(patient: Patient, clinic: Clinic) -> None:
    raised(patient, urgency="same-day")
    clinics.set_hours(by=None, at=MONDAY, clinic=clinic, week={1: (time(13), time(14))})
    assert told_at(MONDAY + timedelta(hours=2)) == []
    assert told_at(datetime(2026, 1, 6, 12, 59, tzinfo=UTC)) == []
    assert told_at(datetime(2026, 1, 6, 13, tzinfo=UTC)) == ["thea"]


def test_a_chase_comes_forward_when_the_clinic_corrects_its_hours(
    clinic: Clinic, patient: Patient, colleagues: list[Clinician]
) -> None:
    """A lead shuts a working day by mistake, and opens it again at noon."""
    raised(patient, urgency="same-day")
    clinics.add_holiday(by=None, at=MONDAY, clinic=clinic, day=MONDAY.date())
    assert told_at(MONDAY + timedelta(hours=2)) == []
    assert Chase.objects.get().next_chase_at == datetime(2026, 1, 6, 8, tzinfo=UTC)
    clinics.remove_holiday(by=None, at=MONDAY, clinic=clinic, day=MONDAY.date())
    noon = MONDAY + timedelta(hours=3)
    assert escalate.keep_in_step(at=noon) == 1
    assert told_at(noon) == ["thea"]


def test_a_chase_that_lies_ahead_moves_with_the_hours_and_counts_from_its_last_step(
    clinic: Clinic, patient: Patient, colleagues: list[Clinician]
) -> None:
    raised(patient, urgency="same-day")
    eleven = MONDAY + timedelta(hours=2)
    assert told_at(eleven) == ["thea"]
    assert escalate.keep_in_step(at=eleven) == 0
    clinics.set_hours(
        by=None, at=eleven, clinic=clinic, week={0: (time(8), time(12)), 2: (time(9), time(12))}
    )
    assert escalate.keep_in_step(at=eleven) == 1
    assert Chase.objects.get().next_chase_at == datetime(2026, 1, 7, 9, tzinfo=UTC)
    clinics.set_hours(by=None, at=eleven, clinic=clinic, week={0: (time(8), time(18))})
    assert escalate.keep_in_step(at=eleven) == 1
    assert Chase.objects.get().next_chase_at == eleven + timedelta(hours=2)


def test_hours_change_nothing_for_emergencies_nor_for_what_is_in_hand(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician
) -> None:
    raised(patient)
    calf = a_flag(patient, at=MONDAY, urgency="same-day", pattern="calf-swelling")
    relay.run(at=MONDAY)
    flags.acknowledge(by=physiotherapist.user, at=MONDAY, flag=calf)
    clinics.set_hours(by=None, at=MONDAY, clinic=clinic, week={3: (time(8), time(12))})
    assert escalate.keep_in_step(at=MONDAY) == 0


def test_the_tick_brings_chases_in_step_once_a_minute(
    clinic: Clinic, patient: Patient, colleagues: list[Clinician]
) -> None:
    raised(patient, urgency="same-day")
    found = []
    for seconds, closes in ((0, 18), (30, 10), (61, 10)):
        clinics.set_hours(by=None, at=MONDAY, clinic=clinic, week={0: (time(8), time(closes))})
        with time_machine.travel(MONDAY + timedelta(seconds=seconds), tick=False):
            tasks.tick_escalate()
        found.append(Chase.objects.get().next_chase_at)
    monday, later = datetime(2026, 1, 5, 11, tzinfo=UTC), datetime(2026, 1, 12, 8, tzinfo=UTC)
    assert found == [monday, monday, later]


def test_nobody_is_chased_in_the_moment_of_being_told_after_an_outage(
    patient: Patient, colleagues: list[Clinician]
) -> None:
    a_flag(patient, at=MONDAY, urgency="emergency-now")
    back = MONDAY + timedelta(hours=5)
    relay.run(at=back)
    assert sent() == ["thea", "lea"]
    assert told_at(back + timedelta(seconds=5)) == []
    assert told_at(back + QUARTER) == ["thea"]


def test_acknowledged_stops_the_chase(patient: Patient, physiotherapist: Clinician) -> None:
    flag = raised(patient)
    flags.acknowledge(by=physiotherapist.user, at=MONDAY + timedelta(minutes=5), flag=flag)
    assert told_at(MONDAY + QUARTER) == []
    assert Chase.objects.get().next_chase_at is None
    assert told_at(MONDAY + timedelta(days=2)) == []


@pytest.mark.parametrize(("outcome", "note"), [("", "Rang."), ("tired", "Rang."), ("contacted", " ")])
def test_closing_needs_an_outcome_and_a_note_and_the_chase_goes_on_without(
    patient: Patient, physiotherapist: Clinician, outcome: str, note: str
) -> None:
    flag = raised(patient)
    with pytest.raises(NotPossibleNowError):
        flags.resolve(by=physiotherapist.user, at=MONDAY, flag=flag, outcome=outcome, note=note)
    assert told_at(MONDAY + QUARTER) == ["thea"]
    flags.resolve(by=physiotherapist.user, at=MONDAY + QUARTER, flag=flag, outcome="contacted", note="Rang.")
    assert told_at(MONDAY + 2 * QUARTER) == []
    assert Chase.objects.get().next_chase_at is None


def test_a_reopened_flag_is_chased_anew_from_the_first_person(
    patient: Patient, colleagues: list[Clinician]
) -> None:
    flag = raised(patient)
    told_at(MONDAY + QUARTER)
    told_at(MONDAY + 2 * QUARTER)
    Flag.objects.update(status="superseded", supported=False)
    assert told_at(MONDAY + 3 * QUARTER) == []
    Flag.objects.update(status="open", supported=True)
    later = MONDAY + timedelta(hours=3)
    OutboxEvent.objects.create(patient=patient, kind="flag.reopened", subject_id=flag.pk, at=later)
    relay.run(at=later)
    assert sorted(sent()) == ["lea", "thea"]
    assert [told_at(later + QUARTER * number) for number in (1, 2)] == [["thea"], ["otto"]]


def test_the_same_news_again_does_not_start_the_chase_anew(patient: Patient) -> None:
    raised(patient)
    told_at(MONDAY + QUARTER)
    OutboxEvent.objects.update(relayed_at=None)
    relay.run(at=MONDAY + QUARTER)
    assert Chase.objects.get().chases == 1


def test_after_hours_without_a_mail_server_each_person_gets_one_message(
    patient: Patient, colleagues: list[Clinician]
) -> None:
    a_flag(patient, at=MONDAY)
    relay.run(at=MONDAY)
    for number in range(1, 20):
        escalate.run(at=MONDAY + QUARTER * number)
    assert sorted(sent()) == ["ida", "lea", "otto", "thea"]


def test_a_clinic_without_anybody_leaves_the_operators(clinic: Clinic) -> None:
    User.objects.create_superuser("operator@host.example", "x")
    raised(a_patient(clinic))
    assert told_at(MONDAY + QUARTER) == ["operator"]


def test_a_chase_that_nobody_can_be_told_of_goes_on_and_begins_with_the_first_who_comes(
    patient: Patient, physiotherapist: Clinician
) -> None:
    raised(patient)
    User.objects.filter(pk=physiotherapist.user_id).update(is_active=False)
    assert told_at(MONDAY + QUARTER) == []
    User.objects.filter(pk=physiotherapist.user_id).update(is_active=True)
    assert told_at(MONDAY + 2 * QUARTER) == ["thea"]


def test_one_chase_that_fails_stops_no_other(
    clinic: Clinic, physiotherapist: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (raised(a_patient(clinic, name)) for name in ("bad", "good"))
    whole = escalate._step

    def sometimes(chase: Chase, *rest: object) -> int:
        if chase.flag_id == bad.pk:
            raise ValueError
        return whole(chase, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(escalate, "_step", sometimes)
    assert escalate.run(at=MONDAY + QUARTER) == 1
    assert Delivery.objects.get(kind="flag.chased").subject_id == good.pk
    monkeypatch.undo()
    assert escalate.run(at=MONDAY + QUARTER) == 1


@pytest.mark.django_db(transaction=True)
def test_four_dispatchers_at_once_tell_each_person_once_a_step(clinic: Clinic) -> None:
    a_clinician(clinic, "thea")
    for number in range(30):
        raised(a_patient(clinic, f"p{number}"))
    assert sum(at_once(lambda: escalate.run(at=MONDAY + QUARTER))) == 30
    assert Delivery.objects.filter(kind="flag.chased").count() == 30
    assert set(Chase.objects.values_list("chases", flat=True)) == {1}


def test_a_due_chase_is_found_by_its_index(patient: Patient) -> None:
    raised(patient)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Chase.objects.filter(next_chase_at__lte=MONDAY).explain()
    assert "chase_due" in plan


def test_what_a_clinic_sets_is_recorded(clinic: Clinic, colleagues: list[Clinician]) -> None:
    lead = Clinician.objects.get(role="lead").user
    clinics.set_hours(by=lead, at=MONDAY, clinic=clinic, week={0: (time(9), time(17))})
    clinics.add_holiday(by=lead, at=MONDAY, clinic=clinic, day=date(2026, 12, 25))
    assert clinics.remove_holiday(by=lead, at=MONDAY, clinic=clinic, day=date(2026, 12, 25))
    assert not clinics.remove_holiday(by=lead, at=MONDAY, clinic=clinic, day=date(2026, 12, 25))
    verbs = ClinicChange.objects.filter(by=lead).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["clinic.hours", "clinic.holiday-added", "clinic.holiday-removed"]


def test_impossible_hours_and_orders_are_refused(clinic: Clinic, physiotherapist: Clinician) -> None:
    stranger = a_clinician(a_clinic("valley"), "val")
    for week in ({}, {7: (time(8), time(9))}, {0: (time(9), time(9))}):
        with pytest.raises(NotPossibleNowError):
            clinics.set_hours(by=None, at=MONDAY, clinic=clinic, week=week)
    for order in ([stranger], [physiotherapist, physiotherapist]):
        with pytest.raises(NotPossibleNowError):
            clinics.set_on_call(by=None, at=MONDAY, clinic=clinic, order=order)
    assert not ClinicChange.objects.exists()


def on_leave(away: str, standing_in: str, clinic: Clinic) -> None:
    people = {one.user.email.partition("@")[0]: one for one in Clinician.objects.filter(clinic=clinic)}
    caseload.cover(
        by=None,
        at=MONDAY,
        away=people[away],
        standing_in=people[standing_in],
        first_day=MONDAY.date(),
        last_day=MONDAY.date(),
    )


def test_who_is_on_leave_is_stood_in_for_at_every_step_and_only_on_these_days(
    patient: Patient, clinic: Clinic, colleagues: list[Clinician]
) -> None:
    """Carl stands in for otto, who is on call, ida for lea, who leads; each is told at the other's turn."""
    on_leave("otto", "carl", clinic)
    on_leave("lea", "ida", clinic)
    raised(patient)
    first = Delivery.objects.filter(kind="flag.opened").values_list("to__email", flat=True)
    assert sorted(first) == ["ida@clinic.example", "thea@clinic.example"]
    steps = [told_at(MONDAY + QUARTER * number) for number in range(1, 6)]
    assert steps == [["thea"], ["carl"], ["ida"], ["ida"], ["thea", "ida"]]
    Chase.objects.update(chases=1, next_chase_at=MONDAY + timedelta(days=1))
    assert told_at(MONDAY + timedelta(days=1)) == ["otto"]

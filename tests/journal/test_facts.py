"""Facts: stated, corrected, withdrawn; the profile follows, and all days are judged again."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from journal import load
from journal.accounts.models import Clinic, Patient, User
from journal.actions import entries, facts, invitations
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content.facts import Stated
from journal.content.report import Report
from journal.models import Change, Fact, FactWithdrawal, Flag
from tests.support import desk as people
from tests.support.desk import NOW

TODAY = NOW.date()


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


def on(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def say(ada: Patient, mira: User, kind: str, code: str, at: datetime = NOW, **said: Any) -> Fact:
    fact = facts.add(by=mira, at=at, patient=ada, stated=Stated(kind, code, **said))
    ada.refresh_from_db()
    return fact


def log(ada: Patient, days_ago: int, **report: Any) -> None:
    at = NOW - timedelta(days=days_ago)
    entries.record(
        by=None,
        at=at,
        patient=ada,
        client_id=uuid.uuid4(),
        recorded_at=at,
        timezone="Europe/Berlin",
        report=Report.model_validate(report),
    )


def ache(site: str = "thigh") -> dict[str, Any]:
    return {"pains": [{"site": site, "side": "left", "severity": 4}]}


def flags(ada: Patient, pattern: str = "thigh-pain-antiresorptive") -> list[str]:
    return list(Flag.objects.filter(patient=ada, pattern=pattern).values_list("status", flat=True))


def test_a_fact_keeps_who_said_it_when_and_is_recorded(ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "t_score", "total_hip", since=on(30), number=Decimal("-2.7"), text="Hill hospital")
    assert (fact.by, fact.at, fact.number, fact.text) == (mira, NOW, Decimal("-2.7"), "Hill hospital")
    change = Change.objects.get(verb="fact.added")
    assert (change.by, change.subject) == (mira, f"fact:{fact.pk}")
    assert change.data == {"kind": "t_score", "code": "total_hip"}
    assert change.revision == fact.revision == ada.revision == 1


def test_the_profile_that_rules_read_follows(ada: Patient, mira: User) -> None:
    say(ada, mira, "born", "born", since=date(1950, 5, 1))
    say(ada, mira, "peak_height", "peak_height", number=Decimal("165.3"))
    say(ada, mira, "history", "diabetes")
    say(ada, mira, "medicine", "bisphosphonate", since=on(100))
    profile = load.profile(ada)
    assert (profile.born, profile.peak_height_cm) == (date(1950, 5, 1), 165.3)
    assert profile.history == {"diabetes"}
    assert profile.on(on(100)).history == {"diabetes", "antiresorptive"}
    assert profile.on(on(101)).history == {"diabetes"}
    assert ada.history == ["antiresorptive", "diabetes"]


def test_a_medicine_stopped_counts_for_a_year_after_its_stop(ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "medicine", "denosumab", since=on(900))
    facts.stop(by=mira, at=NOW, patient=ada, fact=fact, until=on(366))
    ada.refresh_from_db()
    assert load.profile(ada).on(TODAY).has("antiresorptive")
    assert not load.profile(ada).on(TODAY + timedelta(days=1)).has("antiresorptive")


def test_what_the_invitation_said_stays_and_can_be_withdrawn(hill: Clinic, mira: User) -> None:
    said = invitations.Profile(history=["osteoporosis", "diabetes"], age=70, peak_height_cm=165.3)
    ada = invitations.enrol(at=NOW, clinic=hill, profile=said, timezone="Europe/Berlin", user=None)
    assert {(fact.code, fact.by, fact.at) for fact in Fact.objects.all()} == {
        (code, None, NOW) for code in ("osteoporosis", "diabetes", "born", "peak_height")
    }
    wrong = Fact.objects.get(code="diabetes")
    facts.withdraw(by=mira, at=NOW, patient=ada, fact=wrong, reason="Mixed up with somebody else")
    ada.refresh_from_db()
    assert ada.history == ["osteoporosis"]
    assert (ada.born, ada.peak_height_cm) == (date(1956, 3, 10), Decimal("165.3"))


def test_a_profile_from_before_facts_is_kept_by_the_first_fact(hill: Clinic, mira: User) -> None:
    ada = people.patient(hill, history=["pad"], born=date(1950, 1, 1))
    say(ada, mira, "history", "diabetes", since=on(10))
    say(ada, mira, "history", "peptic_ulcer")
    assert load.profile(ada).history == {"pad", "peptic_ulcer"}
    assert ada.born == date(1950, 1, 1)
    assert Fact.objects.filter(code="pad").count() == 1


def test_a_correction_is_a_new_row_and_a_withdrawn_correction_brings_the_first_back(
    ada: Patient, mira: User
) -> None:
    first = say(ada, mira, "peak_height", "peak_height", number=Decimal(170))
    stated = Stated("peak_height", "peak_height", number=Decimal(160))
    second = facts.correct(by=mira, at=NOW, patient=ada, fact=first, stated=stated)
    assert list(Fact.objects.standing()) == [second]
    with pytest.raises(NotPossibleNowError):
        facts.correct(by=mira, at=NOW, patient=ada, fact=first, stated=stated)
    with pytest.raises(NotPossibleNowError):
        facts.withdraw(by=mira, at=NOW, patient=ada, fact=first, reason="Wrong")
    facts.withdraw(by=mira, at=NOW, patient=ada, fact=second, reason="Was right")
    ada.refresh_from_db()
    assert list(Fact.objects.standing()) == [first]
    assert ada.peak_height_cm == 170
    assert list(Change.objects.values_list("verb", flat=True)) == [
        "fact.added",
        "fact.corrected",
        "fact.withdrawn",
    ]


def test_a_correction_stays_of_its_kind(ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "history", "diabetes")
    with pytest.raises(NotFitError):
        facts.correct(by=mira, at=NOW, patient=ada, fact=fact, stated=Stated("medicine", "opioid"))


def test_a_medicine_told_later_raises_what_the_entries_already_said(ada: Patient, mira: User) -> None:
    log(ada, 3, **ache())
    log(ada, 0, **ache())
    assert flags(ada) == []
    say(ada, mira, "medicine", "bisphosphonate", since=on(0))
    assert flags(ada) == ["open"]


def test_pain_from_before_the_treatment_raises_nothing(ada: Patient, mira: User) -> None:
    log(ada, 3, **ache())
    log(ada, 1, **ache())
    say(ada, mira, "medicine", "bisphosphonate", since=on(0))
    assert flags(ada) == []


def test_a_withdrawn_medicine_takes_its_flag_along_and_says_why(ada: Patient, mira: User) -> None:
    log(ada, 3, **ache())
    log(ada, 0, **ache())
    fact = say(ada, mira, "medicine", "bisphosphonate")
    facts.withdraw(by=mira, at=NOW, patient=ada, fact=fact, reason="Never taken")
    assert flags(ada) == ["superseded"]
    reason = Flag.objects.get(patient=ada).superseded_reason
    assert reason == "The clinic changed the patient's profile: the rule is no longer met."


def test_numbness_known_since_today_leaves_the_flag_of_last_week(ada: Patient, mira: User) -> None:
    log(ada, 20, neuro=[])
    log(ada, 6, neuro=[{"symptom": "numbness", "site": "calf", "side": "left"}])
    assert flags(ada, "new-numbness") == ["open"]
    say(ada, mira, "history", "known_sensory_left_leg", since=TODAY)
    assert flags(ada, "new-numbness") == ["open"]


def test_what_does_not_fit_is_refused_and_leaves_nothing(ada: Patient, mira: User) -> None:
    with pytest.raises(NotFitError, match="the number is missing"):
        say(ada, mira, "t_score", "total_hip", since=TODAY)
    assert not Fact.objects.exists()
    assert not Change.objects.exists()


def test_today_is_the_patients_own_day(hill: Clinic, mira: User) -> None:
    west = people.patient(hill, timezone="Pacific/Honolulu")
    early = datetime(2026, 3, 10, 9, tzinfo=NOW.tzinfo)  # the ninth, 23:00, in Honolulu
    with pytest.raises(NotFitError, match="future"):
        say(west, mira, "medicine", "opioid", at=early, since=date(2026, 3, 10))
    say(west, mira, "medicine", "opioid", at=early, since=date(2026, 3, 9))


def test_withdrawing_needs_a_reason(ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "history", "diabetes")
    with pytest.raises(NotFitError):
        facts.withdraw(by=mira, at=NOW, patient=ada, fact=fact, reason="  ")


def test_a_fact_of_another_patient_can_not_be_withdrawn(hill: Clinic, ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "history", "diabetes")
    with pytest.raises(NotPossibleNowError):
        facts.withdraw(by=mira, at=NOW, patient=people.patient(hill, "Ben"), fact=fact, reason="Wrong")


def test_another_clinics_facts_are_out_of_sight(ada: Patient, mira: User, lake: Clinic) -> None:
    say(ada, mira, "history", "diabetes")
    stranger = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    assert Fact.objects.visible_to(mira).count() == 1
    assert not Fact.objects.visible_to(stranger).exists()


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        ("fact_kind_known", {"kind": "mood"}),
        ("fact_has_a_code", {"code": ""}),
        ("fact_side_known", {"side": "up"}),
        ("fact_event_has_a_day", {"kind": "injection"}),
        ("fact_event_has_no_end", {"kind": "fracture", "until": TODAY}),
        ("fact_stops_after_its_start", {"since": TODAY, "until": on(1)}),
        ("fact_number_in_range", {"number": 3}),
        ("fact_number_in_range", {"kind": "t_score", "since": TODAY}),
        ("fact_number_in_range", {"kind": "t_score", "since": TODAY, "number": Decimal("9.1")}),
        ("fact_number_in_range", {"kind": "peak_height", "number": Decimal("99.9")}),
        ("fact_number_in_range", {"kind": "peak_height", "number": Decimal("230.1")}),
        ("fact_fragility_of_a_fracture", {"fragility": True}),
        ("fact_course_of_a_medicine", {"course_months": 3}),
        ("fact_course_of_a_medicine", {"kind": "medicine", "course_months": 0}),
    ],
)
def test_a_fact_that_contradicts_itself_is_refused_by_the_database(
    ada: Patient, constraint: str, said: dict[str, Any]
) -> None:
    whole = {"kind": "history", "code": "diabetes", "patient": ada, "at": NOW, "revision": 1}
    with pytest.raises(IntegrityError, match=constraint):
        Fact.objects.create(**{**whole, **said})


def test_a_withdrawal_without_a_reason_is_refused_by_the_database(ada: Patient, mira: User) -> None:
    fact = say(ada, mira, "history", "diabetes")
    with pytest.raises(IntegrityError, match="fact_withdrawn_with_reason"):
        FactWithdrawal.objects.create(fact=fact, by=mira, at=NOW, reason="")


def test_a_medicine_told_late_raises_what_was_said_weeks_ago(ada: Patient, mira: User) -> None:
    log(ada, 9, **ache())
    log(ada, 7, **ache())
    say(ada, mira, "medicine", "bisphosphonate", since=on(100))
    assert flags(ada) == ["open"]


def test_of_two_dates_of_birth_the_later_statement_counts(ada: Patient, mira: User) -> None:
    say(ada, mira, "born", "born", since=date(1950, 5, 1))
    say(ada, mira, "born", "born", since=date(1951, 5, 1))
    assert ada.born == date(1951, 5, 1)

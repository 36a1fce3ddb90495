"""The care plan: prescribed, held, stopped; never deleted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, exercise_pauses, facts
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content.facts import Stated
from journal.content.plan import Planned
from journal.models import CareItem, CareItemVersion, Change, ExercisePause, OutboxEvent, Task
from tests.support import desk as people
from tests.support.desk import NOW

TODAY = NOW.date()


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def plan(ada: Patient, mira: User, kind: str, code: str, **said: Any) -> CareItem:
    planned = Planned(kind, code, **{"starts": TODAY, **said})
    return care_plan.prescribe(by=mira, at=NOW, patient=ada, planned=planned)


def held(ada: Patient, *items: CareItem) -> list[CareItem]:
    return list(care_plan.holds(patient=ada, items=items))


def test_a_prescription_keeps_author_dose_and_tags_and_is_recorded(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "exercise", "balance", dose="Ten minutes", rrule="FREQ=DAILY", tags=("prone",))
    assert (item.by, item.dose, item.rrule) == (mira, "Ten minutes", "FREQ=DAILY")
    assert item.tags == ["balance", "prone"]
    change = Change.objects.get()
    assert (change.verb, change.by, change.revision) == ("care.prescribed", mira, item.revision)
    assert change.data == {"kind": "exercise", "code": "balance"}


def test_what_does_not_fit_is_refused(ada: Patient, mira: User) -> None:
    with pytest.raises(NotFitError, match="the last day is missing"):
        plan(ada, mira, "brace", "fracture")
    with pytest.raises(NotFitError, match="no such text"):
        plan(ada, mira, "exercise", "balance", library_id="X99")
    assert not CareItem.objects.exists()


def test_bending_under_load_after_a_spine_fracture_warns_and_is_still_prescribed(
    ada: Patient, mira: User
) -> None:
    tags = ("loaded_flexion",)
    assert care_plan.warnings_for(patient=ada, tags=tags, day=TODAY) == ()
    facts.add(by=mira, at=NOW, patient=ada, stated=Stated("fracture", "spine", since=day(-1)))
    ada.refresh_from_db()
    assert care_plan.warnings_for(patient=ada, tags=tags, day=day(-1)) == ()
    assert care_plan.warnings_for(patient=ada, tags=tags, day=TODAY) == (
        "Earlier spine fracture on record: bending forward under load.",
    )
    assert plan(ada, mira, "exercise", "resistance", tags=tags).tags == ["loaded_flexion", "supervised"]


# --- stopping ---


def test_a_stop_is_a_day_with_a_reason_and_takes_effect_at_once(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "exercise", "walking", starts=day(-9))
    care_plan.stop(by=mira, at=NOW, patient=ada, item=item, reason="Knee swollen")
    item.refresh_from_db()
    assert (item.stopped_on, item.stopped_by, item.stop_reason) == (TODAY, mira, "Knee swollen")
    assert item.holds_on(day(-1))
    assert not item.holds_on(TODAY)
    assert not CareItem.objects.current(TODAY).exists()
    assert Change.objects.filter(verb="care.stopped", by=mira, revision=item.revision).exists()
    with pytest.raises(NotPossibleNowError):
        care_plan.stop(by=mira, at=NOW, patient=ada, item=item, reason="Again")


def test_a_stop_may_be_planned_but_not_for_the_past(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "exercise", "walking")
    with pytest.raises(NotFitError, match="has passed"):
        care_plan.stop(by=mira, at=NOW, patient=ada, item=item, reason="Done", on=day(-1))
    care_plan.stop(by=mira, at=NOW, patient=ada, item=item, reason="Done", on=day(3))
    assert CareItem.objects.current(day(2)).exists()
    assert not CareItem.objects.current(day(3)).exists()


def test_stopping_needs_a_reason(ada: Patient, mira: User) -> None:
    with pytest.raises(NotFitError):
        care_plan.stop(by=mira, at=NOW, patient=ada, item=plan(ada, mira, "exercise", "walking"), reason=" ")


def test_an_item_holds_from_its_first_to_its_last_day(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "brace", "fracture", ends=day(5))
    assert [item.holds_on(day(offset)) for offset in (-1, 0, 5, 6)] == [False, True, True, False]
    assert CareItem.objects.current(day(5)).exists()
    assert not CareItem.objects.current(day(6)).exists()
    with pytest.raises(NotPossibleNowError):
        care_plan.stop(by=mira, at=NOW + timedelta(days=6), patient=ada, item=item, reason="Over")


# --- holding ---


def test_a_flag_that_holds_exercise_holds_every_exercise_and_nothing_else(ada: Patient, mira: User) -> None:
    walking, balance = (plan(ada, mira, "exercise", code) for code in ("walking", "balance"))
    brace = plan(ada, mira, "brace", "fracture", ends=day(5))
    assert held(ada, walking, balance, brace) == []
    flag = people.flag(ada, holds_exercise=True)
    assert held(ada, walking, balance, brace) == [walking, balance]
    hold = care_plan.holds(patient=ada, items=[walking])[walking]
    assert hold.flags == (flag,)
    assert "pause" in hold.in_words("en")
    assert not {"fracture", "back", "flag", flag.pattern} & set(hold.in_words("en").lower().split())


@pytest.mark.parametrize(
    "change",
    [{"status": "resolved"}, {"status": "superseded", "supported": False}, {"hold_lifted_at": NOW}],
    ids=str,
)
def test_a_hold_ends_with_its_flag_or_when_it_is_lifted(
    ada: Patient, mira: User, change: dict[str, Any]
) -> None:
    item = plan(ada, mira, "exercise", "walking")
    people.flag(ada, holds_exercise=True, **change)
    assert held(ada, item) == []


def test_a_flag_that_a_text_names_holds_the_exercise_of_this_text_alone(ada: Patient, mira: User) -> None:
    walking, balance = (plan(ada, mira, "exercise", code) for code in ("walking", "balance"))
    people.flag(ada, pattern="new-giving-way", holds_exercise=False)
    assert held(ada, walking, balance) == [balance]


def test_another_patients_flag_holds_nothing(ada: Patient, mira: User, hill: Clinic) -> None:
    item = plan(ada, mira, "exercise", "walking")
    people.flag(people.patient(hill, "Ben"), holds_exercise=True)
    assert held(ada, item) == []


# --- the database ---


def test_another_clinics_plan_is_out_of_sight(ada: Patient, mira: User, lake: Clinic) -> None:
    plan(ada, mira, "exercise", "walking")
    stranger = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    assert CareItem.objects.visible_to(mira).count() == 1
    assert not CareItem.objects.visible_to(stranger).exists()


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        ("care_item_kind_known", {"kind": "song"}),
        ("care_item_has_a_code", {"code": ""}),
        ("care_item_tags_known", {"tags": ["magic"]}),
        ("care_item_exercise_alone_has_tags_and_dose", {"kind": "referral", "dose": "Once"}),
        ("care_item_exercise_alone_has_tags_and_dose", {"kind": "referral", "tags": ["twist"]}),
        ("care_item_brace_and_rest_end", {"kind": "brace"}),
        ("care_item_rest_is_short", {"kind": "rest", "ends": day(8)}),
        ("care_item_goal_and_task_have_a_day", {"kind": "goal"}),
        ("care_item_hours_of_a_brace", {"hours_a_day": 2}),
        ("care_item_hours_of_a_brace", {"kind": "brace", "ends": day(1), "hours_a_day": 25}),
        ("care_item_ends_after_its_start", {"ends": day(-1)}),
        ("care_item_review_after_its_start", {"review_on": day(-1)}),
        ("care_item_stopped_by_somebody_for_a_reason", {"stopped_on": TODAY}),
        ("care_item_stopped_by_somebody_for_a_reason", {"stop_reason": "Done"}),
    ],
)
def test_an_item_that_contradicts_itself_is_refused_by_the_database(
    ada: Patient, mira: User, constraint: str, said: dict[str, Any]
) -> None:
    whole = {"kind": "exercise", "code": "walking", "starts": TODAY, "by": mira, "at": NOW, "revision": 1}
    with pytest.raises(IntegrityError, match=constraint):
        CareItem.objects.create(patient=ada, **{**whole, **said})


# --- changing ---


def changed(ada: Patient, mira: User, item: CareItem, seen: int = 1, **said: Any) -> CareItem:
    planned = Planned(item.kind, item.code, item.starts, **said)
    return care_plan.change(by=mira, at=NOW, patient=ada, item=item, planned=planned, seen=seen, why="Better")


def test_a_change_keeps_the_id_and_what_it_said_before(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "exercise", "balance", dose="Five minutes", rrule="FREQ=DAILY")
    after = changed(ada, mira, item, dose="Ten minutes", tags=("supervised",))
    assert (after.pk, after.version, after.dose, after.rrule) == (item.pk, 2, "Ten minutes", "")
    assert after.tags == ["balance", "supervised"]
    assert after.revision > item.revision
    before = CareItemVersion.objects.get()
    assert (before.version, before.dose, before.rrule, before.why) == (
        1,
        "Five minutes",
        "FREQ=DAILY",
        "Better",
    )
    assert Change.objects.get(verb="care.changed").subject == f"care_item:{item.pk}"
    assert OutboxEvent.objects.filter(kind="plan.changed").count() == 2


def test_a_change_is_refused_when_it_is_another_thing_out_of_date_or_nothing_new(
    ada: Patient, mira: User
) -> None:
    item = plan(ada, mira, "exercise", "balance", dose="Five minutes")
    with pytest.raises(NotPossibleNowError, match="Nothing is different"):
        changed(ada, mira, item, dose="Five minutes", tags=("balance",))
    with pytest.raises(NotPossibleNowError, match="changed this after"):
        changed(ada, mira, item, seen=2, dose="Ten minutes")
    other = Planned("exercise", "walking", item.starts)
    with pytest.raises(NotFitError, match="first day stay"):
        care_plan.change(by=mira, at=NOW, patient=ada, item=item, planned=other, seen=1)
    with pytest.raises(NotFitError, match="can't end before"):
        changed(ada, mira, item, ends=day(-1))
    care_plan.stop(by=mira, at=NOW, patient=ada, item=item, reason="Enough")
    with pytest.raises(NotPossibleNowError, match="stopped or over"):
        changed(ada, mira, item, dose="Ten minutes")
    assert not CareItemVersion.objects.exists()


def test_what_was_warned_of_is_kept_with_the_change(ada: Patient, mira: User) -> None:
    item = plan(ada, mira, "exercise", "balance")
    facts.add(by=mira, at=NOW, patient=ada, stated=Stated("fracture", "spine", since=day(-9)))
    changed(ada, mira, item, tags=("twist",))
    assert Change.objects.get(verb="care.changed").data["warned"] == ["twist:prior_vertebral_fracture"]


# --- a clinician's hold ---


def test_a_clinicians_hold_pauses_this_exercise_alone_until_it_is_lifted(ada: Patient, mira: User) -> None:
    balance, walking = plan(ada, mira, "exercise", "balance"), plan(ada, mira, "exercise", "walking")
    exercise_pauses.hold(by=mira, at=NOW, patient=ada, item=balance, look_again_on=day(7))
    holds = care_plan.holds(patient=ada, items=[balance, walking])
    assert list(holds) == [balance]
    assert "Your clinic asks you to leave this exercise out" in holds[balance].in_words("en")
    assert Task.objects.get().due_on == day(7)
    assert Change.objects.get(verb="exercise.held").by == mira
    with pytest.raises(NotPossibleNowError, match="held already"):
        exercise_pauses.hold(by=mira, at=NOW, patient=ada, item=balance, look_again_on=day(8))
    changed(ada, mira, balance, dose="Less")
    assert held(ada, balance) == [balance]
    exercise_pauses.lift_item(by=mira, at=NOW, patient=ada, item=balance)
    assert held(ada, balance) == []
    with pytest.raises(NotPossibleNowError, match="not paused"):
        exercise_pauses.lift_item(by=mira, at=NOW, patient=ada, item=balance)


def test_only_an_exercise_that_still_holds_is_held(ada: Patient, mira: User) -> None:
    goal = plan(ada, mira, "goal", "own", text="Shops", review_on=day(30))
    with pytest.raises(NotFitError, match="Only an exercise"):
        exercise_pauses.hold(by=mira, at=NOW, patient=ada, item=goal, look_again_on=day(7))
    over = plan(ada, mira, "exercise", "walking")
    care_plan.stop(by=mira, at=NOW, patient=ada, item=over, reason="Enough")
    with pytest.raises(NotPossibleNowError, match="stopped or over"):
        exercise_pauses.hold(by=mira, at=NOW, patient=ada, item=over, look_again_on=day(7))


def test_the_database_refuses_a_pause_without_a_rise_that_nobody_asked_for(ada: Patient) -> None:
    with pytest.raises(IntegrityError, match="exercise_pause_for_a_rise_or_by_somebody"):
        ExercisePause.objects.create(patient=ada, exercise="X1", source="x", day=TODAY, at=NOW)

"""Due reminders become turns and deliveries. 5 January 2026 is a Monday; 10:00 in Berlin is 09:00 UTC."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from journal.accounts.models import Clinician, Patient
from journal.actions import flags
from journal.actions.refusals import NotPossibleNowError
from journal.models import Change, Flag
from reminders import adherence, claims
from reminders.actions import expiry, follow, holds, occurrences, planning, programmes, rotation
from reminders.actions import reminders as verbs
from reminders.models import Delivery, Occurrence, Reminder, Tally
from tests.support.exercise import exercise_at_ten
from tests.support.people import a_clinician, a_flag, a_patient

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 1, 5, 7, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def exercise(patient: Patient, **wishes: Any) -> Reminder:
    fields = {"kind": "exercise", "title": "Move", "rrule": "FREQ=DAILY", "local_time": time(10), **wishes}
    return verbs.create(by=patient.user, at=EARLY, patient=patient, **fields)


def states(reminder: Reminder) -> list[tuple[str, str]]:
    turns = Occurrence.objects.filter(reminder=reminder).order_by("local_date")
    return [(turn.local_date.isoformat()[5:], turn.state) for turn in turns]


def test_a_new_patient_has_exercise_a_tip_the_journal_and_height(patient: Patient) -> None:
    programmes.start(by=patient.user, at=EARLY, patient=patient)
    found = {reminder.kind: reminder.next_due_at for reminder in Reminder.objects.filter(patient=patient)}
    assert found == {
        "exercise": TEN,
        "fall-prevention": TEN + timedelta(hours=1),
        "log-today": TEN + timedelta(hours=9),
        "height": TEN + timedelta(days=5, hours=1, minutes=30),
    }


def test_a_due_reminder_becomes_one_turn_and_a_delivery_for_each_channel(patient: Patient) -> None:
    reminder = exercise(patient)
    assert planning.plan_due(at=TEN - timedelta(seconds=1)) == 0
    assert planning.plan_due(at=TEN) == 1
    turn = Occurrence.objects.get()
    assert (turn.local_date, turn.state, turn.due_at, bool(turn.item)) == (date(2026, 1, 5), "due", TEN, True)
    assert {row.channel for row in Delivery.objects.filter(subject_id=turn.pk)} == {"inbox", "email"}
    reminder.refresh_from_db()
    assert (reminder.next_local_date, reminder.next_due_at) == (date(2026, 1, 6), TEN + DAY)


def test_planning_twice_makes_nothing_new(patient: Patient) -> None:
    exercise(patient)
    planning.plan_due(at=TEN)
    planning.plan_due(at=TEN)
    assert (Occurrence.objects.count(), Delivery.objects.count()) == (1, 2)


def test_a_turns_id_follows_from_reminder_day_and_place_wherever_it_is_worked_out() -> None:
    for number in range(50):
        reminder = uuid.uuid5(uuid.NAMESPACE_OID, str(number))
        day = date(2026, 1, 1) + number * DAY
        assert uuid.UUID(Occurrence.id_of(reminder, day, number)) == uuid.uuid5(reminder, f"{day}:{number}")


def test_a_turn_that_exists_already_is_not_made_or_sent_again(patient: Patient) -> None:
    reminder = exercise(patient)
    planning.plan_due(at=TEN)
    Reminder.objects.filter(pk=reminder.pk).update(next_due_at=TEN, next_local_date=date(2026, 1, 5))
    planning.plan_due(at=TEN)
    assert (Occurrence.objects.count(), Delivery.objects.count()) == (1, 2)


def test_a_turn_carries_the_patients_next_revision_and_is_recorded(patient: Patient) -> None:
    exercise(patient)
    patient.refresh_from_db()
    before = patient.revision
    planning.plan_due(at=TEN)
    patient.refresh_from_db()
    turn = Occurrence.objects.get()
    assert patient.revision == turn.revision == before + 1
    assert Change.objects.get(revision=turn.revision).subject == f"occurrence:{turn.pk}"


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(hours=2), [("01-05", "due")]),
        (timedelta(hours=2, seconds=1), [("01-05", "expired")]),
        (3 * DAY, [("01-05", "expired"), ("01-06", "expired"), ("01-07", "expired"), ("01-08", "due")]),
        (
            3 * DAY + timedelta(hours=5),
            [("01-05", "expired"), ("01-06", "expired"), ("01-07", "expired"), ("01-08", "expired")],
        ),
    ],
)
def test_after_an_outage_only_the_latest_turn_goes_out_and_only_within_two_hours(
    patient: Patient, late: timedelta, expected: list[tuple[str, str]]
) -> None:
    reminder = exercise(patient)
    planning.plan_due(at=TEN + late)
    assert states(reminder) == expected
    assert Delivery.objects.count() == 2 * sum(state == "due" for _, state in expected)
    reminder.refresh_from_db()
    assert reminder.next_due_at is not None
    assert TEN + late < reminder.next_due_at <= TEN + late + DAY


def test_a_year_of_silence_ends_in_a_bounded_record(patient: Patient) -> None:
    reminder = exercise(patient)
    planning.plan_due(at=TEN + 365 * DAY)
    assert len(states(reminder)) == planning.MOST_MISSED
    assert Delivery.objects.count() == 2


def test_a_reminder_ends_with_its_rule(patient: Patient) -> None:
    reminder = exercise(patient, rrule="FREQ=DAILY;COUNT=1")
    planning.plan_due(at=TEN)
    reminder.refresh_from_db()
    assert (reminder.next_due_at, states(reminder)) == (None, [("01-05", "due")])


def test_no_tip_comes_twice_in_a_row(patient: Patient) -> None:
    exercise(patient, kind="fall-prevention")
    for day in range(20):
        planning.plan_due(at=TEN + day * DAY)
    items = list(Occurrence.objects.order_by("local_date").values_list("item", flat=True))
    assert len(items) == 20
    assert all(first != second for first, second in pairwise(items))
    assert len(set(items)) >= 8


def test_a_library_of_one_tip_says_nothing_rather_than_the_same_again() -> None:
    only = rotation.NoTip(title="Shoes", language="en", id="T2")
    assert rotation.following([only], last="", flagged=()) == only
    assert rotation.following([only], last="T2", flagged=()) is None


def test_a_tip_that_a_flagged_pattern_holds_back_is_left_out(patient: Patient) -> None:
    exercise(patient)
    a_flag(patient, at=EARLY, pattern="new-giving-way", holds_exercise=False)
    for day in range(12):
        planning.plan_due(at=TEN + day * DAY)
    items = set(Occurrence.objects.values_list("item", flat=True))
    assert items
    assert "X1" not in items


@pytest.mark.parametrize("pattern", ["hip-fracture", "sudden-back-pain"])
def test_an_open_flag_holds_exercise_and_not_fall_prevention(patient: Patient, pattern: str) -> None:
    programmes.start(by=patient.user, at=EARLY, patient=patient)
    flag = a_flag(patient, at=EARLY, pattern=pattern)
    planning.plan_due(at=TEN + timedelta(hours=1))
    held = Occurrence.objects.get(reminder__kind="exercise")
    tip = Occurrence.objects.get(reminder__kind="fall-prevention")
    assert (held.state, held.held_by, tip.state) == ("held", flag, "due")
    assert {row.subject_id for row in Delivery.objects.filter(topic="reminder")} == {tip.pk}
    change = Change.objects.get(subject=f"occurrence:{held.pk}")
    assert (change.verb, change.data) == ("occurrence.held", {"held_by": str(flag.pk)})


def test_another_patients_flag_holds_nothing(patient: Patient) -> None:
    reminder = exercise(patient)
    a_flag(a_patient(patient.clinic, "other"), at=EARLY)
    planning.plan_due(at=TEN)
    assert states(reminder) == [("01-05", "due")]


def test_exercise_comes_back_when_the_hold_is_lifted(patient: Patient) -> None:
    reminder = exercise(patient)
    flag = a_flag(patient, at=EARLY)
    planning.plan_due(at=TEN)
    lead = a_clinician(patient.clinic, "lea").user
    flags.acknowledge(by=lead, at=TEN, flag=flag)
    planning.plan_due(at=TEN + DAY)
    flags.lift_hold(by=lead, at=TEN + DAY, flag=flag)
    planning.plan_due(at=TEN + 2 * DAY)
    assert states(reminder) == [("01-05", "held"), ("01-06", "held"), ("01-07", "due")]


def test_a_turn_already_out_is_taken_back_when_a_flag_opens(patient: Patient) -> None:
    programmes.start(by=patient.user, at=EARLY, patient=patient)
    planning.plan_due(at=TEN + timedelta(hours=1))
    flag = a_flag(patient, at=TEN + timedelta(hours=1))
    assert holds.hold_open(at=TEN + timedelta(hours=1)) == 1
    assert holds.hold_open(at=TEN + timedelta(hours=1)) == 0
    turns = {turn.reminder.kind: turn for turn in Occurrence.objects.all()}
    assert (turns["exercise"].state, turns["exercise"].held_by) == ("held", flag)
    assert turns["fall-prevention"].state == "due"


def test_a_broken_rule_costs_nobody_else_a_turn(patient: Patient) -> None:
    broken, whole = exercise(patient), exercise(a_patient(patient.clinic, "other"))
    Reminder.objects.filter(pk=broken.pk).update(rrule="FREQ=DAILY;INTERVAL=0")
    planning.plan_due(at=TEN)
    assert (states(broken), states(whole)) == ([], [("01-05", "due")])
    assert planning.plan_due(at=TEN) == 0
    assert planning.plan_due(at=TEN + claims.LEASE) == 1


def test_a_reminder_that_makes_planning_fail_costs_only_itself(patient: Patient) -> None:
    people = [a_patient(patient.clinic, f"p{number}") for number in range(4)]
    bad, *good = [exercise(one, kind="medicine", channels=["inbox"]) for one in (patient, *people)]
    Reminder.objects.filter(pk=bad.pk).update(source="care_item:of no such form")
    assert planning.plan_due(at=TEN) == 5
    assert (states(bad), [states(one) for one in good]) == ([], [[("01-05", "due")]] * 4)
    assert Tally.objects.get(channel="inbox", outcome="sent").count == 4
    assert planning.plan_due(at=TEN) == 0
    assert planning.plan_due(at=TEN + claims.LEASE) == 1


def test_moving_to_another_zone_keeps_the_local_time(patient: Patient) -> None:
    reminder = exercise(patient)
    planning.plan_due(at=TEN)
    verbs.move(by=patient.user, at=TEN, patient=patient, timezone=ZoneInfo("America/New_York"))
    reminder.refresh_from_db()
    assert (reminder.next_local_date, reminder.next_due_at) == (
        date(2026, 1, 6),
        TEN + DAY + timedelta(hours=6),
    )


def test_a_day_whose_hour_passed_on_the_way_is_due_on_arrival(patient: Patient) -> None:
    reminder = exercise(patient)
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)  # 9:00 in Berlin, 17:00 in Tokyo
    verbs.change(by=patient.user, at=at, reminder=reminder, timezone=ZoneInfo("Asia/Tokyo"))
    planning.plan_due(at=at)
    assert states(reminder) == [("01-05", "due")]


def test_on_arrival_in_the_night_it_waits_for_the_end_of_the_quiet_hours(patient: Patient) -> None:
    reminder = exercise(patient, local_time=time(20), quiet_from=time(21), quiet_until=time(8))
    at = datetime(2026, 1, 5, 13, tzinfo=UTC)  # 14:00 in Berlin, 22:00 in Tokyo
    moved = verbs.change(by=patient.user, at=at, reminder=reminder, timezone=ZoneInfo("Asia/Tokyo"))
    assert (moved.next_local_date, moved.next_due_at) == (
        date(2026, 1, 5),
        datetime(2026, 1, 5, 23, tzinfo=UTC),
    )


def test_an_earlier_hour_gives_a_day_no_second_turn(patient: Patient) -> None:
    reminder = exercise(patient)
    planning.plan_due(at=TEN)
    verbs.change(by=patient.user, at=TEN, reminder=reminder, local_time=time(18))
    planning.plan_due(at=TEN + timedelta(hours=8))
    assert states(reminder) == [("01-05", "due")]
    planning.plan_due(at=TEN + timedelta(hours=32))
    assert states(reminder) == [("01-05", "due"), ("01-06", "due")]


def test_a_reminder_switched_off_or_deleted_is_never_due(patient: Patient) -> None:
    off, gone = exercise(patient), exercise(patient)
    verbs.change(by=patient.user, at=EARLY, reminder=off, active=False)
    assert patient.user
    verbs.remove(by=patient.user, at=EARLY, reminder=gone)
    assert planning.plan_due(at=TEN + DAY) == 0
    assert list(Reminder.objects.present()) == [off]


def test_switched_on_again_it_starts_with_the_next_slot(patient: Patient) -> None:
    reminder = exercise(patient, active=False)
    later = TEN + 10 * DAY
    reminder = verbs.change(by=patient.user, at=later, reminder=reminder, active=True)
    assert reminder.next_due_at == later + DAY


def test_the_same_wish_again_changes_nothing(patient: Patient) -> None:
    reminder = exercise(patient)
    again = verbs.change(by=patient.user, at=TEN, reminder=reminder, local_time=time(10))
    assert again.revision == reminder.revision


@pytest.mark.parametrize(
    "wish",
    [
        {"rrule": "FREQ=SECONDLY"},
        {"quiet_from": time(21)},
        {"quiet_from": time(21), "quiet_until": time(21)},
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused_and_nothing_is_stored(
    patient: Patient, wish: dict[str, Any]
) -> None:
    with pytest.raises(verbs.InvalidScheduleError):
        exercise(patient, **wish)
    assert Reminder.objects.count() == 0


def turn_of(patient: Patient) -> Occurrence:
    exercise(patient)
    planning.plan_due(at=TEN)
    return Occurrence.objects.get()


def test_done_twice_is_done_once(patient: Patient) -> None:
    turn = turn_of(patient)
    assert patient.user
    first = occurrences.done(by=patient.user, at=TEN, occurrence=turn)
    again = occurrences.done(by=patient.user, at=TEN + DAY, occurrence=turn)
    assert (again.state, again.acted_at, again.revision) == ("done", TEN, first.revision)


def test_a_snoozed_turn_is_sent_again_later(patient: Patient) -> None:
    turn = turn_of(patient)
    assert patient.user
    turn = occurrences.snooze(by=patient.user, at=TEN, occurrence=turn)
    assert (turn.state, turn.snoozed_until) == ("snoozed", TEN + occurrences.SNOOZE)
    assert Delivery.objects.filter(due_at=TEN + occurrences.SNOOZE).count() == 2
    assert occurrences.skip(by=patient.user, at=TEN, occurrence=turn).state == "skipped"


def clinic_acts(flag: Flag, physiotherapist: Clinician, how: str) -> None:
    by = physiotherapist.user
    if how == "lifted":
        flags.lift_hold(by=by, at=TEN, flag=flag)
    else:
        flags.resolve(by=by, at=TEN, flag=flag, outcome="contacted", note="Seen")
    follow.run(at=TEN)


@pytest.mark.parametrize("how", ["lifted", "resolved"])
@pytest.mark.parametrize("out_before", [False, True], ids=["held when planned", "taken back"])
def test_a_turn_is_given_back_without_a_sound_once_nothing_holds_it(
    patient: Patient, physiotherapist: Clinician, *, how: str, out_before: bool
) -> None:
    reminder = exercise_at_ten(patient, at=EARLY)
    if out_before:
        planning.plan_due(at=TEN)
    flag = a_flag(patient, at=TEN)
    planning.plan_due(at=TEN)
    holds.hold_open(at=TEN)
    sounds = Delivery.objects.count()
    clinic_acts(flag, physiotherapist, how)
    turn = Occurrence.objects.get()
    assert (turn.state, turn.held_by, turn.reason) == ("due", None, "lifted")
    assert Delivery.objects.filter(topic="reminder").count() == sounds
    assert Change.objects.filter(subject=f"occurrence:{turn.pk}").latest("pk").verb == "occurrence.due"
    expiry.end_open(at=TEN + timedelta(days=1))
    reminder.refresh_from_db()
    assert reminder.ignored == 0
    assert adherence.of(patient, today=TEN.date(), language="en").overall[0].planned == 0


def test_a_turn_that_another_flag_holds_stays_held(patient: Patient, physiotherapist: Clinician) -> None:
    exercise_at_ten(patient, at=EARLY)
    first = a_flag(patient, at=TEN)
    a_flag(patient, at=TEN, pattern="sudden-back-pain")
    planning.plan_due(at=TEN)
    clinic_acts(first, physiotherapist, "lifted")
    assert Occurrence.objects.get().state == "held"


def test_a_turn_of_a_day_that_is_over_is_not_given_back(patient: Patient, physiotherapist: Clinician) -> None:
    exercise_at_ten(patient, at=EARLY)
    flag = a_flag(patient, at=TEN)
    planning.plan_due(at=TEN)
    flags.lift_hold(by=physiotherapist.user, at=TEN + timedelta(days=1), flag=flag)
    follow.run(at=TEN + timedelta(days=1))
    assert Occurrence.objects.get().state == "held"


def test_a_held_turn_can_not_be_done(patient: Patient) -> None:
    a_flag(patient, at=EARLY)
    turn = turn_of(patient)
    assert patient.user
    with pytest.raises(NotPossibleNowError, match="on hold"):
        occurrences.done(by=patient.user, at=TEN, occurrence=turn)

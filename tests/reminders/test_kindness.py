"""Caps, pauses, stepping down, catching up: a reminder that nags is switched off."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from journal.accounts.models import Patient
from journal.actions import entries
from journal.actions.refusals import NotFitError
from journal.content.report import Report
from journal.models import Change
from reminders.actions import expiry, occurrences, planning, settings
from reminders.actions import reminders as verbs
from reminders.deliver import dispatch
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_patient
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 1, 5, 7, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def remind(patient: Patient, kind: str = "exercise", **wishes: Any) -> Reminder:
    fields = {
        "kind": kind,
        "title": "Move",
        "rrule": "FREQ=DAILY",
        "local_time": time(10),
        "channels": ["inbox"],
        **wishes,
    }
    return verbs.create(by=patient.user, at=EARLY, patient=patient, **fields)


def one(reminder: Reminder, day: int = 5) -> Occurrence:
    return Occurrence.objects.get(reminder=reminder, local_date=date(2026, 1, day))


def ring() -> list[str]:
    """Kinds of what rings, in the order of planning."""
    return [
        kind.removeprefix("reminder.")
        for kind in Delivery.objects.order_by("pk").values_list("kind", flat=True)
    ]


def pass_days(count: int, *, first: int = 0) -> None:
    """Each day is planned at ten and ended after midnight."""
    for day in range(first, first + count):
        planning.plan_due(at=TEN + day * DAY)
        expiry.end_open(at=TEN + (day + 1) * DAY - timedelta(hours=1))


def test_a_day_with_enough_reminders_lets_a_suggestion_lie_silent_in_the_inbox(patient: Patient) -> None:
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=2)
    for hour, kind in ((9, "custom"), (9, "medicine"), (10, "exercise"), (10, "appointment")):
        remind(patient, kind, local_time=time(hour), title=kind)
    planning.plan_due(at=TEN - timedelta(hours=1))
    planning.plan_due(at=TEN)
    assert sorted(ring()) == ["appointment", "custom", "medicine"]
    exercise = Occurrence.objects.get(reminder__kind="exercise")
    assert (exercise.state, exercise.reason) == ("due", "cap")


def test_of_what_is_due_at_once_suggestions_yield_whichever_was_due_first(patient: Patient) -> None:
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=2)
    for hour, kind in enumerate(("exercise", "fall-prevention", "log-today", "height", "custom", "medicine")):
        remind(patient, kind, local_time=time(9, 10 * hour), title=kind)
    planning.plan_due(at=TEN)
    assert ring() == ["custom", "medicine"]
    silent = Occurrence.objects.filter(reason="cap").values_list("reminder__kind", flat=True)
    assert sorted(silent) == ["exercise", "fall-prevention", "height", "log-today"]


def test_suggestions_yield_after_an_outage_also_where_one_batch_does_not_hold_all(patient: Patient) -> None:
    other = a_patient(patient.clinic, "other")
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=2)
    for hour, kind in enumerate(("exercise", "fall-prevention", "log-today", "custom", "medicine")):
        remind(patient, kind, local_time=time(9, 10 * hour), title=kind)
    remind(other, "exercise", local_time=time(9, 25))
    batches = [planning.plan_due(at=TEN, limit=2) for _ in range(3)]
    assert (batches, sorted(ring())) == ([2, 1, 0], ["custom", "exercise", "medicine"])
    assert Occurrence.objects.filter(patient=patient, reason="cap").count() == 3


def test_what_could_not_be_planned_is_left_alone_by_its_patients_other_reminders(patient: Patient) -> None:
    for minute, kind in enumerate(("exercise", "custom", "medicine")):
        remind(patient, kind, local_time=time(9, minute))
    put_off = Reminder.objects.filter(kind="medicine")
    put_off.update(lease_until=TEN + timedelta(seconds=1))
    assert planning.plan_due(at=TEN, limit=2) == 2
    assert sorted(ring()) == ["custom", "exercise"]


def test_a_suggestion_still_rings_where_the_day_has_room_beside_what_rings_anyway(patient: Patient) -> None:
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=2)
    for hour, kind in enumerate(("exercise", "fall-prevention", "medicine")):
        remind(patient, kind, local_time=time(9, 10 * hour), title=kind)
    planning.plan_due(at=TEN)
    assert sorted(ring()) == ["exercise", "medicine"]


def test_the_cap_counts_local_days_and_each_patient_alone(patient: Patient) -> None:
    other = a_patient(patient.clinic, "other")
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=1)
    for person in (patient, other):
        remind(person, "exercise")
        remind(person, "fall-prevention")
    planning.plan_due(at=TEN)
    planning.plan_due(at=TEN + DAY)
    of = {person: Delivery.objects.filter(patient=person).count() for person in (patient, other)}
    assert of == {patient: 2, other: 4}


@pytest.mark.parametrize("a_day", [0, 21])
def test_a_cap_out_of_range_is_refused(patient: Patient, a_day: int) -> None:
    assert patient.user
    with pytest.raises(NotFitError):
        settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=a_day)


def pause(patient: Patient, first: int, last: int, at: datetime = EARLY, reason: str = "hospital") -> None:
    assert patient.user
    settings.pause(
        by=patient.user,
        at=at,
        patient=patient,
        first=date(2026, 1, first),
        last=date(2026, 1, last),
        reason=reason,
    )


def test_in_a_pause_nothing_rings_medicines_included_and_then_all_comes_back(patient: Patient) -> None:
    remind(patient)
    remind(patient, "medicine")
    pause(patient, 6, 7)
    pass_days(4)
    days = sorted(Occurrence.objects.values_list("local_date", flat=True))
    assert [day.day for day in days] == [5, 5, 8, 8]
    assert Change.objects.filter(verb="reminders.paused").count() == 1


def test_a_pause_ends_what_is_out_and_stops_what_is_on_its_way(patient: Patient) -> None:
    reminder = remind(patient, channels=["email"])
    planning.plan_due(at=TEN)
    pause(patient, 5, 9, at=TEN)
    dispatch.run(clock=lambda: TEN, topic="reminder")
    assert (one(reminder).state, one(reminder).reason) == ("expired", "paused")
    assert Delivery.objects.get().state == "dropped"


def test_a_pause_that_is_ended_early_lets_the_next_turn_ring(patient: Patient) -> None:
    remind(patient)
    pause(patient, 5, 20)
    assert patient.user
    settings.resume(by=patient.user, at=EARLY, patient=patient)
    planning.plan_due(at=TEN)
    assert ring() == ["exercise"]


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2026, 1, 7), date(2026, 1, 6), "holiday"),
        (date(2026, 1, 1), date(2026, 1, 4), "holiday"),
        (date(2026, 1, 5), date(2026, 4, 5), "holiday"),
        (date(2026, 1, 5), date(2026, 1, 6), "bored"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    patient: Patient, first: date, last: date, reason: str
) -> None:
    assert patient.user
    with pytest.raises(NotFitError):
        settings.pause(by=patient.user, at=EARLY, patient=patient, first=first, last=last, reason=reason)


def test_five_unanswered_turns_in_a_row_halve_the_rhythm_and_the_next_one_says_so(patient: Patient) -> None:
    reminder = remind(patient)
    pass_days(14)
    days = [
        turn.local_date.day for turn in Occurrence.objects.filter(reminder=reminder).order_by("local_date")
    ]
    assert days == [5, 6, 7, 8, 9, 10, 12, 14, 16, 18]
    told = Occurrence.objects.exclude(notice="").order_by("local_date").first()
    assert told is not None
    assert (told.notice, told.local_date.day) == ("R9", 10)


def test_it_never_becomes_rarer_than_every_fourth_turn(patient: Patient) -> None:
    reminder = remind(patient)
    pass_days(90)
    reminder.refresh_from_db()
    assert reminder.stride == 4
    last, before = Occurrence.objects.order_by("-local_date").values_list("local_date", flat=True)[:2]
    assert last - before == 4 * DAY


def test_an_answer_brings_the_full_rhythm_back_at_once(patient: Patient) -> None:
    reminder = remind(patient)
    pass_days(8)
    assert patient.user
    last = Occurrence.objects.order_by("local_date").last()
    assert last is not None
    occurrences.skip(by=patient.user, at=TEN + 8 * DAY, occurrence=last, reason="no-time")
    reminder.refresh_from_db()
    assert (reminder.stride, reminder.ignored, reminder.next_local_date) == (1, 0, date(2026, 1, 14))


def test_the_full_rhythm_can_be_asked_for(patient: Patient) -> None:
    reminder = remind(patient)
    pass_days(8)
    changed = verbs.change(by=patient.user, at=TEN + 8 * DAY, reminder=reminder, stride=1)
    assert (changed.stride, changed.next_local_date) == (1, date(2026, 1, 14))


def test_an_answer_in_between_starts_the_count_anew(patient: Patient) -> None:
    reminder = remind(patient)
    assert patient.user
    pass_days(4)
    planning.plan_due(at=TEN + 4 * DAY)
    occurrences.done(by=patient.user, at=TEN + 4 * DAY, occurrence=one(reminder, 9))
    pass_days(4, first=5)
    reminder.refresh_from_db()
    assert (reminder.ignored, reminder.stride) == (4, 1)


@pytest.mark.parametrize("kind", ["medicine", "injection", "appointment", "review", "custom"])
def test_what_has_a_dose_a_date_or_own_words_never_steps_down(patient: Patient, kind: str) -> None:
    reminder = remind(patient, kind)
    pass_days(12)
    reminder.refresh_from_db()
    assert (reminder.stride, Occurrence.objects.count()) == (1, 12)


def test_days_on_which_nobody_was_asked_do_not_count_as_ignored(patient: Patient) -> None:
    reminder = remind(patient)
    planning.plan_due(at=TEN + 20 * DAY + timedelta(hours=5))  # an outage
    expiry.end_open(at=TEN + 21 * DAY)
    reminder.refresh_from_db()
    assert (reminder.ignored, reminder.stride) == (0, 1)
    assert set(Occurrence.objects.values_list("state", "reason")) == {("expired", "late")}


def test_what_lay_silent_because_of_the_cap_does_not_count_as_ignored(patient: Patient) -> None:
    assert patient.user
    settings.limit(by=patient.user, at=EARLY, patient=patient, a_day=1)
    remind(patient, "medicine", local_time=time(9))
    reminder = remind(patient)
    pass_days(8)
    reminder.refresh_from_db()
    assert (reminder.ignored, reminder.stride) == (0, 1)
    assert set(reminder.occurrences.values_list("state", "reason")) == {("expired", "cap")}


def test_a_turn_ends_once_and_is_recorded(patient: Patient) -> None:
    reminder = remind(patient)
    planning.plan_due(at=TEN)
    over = TEN + DAY
    assert expiry.end_open(at=over) == 1
    assert expiry.end_open(at=over) == 0
    turn = one(reminder)
    assert (turn.state, turn.reason) == ("expired", "ignored")
    patient.refresh_from_db()
    assert turn.revision == patient.revision
    assert Change.objects.filter(subject=f"occurrence:{turn.pk}", verb="occurrence.expired").count() == 1


def test_done_after_the_end_counts_for_a_phone_that_was_offline(patient: Patient) -> None:
    reminder = remind(patient)
    pass_days(6)
    assert patient.user
    occurrences.done(by=patient.user, at=TEN + 6 * DAY, occurrence=one(reminder))
    reminder.refresh_from_db()
    assert (one(reminder).state, reminder.ignored, reminder.stride) == ("done", 0, 1)


def test_after_an_outage_a_kind_comes_once_however_often_it_was_missed(patient: Patient) -> None:
    for minute in (0, 20, 40):
        remind(patient, "exercise", local_time=time(9, minute))
        remind(patient, "medicine", local_time=time(9, minute))
    late = TEN + timedelta(minutes=15)
    while planning.plan_due(at=late, limit=2):
        pass
    assert sorted(ring()) == ["exercise", "medicine", "medicine", "medicine"]


def test_two_of_a_kind_in_time_both_ring(patient: Patient) -> None:
    remind(patient, "exercise", local_time=time(9))
    remind(patient, "exercise", local_time=time(9, 30))
    planning.plan_due(at=TEN - timedelta(hours=1))
    planning.plan_due(at=TEN - timedelta(minutes=30))
    assert ring() == ["exercise", "exercise"]


def test_not_today_keeps_its_reason_and_a_later_word_counts(patient: Patient) -> None:
    reminder = remind(patient)
    planning.plan_due(at=TEN)
    assert patient.user
    skipped = occurrences.skip(by=patient.user, at=TEN, occurrence=one(reminder), reason="unwell")
    again = occurrences.skip(by=patient.user, at=TEN + DAY, occurrence=one(reminder), reason="unwell")
    assert (again.reason, again.acted_at, again.revision) == ("unwell", TEN, skipped.revision)
    assert occurrences.skip(by=patient.user, at=TEN, occurrence=one(reminder), reason="pain").reason == "pain"
    assert occurrences.done(by=patient.user, at=TEN, occurrence=one(reminder)).reason == ""
    with pytest.raises(NotFitError):
        occurrences.skip(by=patient.user, at=TEN, occurrence=one(reminder), reason="ignored")


def log(patient: Patient, at: datetime = TEN, **report: Any) -> None:
    entries.record(
        by=patient.user,
        at=at,
        patient=patient,
        client_id=uuid4(),
        recorded_at=at,
        timezone="Europe/Berlin",
        report=Report.model_validate(report),
    )


@pytest.mark.parametrize(("kind", "report"), [("log-today", {"pains": []}), ("height", {"height_cm": 165.0})])
def test_what_asks_for_the_journal_or_a_height_is_done_once_that_is_there(
    patient: Patient, kind: str, report: dict[str, Any]
) -> None:
    reminder = remind(patient, kind)
    Reminder.objects.update(ignored=4, stride=2)
    planning.plan_due(at=TEN)
    assert expiry.end_answered(at=TEN) == 0
    log(patient, **report)
    assert expiry.end_answered(at=TEN + timedelta(minutes=1)) == 1
    assert expiry.end_answered(at=TEN + timedelta(minutes=1)) == 0
    turn, patient = one(reminder), Patient.objects.get(pk=patient.pk)
    assert (turn.state, turn.revision) == ("done", patient.revision)
    reminder.refresh_from_db()
    assert (reminder.ignored, reminder.stride) == (0, 1)


def test_an_entry_of_another_day_or_of_somebody_else_answers_no_reminder(patient: Patient) -> None:
    reminder = remind(patient, "log-today")
    planning.plan_due(at=TEN)
    log(patient, TEN - DAY, pains=[])
    log(a_patient(patient.clinic, "other"), pains=[])
    assert expiry.end_answered(at=TEN) == 0
    assert one(reminder).state == "due"


def test_an_exercise_written_into_the_journal_counts_as_an_answer(patient: Patient) -> None:
    reminder = remind(patient)
    planning.plan_due(at=TEN)
    log(patient, exercises=[{"exercise": one(reminder).item}])
    expiry.end_open(at=TEN + DAY)
    reminder.refresh_from_db()
    assert (one(reminder).state, reminder.ignored) == ("done", 0)


def test_a_rare_reminder_that_stepped_down_does_not_end(patient: Patient) -> None:
    reminder = remind(patient, rrule="FREQ=WEEKLY;INTERVAL=52")
    Reminder.objects.filter(pk=reminder.pk).update(stride=4)
    planning.plan_due(at=TEN)
    reminder.refresh_from_db()
    assert reminder.next_local_date == date(2027, 1, 4)


# --- after an outage ---

NO_MORE = "FREQ=DAILY;COUNT=1"
MIDNIGHT = datetime(2026, 1, 5, 23, tzinfo=UTC)
MORNING = datetime(2026, 1, 6, 7, tzinfo=UTC)  # 8:00


def by_mail(patient: Patient, kind: str, rrule: str, **wishes: Any) -> Reminder:
    return remind(patient, kind, rrule=rrule, channels=["inbox", "email"], **wishes)


def mail() -> Delivery:
    return Delivery.objects.get(channel="email")


@pytest.mark.parametrize(
    ("kind", "rrule"),
    [
        ("review", NO_MORE),
        ("appointment", NO_MORE),
        ("injection", "FREQ=WEEKLY;COUNT=9"),
        ("custom", "FREQ=WEEKLY;INTERVAL=4;BYDAY=MO"),
        ("appointment", "FREQ=DAILY;INTERVAL=30;UNTIL=20261231"),
    ],
)
def test_what_has_a_date_still_rings_on_its_day_however_late(patient: Patient, kind: str, rrule: str) -> None:
    reminder = by_mail(patient, kind, rrule)
    late = TEN + timedelta(hours=9)  # 19:00
    planning.plan_due(at=late)
    turn = one(reminder)
    assert (turn.state, turn.reason, turn.due_at, turn.expires_at) == ("due", "", late, MIDNIGHT)
    assert (mail().due_at, mail().expires_at) == (late, MIDNIGHT)
    assert expiry.end_open(at=MIDNIGHT - timedelta(minutes=1)) == 0


@pytest.mark.parametrize("quiet", [{}, {"quiet_from": time(13), "quiet_until": time(14)}])
@pytest.mark.parametrize("back", [MIDNIGHT - timedelta(hours=1), MIDNIGHT + timedelta(hours=4)])
def test_after_an_outage_over_the_night_it_rings_in_the_morning_and_not_before(
    patient: Patient, back: datetime, quiet: dict[str, time]
) -> None:
    reminder = by_mail(patient, "review", NO_MORE, **quiet)
    planning.plan_due(at=back)
    turn = one(reminder)
    assert (turn.state, turn.due_at, mail().due_at) == ("due", MORNING, MORNING)
    assert turn.expires_at == mail().expires_at == MIDNIGHT + DAY
    assert expiry.end_open(at=MORNING + timedelta(hours=3)) == 0


@pytest.mark.parametrize("back", [MIDNIGHT - timedelta(hours=hours) for hours in (2, 3)])  # 22:00, 21:00
def test_what_has_a_date_and_is_held_up_into_the_quiet_hours_rings_in_the_morning(
    patient: Patient, mailbox: Mailbox, back: datetime
) -> None:
    reminder = by_mail(
        patient, "review", NO_MORE, local_time=time(20, 58), quiet_from=time(21), quiet_until=time(8)
    )
    planning.plan_due(at=back)
    dispatch.run(clock=lambda: back, topic="reminder")
    assert (one(reminder).due_at, mail().state) == (MORNING, "waiting")
    dispatch.run(clock=lambda: MORNING, topic="reminder")
    assert len(mailbox.mails) == 1


def test_what_the_patient_wants_late_in_the_evening_still_comes_when_it_was_held_up(patient: Patient) -> None:
    by_mail(patient, "custom", "FREQ=WEEKLY", local_time=time(22, 30))
    back = MIDNIGHT - timedelta(minutes=10)
    planning.plan_due(at=back)
    assert mail().due_at <= back


def test_the_patients_own_quiet_hours_say_when_the_morning_begins(patient: Patient) -> None:
    by_mail(patient, "review", NO_MORE, quiet_from=time(23), quiet_until=time(6))
    planning.plan_due(at=MIDNIGHT + timedelta(hours=4))
    assert mail().due_at == MORNING - timedelta(hours=2)


def test_what_has_a_date_and_waits_over_the_night_goes_out_by_mail_in_the_morning(
    patient: Patient, mailbox: Mailbox
) -> None:
    by_mail(patient, "review", NO_MORE)
    planning.plan_due(at=MIDNIGHT + timedelta(hours=4))
    dispatch.run(clock=lambda: MIDNIGHT + timedelta(hours=5), topic="reminder")
    assert mailbox.mails == []
    dispatch.run(clock=lambda: MORNING, topic="reminder")
    assert len(mailbox.mails) == 1


def test_of_a_day_before_yesterday_nothing_rings(patient: Patient) -> None:
    reminder = by_mail(patient, "appointment", NO_MORE)
    planning.plan_due(at=TEN + 2 * DAY)
    assert (one(reminder).state, one(reminder).reason, ring()) == ("expired", "late", [])


def test_of_several_missed_ones_that_have_a_date_only_the_latest_rings(patient: Patient) -> None:
    reminder = by_mail(patient, "injection", "FREQ=WEEKLY")
    planning.plan_due(at=TEN + 14 * DAY + timedelta(hours=5))
    states = Occurrence.objects.filter(reminder=reminder).order_by("local_date")
    assert [turn.state for turn in states] == ["expired", "expired", "due"]


@pytest.mark.parametrize(
    "rrule", ["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", "FREQ=DAILY;INTERVAL=2", NO_MORE]
)
def test_a_medicine_that_is_not_taken_daily_lies_open_without_a_sound_while_its_day_lasts(
    patient: Patient, rrule: str
) -> None:
    reminder = by_mail(patient, "medicine", rrule)
    planning.plan_due(at=TEN + timedelta(hours=5))
    turn = one(reminder)
    assert (turn.state, turn.reason, turn.due_at, turn.expires_at) == ("due", "late", TEN, MIDNIGHT)
    assert ring() == []
    expiry.end_open(at=MIDNIGHT)
    assert (one(reminder).state, one(reminder).reason) == ("expired", "late")


def test_what_has_a_date_and_comes_in_time_is_due_at_its_hour(patient: Patient) -> None:
    reminder = by_mail(patient, "review", NO_MORE, quiet_from=time(21), quiet_until=time(8))
    planning.plan_due(at=TEN + timedelta(minutes=20))
    assert one(reminder).due_at == mail().due_at == TEN


@pytest.mark.parametrize("kind", ["medicine", "injection", "custom", "appointment"])
def test_what_comes_daily_is_noise_after_two_hours(patient: Patient, kind: str) -> None:
    reminder = by_mail(patient, kind, "FREQ=DAILY")
    planning.plan_due(at=TEN + timedelta(hours=2, seconds=1))
    assert (one(reminder).state, one(reminder).reason, ring()) == ("expired", "late", [])


def test_a_suggestion_is_never_made_up_for_however_rare(patient: Patient) -> None:
    reminder = by_mail(patient, "fall-prevention", "FREQ=WEEKLY")
    planning.plan_due(at=TEN + timedelta(hours=3))
    assert (one(reminder).state, ring()) == ("expired", [])


def test_what_was_missed_yesterday_does_not_ring_into_a_pause_that_began_today(patient: Patient) -> None:
    reminder = by_mail(patient, "review", NO_MORE)
    pause(patient, 6, 8)
    planning.plan_due(at=TEN + DAY)
    assert (one(reminder).state, ring()) == ("expired", [])


def test_the_mail_of_what_has_a_date_waits_for_a_mail_server_until_the_day_is_over(
    patient: Patient, mailbox: Mailbox
) -> None:
    by_mail(patient, "appointment", NO_MORE)
    planning.plan_due(at=TEN)
    dispatch.run(clock=lambda: TEN + timedelta(hours=6), topic="reminder")
    assert len(mailbox.mails) == 1

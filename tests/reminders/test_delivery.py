"""From waiting deliveries to a real SMTP server, with its refusals, its delays and our crashes."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.accounts.models import Clinic, Clinician, Patient
from journal.actions import flags
from journal.models import Flag
from reminders import claims, relay
from reminders.actions import occurrences, planning
from reminders.actions import reminders as verbs
from reminders.channels import email
from reminders.channels.message import Message, SendError
from reminders.deliver import dispatch, messages, outcomes
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
THEA = "thea@clinic.example"
PAT = "pat@home.example"


def send(topic: str, at: datetime = TEN) -> int:
    return dispatch.run(clock=lambda: at, topic=topic)


def raised(patient: Patient, at: datetime = TEN, **fields: Any) -> Flag:
    flag = a_flag(patient, at=at, **fields)
    relay.run(at=at)
    return flag


def due(patient: Patient, **wishes: Any) -> Reminder:
    fields = {"kind": "exercise", "title": "Move", "rrule": "FREQ=DAILY", "local_time": time(10), **wishes}
    reminder = verbs.create(by=None, at=TEN - timedelta(hours=1), patient=patient, **fields)
    planning.plan_due(at=TEN)
    return reminder


def put_off(patient: Patient) -> None:
    assert patient.user
    occurrences.snooze(by=patient.user, at=TEN, occurrence=Occurrence.objects.get(patient=patient))


def row(channel: str = "email") -> Delivery:
    return Delivery.objects.get(channel=channel)


def test_a_flag_reaches_the_physiotherapist_by_mail(patient: Patient, mailbox: Mailbox) -> None:
    flag = raised(patient)
    assert send("flag") == 1
    (mail,) = mailbox.to(THEA)
    assert "emergency flag" in mail["Subject"]
    assert flag.pk.hex[:8] in mail["Subject"]
    assert f"/admin/journal/flag/{flag.pk}/change/" in mailbox.text()
    assert (row().state, row().sent_at, row().lease_until) == ("sent", TEN, None)


def test_a_mail_names_neither_patient_nor_pattern_nor_symptom(patient: Patient, mailbox: Mailbox) -> None:
    patient.name = "Greta Gram"
    patient.save(update_fields=["name"])
    raised(patient, pattern="hip-fracture")
    send("flag")
    text = mailbox.text().lower()
    assert "short id" in text
    for secret in ("greta", "gram", "pat@home", "hip", "fracture", "pain", "fall"):
        assert secret not in text


@pytest.mark.parametrize("kind", Reminder.Kind.values)
def test_a_reminders_mail_never_repeats_what_the_patient_wrote(
    patient: Patient, mailbox: Mailbox, kind: str
) -> None:
    due(patient, kind=kind, title="Tramadol for my burning foot")
    send("reminder")
    (mail,) = mailbox.to(PAT)
    assert mail["Subject"] == messages.REMINDER[kind]
    assert "tramadol" not in mailbox.text().lower()
    assert "burning" not in mailbox.text().lower()


@pytest.mark.parametrize("urgency", ["emergency-now", "same-day"])
def test_every_urgency_that_is_told_at_once_has_its_words(
    patient: Patient, mailbox: Mailbox, urgency: str
) -> None:
    raised(patient, urgency=urgency)
    send("flag")
    assert len(mailbox.to(THEA)) == 1


def test_a_repeat_is_recognisable(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient)
    send("flag")
    Delivery.objects.update(state="waiting", sent_at=None)
    send("flag")
    first, second = mailbox.to(THEA)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["X-Osteon-Key"] == second["X-Osteon-Key"] == row().key
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_flag_in_hand_is_not_told_any_more(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    flag = raised(patient)
    flags.acknowledge(by=physiotherapist.user, at=TEN, flag=flag)
    send("flag")
    assert mailbox.mails == []
    assert row().state == "dropped"


def test_a_flag_that_an_edit_superseded_is_still_told(patient: Patient, mailbox: Mailbox) -> None:
    flag = raised(patient)
    Flag.objects.filter(pk=flag.pk).update(status="superseded", supported=False)
    send("flag")
    assert len(mailbox.to(THEA)) == 1


@pytest.mark.parametrize("way", ["deactivated", "moved to another clinic"])
def test_who_has_left_is_told_nothing(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox, way: str
) -> None:
    raised(patient)
    if way == "deactivated":
        physiotherapist.user.is_active = False
        physiotherapist.user.save(update_fields=["is_active"])
    else:
        physiotherapist.clinic = a_clinic("valley")
        physiotherapist.save(update_fields=["clinic"])
    send("flag")
    assert mailbox.mails == []
    assert row().state == "dropped"


@pytest.mark.parametrize("answer", ["451 later", "550 no such person"])
def test_news_of_a_flag_is_tried_again_without_end(patient: Patient, mailbox: Mailbox, answer: str) -> None:
    mailbox.answers[THEA] = answer
    raised(patient)
    at = TEN
    for _ in range(15):
        send("flag", at)
        assert row().state == "waiting"
        assert row().last_error == f"SMTP {answer[:3]}"
        assert at < row().due_at <= at + timedelta(minutes=5)
        at = row().due_at
    mailbox.answers.clear()
    send("flag", at)
    assert (row().state, row().attempts, len(mailbox.to(THEA))) == ("sent", 16, 1)


def test_the_pause_grows_to_five_minutes() -> None:
    seconds = [outcomes.pause(attempts).total_seconds() for attempts in (1, 2, 3, 8, 9, 10_000)]
    assert seconds == [2, 4, 8, 256, 300, 300]


def test_a_reminder_refused_for_good_is_given_up_and_a_delayed_one_is_not(
    patient: Patient, mailbox: Mailbox
) -> None:
    later = a_patient(patient.clinic, "later")
    mailbox.answers |= {PAT: "550 no such person", "later@home.example": "451 later"}
    due(patient)
    due(later)
    send("reminder")
    found = {
        delivery.recipient.email: delivery.state for delivery in Delivery.objects.filter(channel="email")
    }
    assert found == {PAT: "refused", "later@home.example": "waiting"}


def test_a_server_that_is_down_loses_nothing(patient: Patient, settings: Any, mailbox: Mailbox) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # discard: nobody listens
    raised(patient)
    send("flag")
    assert (row().state, row().last_error) == ("waiting", "ConnectionRefusedError")
    settings.EMAIL_PORT = port
    send("flag", row().due_at)
    assert len(mailbox.to(THEA)) == 1


def test_a_recipient_whose_server_hangs_holds_up_nobody(
    clinic: Clinic, mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 2
    names = [f"t{number}" for number in range(6)]
    for name in names:
        a_clinician(clinic, name)
    mailbox.hanging.add("t0@clinic.example")
    raised(a_patient(clinic))
    order: list[str] = []
    record = outcomes.record

    def note(delivery: Delivery, outcome: outcomes.Outcome, *, at: datetime) -> None:
        order.append(delivery.recipient.email)
        record(delivery, outcome, at=at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "record", note)
        send("flag")
    assert order[-1] == "t0@clinic.example"
    assert sorted(address for address, _ in mailbox.mails) == [f"{name}@clinic.example" for name in names[1:]]
    assert Delivery.objects.get(state="waiting").recipient.email == "t0@clinic.example"


def test_a_message_that_cannot_be_built_stops_no_other(patient: Patient, mailbox: Mailbox) -> None:
    a_clinician(patient.clinic, "lea", role="lead")
    raised(patient)
    Delivery.objects.filter(to__email=THEA).update(channel="pigeon")
    send("flag")
    assert len(mailbox.to("lea@clinic.example")) == 1
    assert Delivery.objects.get(to__email=THEA).last_error == "KeyError"


def test_a_due_reminder_is_one_mail_and_one_turn_in_the_inbox(patient: Patient, mailbox: Mailbox) -> None:
    due(patient)
    send("reminder")
    send("reminder", TEN + timedelta(hours=1))
    (mail,) = mailbox.to(PAT)
    assert mail["Subject"] == "Time for your exercises"
    assert {delivery.state for delivery in Delivery.objects.all()} == {"sent"}
    assert Occurrence.objects.get().state == "due"


def test_a_flag_that_opens_after_planning_stops_the_mail(patient: Patient, mailbox: Mailbox) -> None:
    due(patient)
    due(patient, kind="fall-prevention", title="Tip")
    a_flag(patient, at=TEN)
    send("reminder")
    assert [mail["Subject"] for mail in mailbox.to(PAT)] == ["A tip for steady feet"]
    stopped = Delivery.objects.get(kind="reminder.exercise", channel="email")
    assert (stopped.state, stopped.last_error) == ("dropped", "held")


def switch_off(patient: Patient, reminder: Reminder) -> None:
    verbs.change(by=None, at=TEN, reminder=reminder, active=False)


def without_mail(patient: Patient, reminder: Reminder) -> None:
    verbs.change(by=None, at=TEN, reminder=reminder, channels=["inbox"])


def done(patient: Patient, reminder: Reminder) -> None:
    assert patient.user
    occurrences.done(by=patient.user, at=TEN, occurrence=Occurrence.objects.get())


def closed(patient: Patient, reminder: Reminder) -> None:
    assert patient.user
    patient.user.is_active = False
    patient.user.save(update_fields=["is_active"])


@pytest.mark.parametrize("change", [switch_off, without_mail, done, closed])
def test_what_the_patient_no_longer_wants_is_not_sent(
    patient: Patient, mailbox: Mailbox, change: Callable[[Patient, Reminder], None]
) -> None:
    change(patient, due(patient))
    send("reminder")
    assert mailbox.mails == []
    assert row().state == "dropped"


def test_a_reminder_that_is_two_hours_late_expires(patient: Patient, mailbox: Mailbox) -> None:
    due(patient)
    send("reminder", TEN + planning.GRACE + timedelta(seconds=1))
    assert mailbox.mails == []
    assert row().state == "expired"


def test_a_late_reminder_does_not_ring_in_quiet_hours(patient: Patient, mailbox: Mailbox) -> None:
    due(patient, quiet_from=time(11), quiet_until=time(13))
    send("reminder", TEN + timedelta(hours=1, minutes=5))
    assert mailbox.mails == []
    assert row().state == "expired"


@pytest.mark.parametrize(
    ("quiet_from", "looked", "mails"),
    [
        (time(10, 20), timedelta(minutes=30, seconds=7), 1),  # put off into them: the patient chose it
        (time(10, 40), timedelta(minutes=45), 0),  # put off until before them, and late
    ],
)
def test_what_was_put_off_rings_in_quiet_hours_only_when_it_was_put_off_into_them(
    patient: Patient, mailbox: Mailbox, quiet_from: time, looked: timedelta, mails: int
) -> None:
    due(patient, quiet_from=quiet_from, quiet_until=time(13))
    assert patient.user
    occurrences.snooze(by=patient.user, at=TEN, occurrence=Occurrence.objects.get())
    send("reminder", TEN + looked)
    assert len(mailbox.to(PAT)) == mails


def test_a_snoozed_reminder_comes_at_the_later_time_and_not_before(
    patient: Patient, mailbox: Mailbox
) -> None:
    due(patient)
    assert patient.user
    occurrences.snooze(by=patient.user, at=TEN, occurrence=Occurrence.objects.get())
    send("reminder")
    assert mailbox.mails == []
    send("reminder", TEN + occurrences.SNOOZE)
    assert len(mailbox.to(PAT)) == 1


def test_a_claim_is_committed_before_and_the_mark_made_after_sending(
    patient: Patient, mailbox: Mailbox
) -> None:
    raised(patient)
    seen: list[tuple[str, bool]] = []

    with pytest.MonkeyPatch.context() as patch:
        begin = dispatch._begin

        def note(delivery: Delivery, *args: Any, **more: Any) -> Any:
            fresh = row()
            seen.append((fresh.state, fresh.lease_until is not None))
            return begin(delivery, *args, **more)

        patch.setattr(dispatch, "_begin", note)
        send("flag")
    assert seen == [("waiting", True)]


def test_a_crash_between_sending_and_recording_repeats_once_under_the_same_key(
    patient: Patient, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(patient)

    class Crash(BaseException):
        pass

    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "record", crash)
        with pytest.raises(Crash):
            send("flag")
    assert len(mailbox.to(THEA)) == 1
    assert send("flag", TEN + claims.LEASE - timedelta(seconds=1)) == 0
    for _ in range(3):
        send("flag", TEN + claims.LEASE)
    first, second = mailbox.to(THEA)
    assert first["X-Osteon-Key"] == second["X-Osteon-Key"]
    assert row().state == "sent"


def test_who_lost_the_lease_does_not_undo_the_others_record(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient)
    (slow,) = claims.deliveries(at=TEN, topic="flag", limit=5)
    send("flag", TEN + claims.LEASE)
    outcomes.record(slow, outcomes.Failed("TimeoutError"), at=TEN + claims.LEASE)
    assert (row().state, row().last_error) == ("sent", "")


def test_who_lost_the_lease_does_not_end_the_others(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient)
    (slow,) = claims.deliveries(at=TEN, topic="flag", limit=5)
    (_,) = claims.deliveries(at=TEN + claims.LEASE, topic="flag", limit=5)
    outcomes.record(slow, outcomes.Failed("TimeoutError"), at=TEN + claims.LEASE)
    later = TEN + 2 * claims.LEASE - timedelta(seconds=1)
    assert claims.deliveries(at=later, topic="flag", limit=5) == []


def test_the_first_record_of_a_sent_mail_stays(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient)
    (slow,) = claims.deliveries(at=TEN, topic="flag", limit=5)
    send("flag", TEN + claims.LEASE)
    outcomes.record(slow, None, at=TEN + 2 * claims.LEASE)
    assert row().sent_at == TEN + claims.LEASE


def test_a_crowd_of_reminders_stands_before_no_flag(patient: Patient) -> None:
    due(patient)
    raised(patient)
    assert [delivery.topic for delivery in claims.deliveries(at=TEN, topic="flag", limit=1)] == ["flag"]


def test_a_refused_mail_says_whether_trying_again_is_pointless(mailbox: Mailbox) -> None:
    mailbox.answers = {"never@x.example": "550 no", "later@x.example": "450 greylisted"}
    for address, permanent in (("never@x.example", True), ("later@x.example", False)):
        with pytest.raises(SendError) as error:
            email.send(Message(to=address, title="t", body="b", link="l", key="k"))
        assert error.value.permanent is permanent


def test_what_is_under_way_keeps_its_lease_for_as_long_as_its_sender_lives(patient: Patient) -> None:
    raised(patient)
    (slow,) = claims.deliveries(at=TEN, topic="flag", limit=5)
    for seconds in range(10, 100, 10):
        claims.renew([slow], at=TEN + timedelta(seconds=seconds))
    end = TEN + timedelta(seconds=90) + claims.LEASE
    assert claims.deliveries(at=end - timedelta(seconds=1), topic="flag", limit=5) == []
    assert len(claims.deliveries(at=end, topic="flag", limit=5)) == 1
    claims.renew([slow], at=end)
    assert row().lease_until == end + claims.LEASE


def test_a_round_renews_what_it_has_under_way(
    patient: Patient, mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_TIMEOUT = 2
    monkeypatch.setattr(claims, "RENEWED_EVERY", timedelta(seconds=0.2))
    monkeypatch.setattr(dispatch, "LOOK_AGAIN", 0.1)
    mailbox.hanging.add(THEA)
    raised(patient)
    renewed: list[bool] = []
    renew = claims.renew

    def note(held: Any, *, at: datetime) -> None:
        held = list(held)
        renew(held, at=at)
        found = Delivery.objects.filter(pk__in=[each.pk for each in held], lease_until=at + claims.LEASE)
        renewed.append(found.count() == len(held) == 1)

    monkeypatch.setattr(claims, "renew", note)
    dispatch.run(clock=timezone.now, topic="flag")
    assert set(renewed) == {True}


def test_what_the_dead_had_in_hand_is_told_again_within_the_minute(settings: Any) -> None:
    """The lease, the next tick, and a mail server that answers at the last moment (B3)."""
    ticks = timedelta(seconds=2 * settings.TICK_SECONDS)
    assert claims.LEASE + ticks + timedelta(seconds=settings.EMAIL_TIMEOUT) < timedelta(seconds=60)
    assert claims.RENEWED_EVERY * 2 < claims.LEASE


def test_a_flag_raised_while_a_mailbox_hangs_is_told_before_that_gives_up(
    clinic: Clinic, patient: Patient, mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_TIMEOUT = 4
    monkeypatch.setattr(dispatch, "LOOK_AGAIN", 0.1)
    mailbox.hanging.add(THEA)
    raised(patient)
    valley = a_clinic("valley")
    a_clinician(valley, "val")
    news = [lambda: raised(a_patient(valley, "vic"))]
    order: list[str] = []
    record = outcomes.record

    def note(delivery: Delivery, outcome: outcomes.Outcome, *, at: datetime) -> None:
        order.append(delivery.recipient.email)
        record(delivery, outcome, at=at)

    monkeypatch.setattr(outcomes, "record", note)

    def meanwhile() -> None:
        if news:
            news.pop()()

    dispatch.run(clock=timezone.now, topic="flag", meanwhile=meanwhile)
    assert order == ["val@clinic.example", THEA]


def test_a_flag_is_tried_again_within_half_a_minute_of_any_outage(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient)
    mailbox.answers[THEA] = "450 later"
    Delivery.objects.update(attempts=1_000)
    send("flag")
    assert row().due_at == TEN + timedelta(seconds=30)
    mailbox.answers[THEA] = "550 never"
    send("flag", row().due_at)
    assert row().due_at == TEN + timedelta(seconds=30) + outcomes.LONGEST_PAUSE

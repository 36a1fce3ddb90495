"""The morning's digest: what is not told at once comes as one mail of numbers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from journal.accounts.models import Clinic, Clinician, Cover, Patient
from journal.actions import changes, clinics, flags, outbox, tasks
from journal.models import Flag
from reminders import escalate, relay
from reminders.actions import digests
from reminders.deliver import dispatch
from reminders.models import Chase, Delivery, Digest
from tests.reminders.test_admin import signed_in
from tests.reminders.test_claims import at_once
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = MONDAY.date()
THEA = "thea@clinic.example"


def raised(
    patient: Patient, *, urgency: str, at: datetime = MONDAY - DAY, pattern: str = "height-loss"
) -> None:
    a_flag(patient, at=at, urgency=urgency, pattern=pattern, due_at=at + 2 * DAY)
    relay.run(at=at)


def due(at: datetime) -> list[str]:
    digests.make_due(at=at)
    waiting = Delivery.objects.filter(kind="flag.digest", state="waiting").select_related("to").order_by("pk")
    return [row.recipient.email.partition("@")[0] for row in waiting]


def send(at: datetime) -> None:
    dispatch.run(clock=lambda: at, topic="flag")


def test_the_rest_is_told_in_the_morning_and_not_at_once(patient: Patient, mailbox: Mailbox) -> None:
    for urgency in ("within-48h", "within-2-weeks", "information"):
        raised(patient, urgency=urgency, pattern=urgency)
    assert Delivery.objects.count() == 0
    assert due(MONDAY) == ["thea"]
    send(MONDAY)
    (mail,) = mailbox.to(THEA)
    assert mail["Subject"] == "Osteon: 3 open flags this morning"


def test_the_mail_has_numbers_and_links_and_no_word_of_the_patient(
    patient: Patient, mailbox: Mailbox
) -> None:
    patient.name = "Ada Berg"
    patient.save(update_fields=["name"])
    raised(patient, urgency="within-48h", pattern="height-loss")
    raised(patient, urgency="same-day", pattern="sudden-back-pain")
    due(MONDAY)
    send(MONDAY)
    text = mailbox.text()
    assert "1 within 48 hours: " in text
    assert "status=open&urgency=within-48h" in text
    for word in ("Ada", "Berg", "height", "hip", "pain", "back"):
        assert word not in text


def test_one_a_day_however_often_it_is_looked(patient: Patient) -> None:
    raised(patient, urgency="within-48h")
    assert due(MONDAY) == due(MONDAY + timedelta(hours=3)) == ["thea"]
    Delivery.objects.update(state="sent", sent_at=MONDAY)
    assert due(MONDAY + DAY) == ["thea"]
    assert Digest.objects.count() == 2


def test_none_before_the_clinic_opens_nor_on_its_holiday(patient: Patient, clinic: Clinic) -> None:
    raised(patient, urgency="within-48h")
    assert due(MONDAY.replace(hour=7)) == []
    clinics.add_holiday(by=None, at=MONDAY, clinic=clinic, day=date(2026, 1, 5))
    assert due(MONDAY) == []
    assert due(MONDAY + DAY) == ["thea"]


def test_the_morning_is_the_clinics_own() -> None:
    east = a_clinic("east")
    east.timezone = "Pacific/Auckland"
    east.save()
    a_clinician(east, "kiri")
    raised(a_patient(east), urgency="within-48h", at=MONDAY - 2 * DAY)
    assert due(MONDAY.replace(hour=18)) == []
    assert due(MONDAY.replace(hour=19)) == ["kiri"]


def test_a_morning_without_such_flags_has_no_digest_and_noon_makes_none(patient: Patient) -> None:
    raised(patient, urgency="same-day")
    assert due(MONDAY) == []
    raised(patient, urgency="within-48h", at=MONDAY + timedelta(hours=1), pattern="calf")
    assert due(MONDAY + timedelta(hours=4)) == []


def test_an_urgent_flag_of_which_nobody_was_told_stands_in_every_morning_until_it_is_in_hand(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    """What a recheck finds in an old history is announced to nobody, and nobody is chased for it."""
    flag = a_flag(patient, at=MONDAY - 30 * DAY, urgency="emergency-now")
    outbox.settle_before(at=MONDAY, patient=patient, moment=MONDAY)
    relay.run(at=MONDAY)
    for days in range(2):
        assert due(MONDAY + days * DAY) == ["thea"]
        send(MONDAY + days * DAY)
    assert len(mailbox.to(THEA)) == 2
    flags.acknowledge(by=physiotherapist.user, at=MONDAY, flag=flag)
    assert due(MONDAY + 2 * DAY) == []


def test_urgent_news_that_is_about_to_be_told_makes_no_digest(patient: Patient) -> None:
    a_flag(patient, at=MONDAY, urgency="same-day")
    assert due(MONDAY) == []


def test_an_overdue_flag_comes_into_the_next_ones_digest(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician
) -> None:
    otto = a_clinician(clinic, "otto")
    clinics.set_on_call(by=None, at=MONDAY, clinic=clinic, order=[otto])
    raised(patient, urgency="within-48h")
    found = []
    for days in range(4):
        escalate.run(at=MONDAY + days * DAY)
        found.append(due(MONDAY + days * DAY))
        Delivery.objects.filter(state="waiting").update(state="sent", sent_at=MONDAY)
    # Due on Tuesday: on Wednesday the second step has passed the first person.
    assert found == [["thea"], ["thea"], ["thea", "otto"], ["thea", "otto"]]
    assert not Delivery.objects.filter(kind="flag.chased").exists()


def test_what_was_acknowledged_meanwhile_is_not_mailed(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    raised(patient, urgency="within-48h")
    due(MONDAY)
    flags.acknowledge(by=physiotherapist.user, at=MONDAY, flag=patient.flags.get())
    send(MONDAY)
    assert mailbox.mails == []
    assert Delivery.objects.get().last_error == "in hand"


def test_yesterdays_digest_is_not_sent_today(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient, urgency="within-48h")
    due(MONDAY)
    send(MONDAY + DAY)
    assert mailbox.mails == []
    assert Delivery.objects.get().state == "dropped"


def test_another_clinics_flags_are_not_counted(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient, urgency="within-48h")
    valley = a_clinic("valley")
    a_clinician(valley, "val")
    raised(a_patient(valley, "far"), urgency="within-48h")
    with time_machine.travel(MONDAY, tick=False):
        due(MONDAY)
        send(MONDAY)
    assert [mail["Subject"] for _, mail in mailbox.mails] == ["Osteon: 1 open flag this morning"] * 2


@pytest.mark.django_db(transaction=True)
def test_four_dispatchers_at_once_make_one_digest(clinic: Clinic) -> None:
    a_clinician(clinic, "thea")
    for number in range(5):
        raised(a_patient(clinic, f"p{number}"), urgency="within-2-weeks")
    assert sum(at_once(lambda: digests.make_due(at=MONDAY))) == 1
    assert Delivery.objects.filter(kind="flag.digest").count() == 1


def to_do(patient: Patient, day: date = TODAY) -> None:
    with changes.locked(patient) as locked:
        tasks.want(at=MONDAY, patient=locked, kind="injection-late", source=f"about:{day}", due_on=day)


def test_a_task_alone_is_told_in_the_morning_without_a_word_of_what_it_is(
    patient: Patient, mailbox: Mailbox
) -> None:
    to_do(patient)
    to_do(patient, TODAY + 2 * DAY)
    assert due(MONDAY) == ["thea"]
    send(MONDAY)
    (mail,) = mailbox.to(THEA)
    assert mail["Subject"] == "Osteon: 1 thing to do this morning"
    assert "/admin/journal/task/" in mailbox.text()
    assert "injection" not in mailbox.text().lower()


def test_flags_and_tasks_come_in_one_mail(patient: Patient, mailbox: Mailbox) -> None:
    raised(patient, urgency="within-48h")
    to_do(patient)
    due(MONDAY)
    send(MONDAY)
    (mail,) = mailbox.to(THEA)
    assert mail["Subject"] == "Osteon: 1 open flag and 1 thing to do this morning"


def test_a_task_goes_to_the_patients_own_physiotherapist_and_not_to_others(
    clinic: Clinic, patient: Patient
) -> None:
    a_clinician(clinic, "otto")
    to_do(patient)
    assert due(MONDAY) == ["thea"]


# --- the lists that the mail leads to ---


def lines(mailbox: Mailbox, to: str) -> list[str]:
    [*_, mail] = mailbox.to(to)
    body: str = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    return [line for line in body.splitlines() if line]


def listed(by: Clinician, line: str) -> int:
    """How many rows the list has to which this line of a mail leads."""
    address = line[line.index("/admin/") :]
    found: int = signed_in(by).get(address).context["cl"].result_count
    return found


@pytest.fixture
def _plain(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = settings.SECURE_SSL_REDIRECT = False


@pytest.mark.usefixtures("_plain")
def test_each_line_leads_to_as_many_rows_as_it_counts_for_everybody(clinic: Clinic, mailbox: Mailbox) -> None:
    """A lead, two colleagues of whom one is on call and stands in for a third, and one who has left."""
    lea, thea, otto, ulla, gone = (
        a_clinician(clinic, name, role="lead" if name == "lea" else "physiotherapist", active=name != "gone")
        for name in ("lea", "thea", "otto", "ulla", "gone")
    )
    clinics.set_on_call(by=None, at=MONDAY, clinic=clinic, order=[otto])
    Cover.objects.create(
        clinic=clinic, away=ulla, standing_in=otto, first_day=TODAY, last_day=TODAY, at=MONDAY
    )
    for number, whose in enumerate((thea, thea, otto, ulla, gone, None)):
        one = a_patient(clinic, f"p{number}", physiotherapist=whose)
        for urgency in ("same-day", "within-48h", "within-48h")[: number + 1]:
            raised(one, urgency=urgency, pattern=f"{urgency}-{Flag.objects.count()}")
        to_do(one)
    Chase.objects.filter(patient__physiotherapist=thea, flag__urgency="same-day").update(chases=2)
    raised(a_patient(a_clinic("valley"), "far"), urgency="within-48h")
    told = due(MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        send(MONDAY)
        for who in (lea, thea, otto, ulla):
            assert who.user.email.partition("@")[0] in told
            for line in lines(mailbox, who.user.email):
                if "=told" in line:
                    assert listed(who, line) == int(line.split()[0]), (who, line)
    counts = [
        [line.split(":")[0] for line in lines(mailbox, who.user.email) if "=told" in line]
        for who in (lea, thea, otto)
    ]
    assert counts == [
        ["6 same-day", "9 within 48 hours", "6 things to do"],
        ["4 same-day", "5 within 48 hours", "4 things to do"],
        ["6 same-day", "8 within 48 hours", "4 things to do"],
    ]


def test_a_line_says_how_many_are_overdue_and_when_the_next_is_due_in_the_clinics_time(
    clinic: Clinic, patient: Patient, mailbox: Mailbox
) -> None:
    clinic.timezone = "America/St_Johns"
    clinic.save(update_fields=["timezone"])
    for hours, urgency in ((-30, "within-48h"), (-2, "within-48h"), (26, "within-48h"), (9, "information")):
        at = MONDAY + timedelta(hours=hours)
        a_flag(patient, at=MONDAY - DAY, urgency=urgency, pattern=f"p{hours}", due_at=at)
    due(MONDAY + timedelta(hours=4))
    send(MONDAY + timedelta(hours=4))
    said = [line for line in lines(mailbox, THEA) if line.startswith("  ")]
    assert said == [
        "  2 overdue, the next one due Tue 6 Jan 2026, 07:00 (America/St_Johns)",
        "  due Mon 5 Jan 2026, 14:00 (America/St_Johns)",
    ]


def test_the_last_link_says_that_it_shows_the_whole_clinic(patient: Patient, mailbox: Mailbox) -> None:
    to_do(patient)
    due(MONDAY)
    send(MONDAY)
    assert lines(mailbox, THEA)[-1].startswith("The whole clinic’s list: http")
    raised(patient, urgency="within-48h")
    due(MONDAY + DAY)
    send(MONDAY + DAY)
    assert lines(mailbox, THEA)[-1].startswith("The whole clinic’s queue: http")

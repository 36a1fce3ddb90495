"""What the desk shows of reminders on a patient's and a flag's page."""

import re
import uuid
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Patient, User
from journal.actions import care_plan, facts
from journal.content.facts import Stated
from journal.content.plan import Planned
from journal.models import Change
from reminders.actions import follow
from reminders.models import Delivery, Occurrence, Reminder
from tests.support import desk as people


@pytest.fixture
def ada(db: None) -> Patient:
    return people.patient(people.clinic(), "Ada Berg")


@pytest.fixture
def mira(ada: Patient) -> User:
    return people.clinician(ada.clinic)


@pytest.fixture
def desk(client: Client, mira: User) -> Client:
    client.force_login(mira)
    return client


def read(desk: Client, name: str, key: object) -> str:
    response = desk.get(reverse(name, args=[key]), {"days": 7})
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def reminder(patient: Patient) -> Reminder:
    return Reminder.objects.create(
        patient=patient,
        kind="exercise",
        title="own secret words",
        rrule="FREQ=DAILY",
        starts_on="2026-01-01",
        local_time="09:30",
        timezone="Europe/Berlin",
        channels=["inbox", "email"],
        revision=1,
    )


def turn(of: Reminder, days_ago: int, state: str) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    Occurrence.objects.create(
        id=uuid.uuid4(),
        patient=of.patient,
        reminder=of,
        local_date=at.date(),
        slot=0,
        due_at=at,
        expires_at=at + timedelta(days=1),
        state=state,
        acted_at=at if state == "done" else None,
        language="en",
        title="own secret words",
        revision=1,
    )


def delivery(patient: Patient, to: User, **fields: object) -> Delivery:
    now = timezone.now()
    standard: dict[str, object] = {
        "topic": "flag",
        "kind": "flag.opened",
        "channel": "email",
        "subject_id": uuid.uuid4(),
        "key": uuid.uuid4().hex,
        "due_at": now,
        "state": "sent",
        "sent_at": now,
        "attempts": 1,
    }
    return Delivery.objects.create(patient=patient, to=to, **{**standard, **fields})


def test_a_patients_page_tells_reminders_and_what_became_of_them(desk: Client, ada: Patient) -> None:
    one = reminder(ada)
    turn(one, 1, "done")
    turn(one, 2, "done")
    turn(one, 3, "expired")
    turn(one, 30, "done")
    page = read(desk, "admin:accounts_patient_change", ada.pk)
    assert "Exercise , 09:30 (Europe/Berlin), Inbox, E-mail over" in page
    assert "What became of them in 7 days Exercise 2 done, 1 expired" in page
    assert "own secret words" not in page


def test_two_medicines_are_told_apart_on_the_patients_page_and_on_their_own(
    desk: Client, ada: Patient, mira: User
) -> None:
    at = timezone.now()
    today = at.astimezone(ada.timezone).date()
    for code, text in (("bone_medicine", "Alendronate 70 mg"), ("supplement", "Vitamin D 800 IU")):
        item = Planned("medicine", code, today, text=text, rrule="FREQ=DAILY")
        care_plan.prescribe(by=mira, at=at, patient=ada, planned=item)
    goal = Planned("goal", "own", today, text="To the shops", review_on=today + timedelta(days=9))
    care_plan.prescribe(by=mira, at=at, patient=ada, planned=goal)
    facts.add(by=mira, at=at, patient=ada, stated=Stated("injection", "denosumab", since=today))
    follow.run(at=at)
    page = read(desk, "admin:accounts_patient_change", ada.pk)
    shown = page[page.index("Reminders Bone injection") : page.index("What became of them")]
    for said in (
        "Bone injection , 09:00 (Europe/Berlin), Inbox, E-mail Denosumab",
        "Medicine , 09:00 (Europe/Berlin), Inbox, E-mail Medicine instruction: how to take a bone medicine. "
        "Alendronate 70 mg next:",
        "Medicine instruction: calcium or vitamin D, as advised. Vitamin D 800 IU next:",
        "Inbox, E-mail Goal: a goal of the patient’s own. To the shops next:",
    ):
        assert said in shown
    one = Reminder.objects.filter(kind="medicine").order_by("pk")[0]
    alone = read(desk, "admin:reminders_reminder_change", one.pk)
    assert "plan or facts on record: Medicine instruction: " in alone


@pytest.fixture
def tablet(ada: Patient, mira: User) -> Reminder:
    """A medicine's reminder as the plan makes it, at nine."""
    at = timezone.now()
    today = at.astimezone(ada.timezone).date()
    item = Planned("medicine", "supplement", today, text="Vitamin D", rrule="FREQ=DAILY")
    care_plan.prescribe(by=mira, at=at, patient=ada, planned=item)
    follow.run(at=at)
    return Reminder.objects.get(kind="medicine")


def set_hour(desk: Client, of: Reminder, hour: str) -> str:
    address = reverse("admin:accounts_patient_reminder-hour", args=[of.patient_id, of.pk])
    response = desk.post(address, {"hour": hour}, follow=True)
    assert response.status_code == 200
    of.refresh_from_db()
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_clinic_sets_the_hour_of_a_medicine_and_the_plan_leaves_it(
    desk: Client, ada: Patient, mira: User, tablet: Reminder
) -> None:
    assert "Medicine , 18:30 (Europe/Berlin)" in set_hour(desk, tablet, "18:30")
    assert tablet.next_due_at is not None
    assert tablet.next_due_at.astimezone(ada.timezone).time() == time(18, 30)
    assert Change.objects.get(verb="reminder.changed").by == mira
    stated = Stated("diagnosis", "osteopenia")
    facts.add(by=mira, at=timezone.now(), patient=ada, stated=stated)
    follow.run(at=timezone.now())
    tablet.refresh_from_db()
    assert tablet.local_time == time(18, 30)


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("07:00", "quiet hours of this reminder, 21:00 to 08:00"),
        ("late", "Enter a valid time"),
        ("", "required"),
    ],
)
def test_an_hour_at_which_nothing_rings_is_refused(
    desk: Client, tablet: Reminder, hour: str, said: str
) -> None:
    assert said in set_hour(desk, tablet, hour)
    assert tablet.local_time == time(9)


def test_what_is_the_patients_own_offers_no_hour_and_takes_none(desk: Client, ada: Patient) -> None:
    own = reminder(ada)
    Reminder.objects.update(kind="medicine")
    assert "Set its hour" not in read(desk, "admin:accounts_patient_change", ada.pk)
    assert "Only the hour of a medicine of the plan" in set_hour(desk, own, "18:30")
    assert own.local_time == time(9, 30)


def test_messages_to_the_patient_are_counted_by_what_became_of_them(
    desk: Client, ada: Patient, mira: User
) -> None:
    ends = timezone.now() + timedelta(hours=1)
    delivery(ada, mira, topic="reminder", kind="reminder", expires_at=ends)
    delivery(ada, mira, topic="reminder", kind="reminder", expires_at=ends, state="refused", sent_at=None)
    page = read(desk, "admin:accounts_patient_change", ada.pk)
    assert re.search(r"Messages to the patient E-mail 1 (sent|refused for good), 1", page)


def test_without_reminders_the_page_says_so(desk: Client, ada: Patient) -> None:
    page = read(desk, "admin:accounts_patient_change", ada.pk)
    assert "No reminder is set." in page
    assert "No turn came in this time." in page


def test_a_flags_page_tells_who_was_written_to_and_when(desk: Client, ada: Patient, mira: User) -> None:
    flag = people.flag(ada)
    delivery(ada, mira, subject_id=flag.pk, sent_at=people.NOW)
    delivery(
        ada, mira, subject_id=flag.pk, state="waiting", sent_at=None, attempts=3, last_error="SMTPServerBusy"
    )
    delivery(ada, mira, kind="flag.reopened")
    page = read(desk, "admin:journal_flag_change", flag.pk)
    told = page[page.index("Who was told") :]
    assert "Mira Sol : new flag, E-mail, sent Tue 10 Mar 2026, 10:00 (Europe/Berlin)" in told
    assert "SMTPServerBusy (3 attempts)" in told
    assert "opened again" not in told


def test_the_panels_price_does_not_grow(desk: Client, ada: Patient, mira: User) -> None:
    flag = people.flag(ada)
    counts = []
    for more in (1, 20):
        for day in range(more):
            one = reminder(ada)
            turn(one, day % 6, "done")
            delivery(ada, mira, subject_id=flag.pk)
        with CaptureQueriesContext(connection) as queries:
            read(desk, "admin:accounts_patient_change", ada.pk)
            read(desk, "admin:journal_flag_change", flag.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]

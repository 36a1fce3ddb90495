"""The few whole rows, made through the models, of which a country of clinics is copied."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Model

from journal.accounts.models import Assignment, Clinic, Clinician, Patient, User
from journal.actions.entries import columns_of
from journal.content import engine
from journal.content.report import Report
from journal.content.rule import Urgency
from journal.models import CareItem, Change, Entry, Fact, Flag, Message, Note, Task
from reminders.models import Delivery, Occurrence, Reminder
from tests.benchmarks.documents import ZONE, report

HOURS = {
    Urgency.EMERGENCY_NOW: 1,
    Urgency.SAME_DAY: 24,
    Urgency.WITHIN_48H: 48,
    Urgency.WITHIN_2_WEEKS: 336,
    Urgency.INFORMATION: 336,
}
Rows = dict[str, list[Any]]


def rows(clinic: Clinic, now: datetime) -> Rows:
    """Ids by what they are; `now` is the newest moment that any of them tells of."""
    staff = User.objects.create(id=1_000_001, email="staff@made.example", first_name="Robin", is_staff=True)
    clinician = Clinician.objects.create(id=1_000_001, user=staff, clinic=clinic)
    person = User.objects.create(id=1_000_002, email="person@made.example")
    patient = Patient.objects.create(
        id=1_000_002,
        user=person,
        clinic=clinic,
        name="Made",
        sex="F",
        born=(now - timedelta(days=365 * 72)).date(),
        history=["osteoporosis"],
        timezone=ZONE,
        revision=1,
        enrolled_at=now - timedelta(days=800),
    )
    made: dict[str, list[Model]] = {
        "staff": [staff],
        "clinician": [clinician],
        "person": [person],
        "patient": [patient],
        "assignment": [
            Assignment.objects.create(patient=patient, physiotherapist=clinician, since=patient.enrolled_at)
        ],
        "entry": [_entry(patient, number, now) for number in range(60)],
        "flag_waiting": [_flag(patient, n, now, ("open", "acknowledged")[n % 3 == 2]) for n in range(24)],
        "flag_closed": [
            _flag(patient, n, now - timedelta(days=30 + n), ("resolved", "superseded")[n % 6 == 5])
            for n in range(24)
        ],
        **_care(patient, staff, now),
        **_reminded(patient, now),
    }
    return {name: [one.pk for one in found] for name, found in made.items()}


def _entry(patient: Patient, number: int, now: datetime) -> Entry:
    """Half of them whole, a quarter without nerves, a quarter of a single pain."""
    said: dict[str, Any] = report(number)
    for place, pain in enumerate(said["pains"]):
        pain["severity"] = (2 + number // (7 + place)) % 9
    if number % 4 == 1:
        said["neuro"] = []
    elif number % 4 == 3:
        said = {"pains": said["pains"][:1]}
    if number % 30 == 11:
        said["falls"] = [{"kind": "near_fall"}]
    columns = columns_of(recorded_at=now, timezone=ZONE, report=Report.model_validate(said))
    return Entry.objects.create(
        patient=patient, client_id=uuid.uuid4(), received_at=now, revision=1, outcome={"flags": []}, **columns
    )


def _flag(patient: Patient, number: int, now: datetime, status: str) -> Flag:
    """Patterns and urgencies in turn; a pattern can be there once a day."""
    patterns = sorted(engine.BY_PATTERN)
    urgency = list(Urgency)[(number * 3 + number // 5) % len(Urgency)]
    return Flag.objects.create(
        patient=patient,
        pattern=patterns[number % len(patterns)],
        rule_version=1,
        urgency=urgency,
        holds_exercise=number % 4 == 0,
        day=now.date(),
        status=status,
        supported=status != "superseded",
        met={},
        last_met=now.date(),
        evidence={},
        why="You logged strong back pain that came on suddenly.",
        why_clinician="Sudden lower back pain 8 of 10, usual level 3.",
        numbers={"severity": 8, "baseline": 3},
        raised_at=now,
        due_at=now + timedelta(hours=HOURS[urgency]),
        revision=1,
    )


def _care(patient: Patient, by: User, now: datetime) -> dict[str, list[Model]]:
    day, one = now.date(), {"patient": patient, "by": by, "at": now, "revision": 1}
    started = day - timedelta(days=60)
    return {
        "note": [
            Note.objects.create(
                code="contact", day=day - timedelta(days=n * 9), text="Spoke on the phone.", **one
            )
            for n in range(3)
        ],
        "fact": [
            Fact.objects.create(kind="history", code="osteoporosis", **one),
            Fact.objects.create(kind="medicine", code="alendronate", since=started, **one),
        ],
        "message": [
            Message.objects.create(patient=patient, template="please-call", by=by, at=now, revision=1)
        ],
        "care_item": [
            CareItem.objects.create(kind="exercise", code=code, starts=started, dose="Twice a week", **one)
            for code in ("resistance", "balance")
        ],
        "task": [
            Task.objects.create(patient=patient, kind="review", source="made", due_on=day, raised_at=now)
        ],
        "change": [
            Change.objects.create(patient=patient, revision=1, verb="entry.recorded", subject="x", at=now)
        ],
    }


def _reminded(patient: Patient, now: datetime) -> dict[str, list[Model]]:
    reminder = Reminder.objects.create(
        patient=patient,
        kind="log-today",
        title="How was your day?",
        rrule="FREQ=DAILY",
        starts_on=now.date(),
        local_time=time(18),
        timezone=ZONE,
        channels=["inbox"],
        revision=1,
    )
    turns: list[Model] = [
        Occurrence.objects.create(
            id=uuid.uuid4(),
            patient=patient,
            reminder=reminder,
            local_date=now.date() - timedelta(days=place),
            due_at=now,
            expires_at=now + timedelta(hours=6),
            state=state,
            acted_at=now if state == "done" else None,
            language="en",
            title="How was your day?",
            revision=1,
        )
        for place, state in enumerate(("done", "done", "expired"))
    ]
    told = Delivery.objects.create(
        patient=patient,
        topic="reminder",
        kind="reminder.due",
        subject_id=turns[0].pk,
        to=patient.user,
        channel="inbox",
        key="made",
        due_at=now,
        expires_at=now + timedelta(hours=6),
        state="sent",
        sent_at=now,
    )
    return {"reminder": [reminder], "occurrence": turns, "delivery": [told]}

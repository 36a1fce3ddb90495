"""A whole record: a row in every table there is, with a word in every text, to be found wherever it leaks."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Model

from journal.accounts.models import (
    Assignment,
    BrokenGlass,
    Clinic,
    ClinicChange,
    ClinicHoliday,
    ClinicHours,
    Clinician,
    Consent,
    Cover,
    Invitation,
    Patient,
    User,
)
from journal.accounts.sealed import sealed
from journal.fence import scope
from journal.models import (
    CareItem,
    CareItemVersion,
    Change,
    Entry,
    EntryVersion,
    ExercisePause,
    Fact,
    FactWithdrawal,
    Flag,
    FlagAction,
    Message,
    Note,
    NoteWithdrawal,
    OutboxEvent,
    StaffRead,
    Task,
)
from reminders.models import (
    Attempt,
    Chase,
    Delivery,
    Device,
    Digest,
    Occurrence,
    Reminder,
    ReminderSettings,
    Webhook,
)

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 10)


@dataclass
class Cast:
    """One clinic with a physiotherapist, a lead and one patient; `rows` has a row of each model by label.

    What is about the clinic alone says `<word>clinic`, what is for staff alone `<word>note`.
    """

    word: str
    clinic: Clinic
    physiotherapist: User
    lead: User
    person: User
    patient: Patient
    rows: dict[str, Model]


def a_cast(slug: str, word: str) -> Cast:
    """Everything of one clinic; every text holds `word`."""
    clinic = Clinic.objects.create(slug=slug, name=f"Clinic {word}clinic", phone=f"{word}clinic")
    members = [
        _member(clinic, slug, word, role) for role in (Clinician.Role.PHYSIOTHERAPIST, Clinician.Role.LEAD)
    ]
    person = User.objects.create(email=f"pat@{slug}.example", first_name=word)
    patient = _patient(members[0], person, word)
    by = members[0].user
    found: list[Model] = [clinic, members[0], patient]
    found += _of_the_clinic(clinic, by, word)
    found += _of_the_staff(members, word)
    found += _of_the_patient(patient, members, word)
    rows = {row._meta.label: row for row in found}
    return Cast(word, clinic, by, members[1].user, person, patient, rows)


def another_patient(of: Cast, word: str) -> Cast:
    """A second patient of the same clinic and staff, who came by an invitation."""
    members = [of.physiotherapist.clinician, of.lead.clinician]
    person = User.objects.create(email=f"{word}@{of.clinic.slug}.example", first_name=word)
    patient = _patient(members[0], person, word)
    invitation = Invitation.objects.create(
        clinic=of.clinic,
        code_hash=word.ljust(64, "0"),
        profile={"name": f"Invited {word}"},
        created_by=of.lead,
        created_at=AT,
        expires_at=AT + timedelta(days=14),
        used_at=AT,
        used_by=patient,
    )
    found = [patient, invitation, *_of_the_patient(patient, members, word)]
    rows = {row._meta.label: row for row in found}
    return Cast(word, of.clinic, of.physiotherapist, of.lead, person, patient, rows)


def _patient(physiotherapist: Clinician, person: User, word: str) -> Patient:
    return Patient.objects.create(
        user=person,
        clinic=physiotherapist.clinic,
        physiotherapist=physiotherapist,
        name=f"Pat {word}",
        timezone="Europe/Berlin",
        enrolled_at=AT,
        revision=1,
    )


def _of_the_patient(patient: Patient, members: list[Clinician], word: str) -> list[Model]:
    by = members[0].user
    found: list[Model] = [
        Assignment.objects.create(
            patient=patient, physiotherapist=members[0], since=AT, by=members[1].user, note=word
        )
    ]
    found += _said(patient, word)
    found += _known(patient, by, word)
    found += _reminded(patient, by, word)
    with scope.within(scope.staff(by.pk, patient.clinic.pk)):
        found.append(StaffRead.objects.create(patient=patient, by=by, route=f"admin:{word}"))
    return found


def _member(clinic: Clinic, slug: str, word: str, role: Clinician.Role) -> Clinician:
    user = User.objects.create(
        email=f"{role}@{slug}.example", is_staff=True, first_name=f"{word}clinic", last_name=role
    )
    return Clinician.objects.create(user=user, clinic=clinic, role=role)


def _of_the_clinic(clinic: Clinic, by: User, word: str) -> list[Model]:
    return [
        ClinicHours.objects.create(clinic=clinic, weekday=0, opens=time(8), closes=time(18)),
        ClinicHoliday.objects.create(clinic=clinic, day=DAY, name=f"{word}clinic"),
        ClinicChange.objects.create(
            clinic=clinic, verb="clinic.hours", by=by, at=AT, data={"week": [f"{word}clinic"]}
        ),
        Digest.objects.create(clinic=clinic, day=DAY, made_at=AT),
        Webhook.objects.create(
            clinic=clinic, url=f"https://{word}clinic.example/", sealed_secret=f"{word}note", added_at=AT
        ),
        Invitation.objects.create(
            clinic=clinic,
            code_hash=word.ljust(64, "0"),
            profile={"name": f"Invited {word}"},
            created_by=by,
            created_at=AT,
            expires_at=AT + timedelta(days=14),
        ),
    ]


def _of_the_staff(members: list[Clinician], word: str) -> list[Model]:
    one, other = members
    return [
        Cover.objects.create(
            clinic=one.clinic, away=one, standing_in=other, first_day=DAY, last_day=DAY, by=other.user, at=AT
        ),
        BrokenGlass.objects.create(
            clinic=one.clinic,
            by=User.objects.create(email=f"op@{one.clinic.slug}.example"),
            reason=f"{word}clinic",
            at=AT,
            until=AT + timedelta(hours=1),
        ),
    ]


def _said(patient: Patient, word: str) -> list[Model]:
    said = {
        "recorded_at": AT,
        "received_at": AT,
        "utc_offset": 60,
        "timezone": "Europe/Berlin",
        "local_date": DAY,
        "report": {"pains": [{"site": "lumbar", "severity": 8}], "note": word},
        "digest": "0" * 64,
        "revision": 1,
    }
    entry = Entry.objects.create(patient=patient, client_id=uuid.uuid4(), version=2, **said)
    flag = Flag.objects.create(
        patient=patient,
        pattern="sudden-back-pain",
        urgency="same-day",
        rule_version=1,
        day=DAY,
        met={"whole": [DAY.isoformat()]},
        last_met=DAY,
        evidence={DAY.isoformat(): [str(entry.client_id)]},
        why=word,
        why_clinician=word,
        raised_at=AT,
        due_at=AT,
        holds_exercise=True,
        revision=1,
    )
    return [
        entry,
        EntryVersion.objects.create(patient=patient, entry=entry, version=1, **said),
        flag,
        Consent.objects.create(patient=patient, version="2026-11", given_at=AT),
        Change.objects.create(patient=patient, revision=1, verb="x", subject=word, by=patient.user, at=AT),
        OutboxEvent.objects.create(patient=patient, kind="flag.opened", subject_id=flag.pk, at=AT),
        Chase.objects.create(patient=patient, flag=flag, event_id=1, began_at=AT, next_chase_at=AT),
    ]


def _known(patient: Patient, by: User, word: str) -> list[Model]:
    flag = Flag.objects.get(patient=patient)
    fact = Fact.objects.create(
        patient=patient, kind="history", code="osteoporosis", text=word, by=by, at=AT, revision=1
    )
    note = Note.objects.create(
        patient=patient, code="contact", day=DAY, text=f"{word}note", by=by, at=AT, revision=1
    )
    item = CareItem.objects.create(
        patient=patient,
        kind="exercise",
        code="resistance",
        text=word,
        dose=word,
        starts=DAY,
        by=by,
        at=AT,
        revision=1,
    )
    return [
        FlagAction.objects.create(flag=flag, kind="note", day=DAY, at=AT, by=by, note=word),
        fact,
        FactWithdrawal.objects.create(fact=fact, by=by, at=AT, reason=word),
        note,
        Message.objects.create(patient=patient, template="please-call", by=by, at=AT, revision=1),
        NoteWithdrawal.objects.create(note=note, by=by, at=AT, reason=f"{word}note"),
        item,
        CareItemVersion.objects.create(
            patient=patient, item=item, text=word, why=word, by=by, at=AT, replaced_at=AT
        ),
        Task.objects.create(
            patient=patient, kind="review", source=f"{word}note", due_on=DAY, raised_at=AT, note=f"{word}note"
        ),
        ExercisePause.objects.create(
            patient=patient, exercise="heel-raises", source=word, day=DAY, rise=3, at=AT
        ),
    ]


def _reminded(patient: Patient, by: User, word: str) -> list[Model]:
    flag = Flag.objects.get(patient=patient)
    reminder = Reminder.objects.create(
        patient=patient,
        kind="custom",
        title=word,
        rrule="FREQ=DAILY",
        starts_on=DAY,
        local_time=time(9),
        timezone="Europe/Berlin",
        channels=["inbox"],
        revision=1,
    )
    delivery = Delivery.objects.create(
        patient=patient,
        topic="flag",
        kind="flag.opened",
        subject_id=flag.pk,
        to=by,
        channel="email",
        key=word,
        due_at=AT,
        last_error=word,
    )
    return [
        reminder,
        Occurrence.objects.create(
            id=uuid.uuid4(),
            patient=patient,
            reminder=reminder,
            local_date=DAY,
            due_at=AT,
            expires_at=AT + timedelta(hours=2),
            state="due",
            language="en",
            title=word,
            revision=1,
        ),
        delivery,
        Attempt.objects.create(delivery=delivery, number=1, at=AT, code=word),
        ReminderSettings.objects.create(patient=patient),
        Device.objects.create(
            patient=patient,
            kind="fcm",
            label=word,
            token_hash=word,
            sealed_token=sealed(word),
            host="push.example",
            session_hash=word,
            sealed_session=sealed(word),
            registered_at=AT,
            seen_at=AT,
        ),
    ]

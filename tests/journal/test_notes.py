"""Clinicians' notes: coded, dated, never edited."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from journal.accounts.models import Clinic, Patient, User
from journal.actions import notes
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.models import Change, Note, NoteWithdrawal
from tests.support import desk as people
from tests.support.desk import NOW

TODAY = NOW.date()


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


@pytest.fixture
def note(ada: Patient, mira: User) -> Note:
    return notes.add(by=mira, at=NOW, patient=ada, code="mri", day=TODAY, text="No fresh fracture.")


def test_a_note_keeps_author_day_and_text_and_its_text_stays_out_of_the_record(
    note: Note, mira: User
) -> None:
    assert (note.by, note.day, note.text) == (mira, TODAY, "No fresh fracture.")
    change = Change.objects.get()
    assert (change.verb, change.by, change.data) == ("note.added", mira, {"code": "mri"})
    assert change.revision == note.revision == 1


@pytest.mark.parametrize(
    ("code", "days", "text"), [("poem", 0, "x"), ("mri", 0, "  "), ("mri", 1, "x")], ids=str
)
def test_an_unknown_subject_an_empty_text_and_a_day_to_come_are_refused(
    ada: Patient, mira: User, code: str, days: int, text: str
) -> None:
    with pytest.raises(NotFitError):
        notes.add(by=mira, at=NOW, patient=ada, code=code, day=TODAY + timedelta(days=days), text=text)
    assert not Note.objects.exists()


def test_a_withdrawn_note_stays_readable_with_its_reason(ada: Patient, note: Note, mira: User) -> None:
    notes.withdraw(by=mira, at=NOW, patient=ada, note=note, reason="Other patient's scan")
    assert not Note.objects.standing().exists()
    assert Note.objects.get().withdrawal.reason == "Other patient's scan"
    assert Change.objects.filter(verb="note.withdrawn", by=mira).count() == 1
    with pytest.raises(NotPossibleNowError):
        notes.withdraw(by=mira, at=NOW, patient=ada, note=note, reason="Again")


def test_withdrawing_needs_a_reason(ada: Patient, note: Note, mira: User) -> None:
    with pytest.raises(NotFitError):
        notes.withdraw(by=mira, at=NOW, patient=ada, note=note, reason=" ")
    assert Note.objects.standing().exists()


def test_neither_another_clinic_nor_the_patient_sees_a_note(
    ada: Patient, note: Note, mira: User, lake: Clinic
) -> None:
    ada.user = User.objects.create(email="ada@example.org")
    ada.save(update_fields=["user"])
    stranger = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    assert list(Note.objects.visible_to(mira)) == [note]
    assert not Note.objects.visible_to(stranger).exists()
    assert not Note.objects.visible_to(ada.user).exists()


@pytest.mark.parametrize(("constraint", "field"), [("note_has_a_code", "code"), ("note_has_a_text", "text")])
def test_an_empty_note_is_refused_by_the_database(
    ada: Patient, mira: User, constraint: str, field: str
) -> None:
    whole = {"code": "mri", "text": "x", field: ""}
    with pytest.raises(IntegrityError, match=constraint):
        Note.objects.create(patient=ada, by=mira, at=NOW, day=TODAY, revision=1, **whole)


def test_a_withdrawal_without_a_reason_is_refused_by_the_database(note: Note, mira: User) -> None:
    with pytest.raises(IntegrityError, match="note_withdrawn_with_reason"):
        NoteWithdrawal.objects.create(note=note, by=mira, at=NOW, reason="")

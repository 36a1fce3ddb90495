"""What clinicians note under a code."""

from datetime import date, datetime

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import notes
from journal.models import Note, NoteWithdrawal


def add(*, by: User, at: datetime, patient: Patient, code: str, day: date, text: str) -> Note:
    """One note about something of that day.

    Raises:
        NotFitError: unknown code, no text, or a day in the future.
    """
    if code not in notes.CODES or not text.strip():
        raise NotFitError("A note needs a subject and a text.")
    with changes.locked(patient) as locked:
        if day > at.astimezone(locked.timezone).date():
            raise NotFitError("This day lies in the future.")
        note = Note.objects.create(
            patient=locked,
            code=code,
            day=day,
            text=text.strip(),
            by=by,
            at=at,
            revision=changes.next_revision(locked),
        )
        _record(by=by, at=at, patient=locked, verb="note.added", note=note)
        return note


def withdraw(*, by: User, at: datetime, patient: Patient, note: Note, reason: str) -> NoteWithdrawal:
    """A note that was wrong; it stays readable as withdrawn.

    Raises:
        NotFitError: no reason.
        NotPossibleNowError: withdrawn already.
    """
    if not reason.strip():
        raise NotFitError("Withdrawing needs a reason.")
    with changes.locked(patient) as locked:
        note = Note.objects.get(patient=locked, pk=note.pk)
        if NoteWithdrawal.objects.filter(note=note).exists():
            raise NotPossibleNowError("This note was withdrawn already.")
        withdrawal = NoteWithdrawal.objects.create(note=note, by=by, at=at, reason=reason.strip())
        changes.next_revision(locked)
        _record(by=by, at=at, patient=locked, verb="note.withdrawn", note=note)
        return withdrawal


def _record(*, by: User, at: datetime, patient: Patient, verb: str, note: Note) -> None:
    changes.record(
        by=by, at=at, patient=patient, verb=verb, subject=f"note:{note.pk}", data={"code": note.code}
    )

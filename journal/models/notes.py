"""Clinicians' notes under a code: for colleagues and for later, never shown to the patient."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from journal.accounts.models import Patient, User
from journal.content import notes
from journal.models.withdrawals import Withdrawal, with_reason


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes, reached through the viewer; a patient is no viewer of notes."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        """Notes of the patients of the clinician's clinic; none for anybody who is no clinician."""
        if not hasattr(person, "clinician"):
            return self.none()
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def standing(self) -> Self:
        return self.filter(withdrawal=None)


class Note(models.Model):
    """One note; never edited."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notes")
    code = models.CharField(max_length=40)
    day = models.DateField(help_text="The day of what the note is about.")
    text = models.TextField(max_length=4000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revision = models.BigIntegerField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-at", "-id"]
        indexes = [models.Index(fields=["patient", "day"], name="note_patient_day")]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="note_has_a_code"),
            models.CheckConstraint(condition=~Q(text=""), name="note_has_a_text"),
        ]

    def __str__(self) -> str:
        return notes.label(self.code)


class NoteWithdrawal(Withdrawal):
    """A note that does not hold."""

    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="withdrawal")

    class Meta:
        constraints = [with_reason("note")]


__all__ = ["Note", "NoteQuerySet", "NoteWithdrawal"]

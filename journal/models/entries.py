"""What a patient said, one document a row; earlier versions of an edited entry are kept."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.expressions import Func, Value

from journal.accounts.models import OfPatientQuerySet, Patient, User


class WorstSeverity(Func):
    """The highest pain severity of a report, null when the pain question was not answered or had no item."""

    function = "journal_worst_severity"
    output_field = models.SmallIntegerField()


class HasPath(Func):
    """Whether a JSON path finds anything in a report."""

    function = "jsonb_path_exists"
    output_field = models.BooleanField()


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def current(self) -> Self:
        """Entries that count: not deleted by the patient."""
        return self.filter(deleted_at=None)


class SaidByPatient(models.Model):
    """One version of one report, as the phone sent it."""

    recorded_at = models.DateTimeField(help_text="When the patient said it, by the phone's clock.")
    utc_offset = models.SmallIntegerField(help_text="Minutes east of UTC as sent.")
    timezone = models.CharField(max_length=64, help_text="IANA zone in which it was said.")
    local_date = models.DateField(help_text="The patient's local day; never changes with travel.")
    report = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical document.")
    received_at = models.DateTimeField()
    revision = models.BigIntegerField(help_text="The patient's revision of the last write to this row.")
    outcome = models.JSONField(default=dict, help_text="The flags that this version opened, as answered.")

    class Meta:
        abstract = True


class Entry(SaidByPatient):
    """`client_id` was chosen on the phone; it is unique for one patient, not in the world."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="entries", db_index=False)
    client_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    worst_severity = models.GeneratedField(
        expression=WorstSeverity("report"), output_field=models.SmallIntegerField(null=True), db_persist=True
    )
    has_nerve_symptom = models.GeneratedField(
        # Lax paths find a null in place of a list: only an item with a symptom counts.
        expression=HasPath("report", Value("$.neuro[*] ? (@.symptom != null)")),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    fell = models.GeneratedField(
        expression=HasPath("report", Value('$.falls[*] ? (@.kind == "fall")')),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["patient", "client_id"], name="entry_once_per_patient"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="entry_version_from_1"),
        ]
        indexes = [
            # With `deleted_at`, entries are counted without being read.
            models.Index(fields=["patient", "local_date"], include=["deleted_at"], name="entry_by_day"),
            models.Index(fields=["patient", "revision"], name="entry_patient_revision"),
        ]

    def __str__(self) -> str:
        return f"Entry of {self.local_date}"


class EntryVersion(SaidByPatient):
    """A version of an entry that a later one replaced, or that arrived after a later one."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()

    objects = OfPatientQuerySet["EntryVersion"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "entry", "version"], name="entry_version_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


__all__ = ["Entry", "EntryQuerySet", "EntryVersion"]

"""The record of every write: audit, and what a phone pulls since a revision."""

from django.db import models

from journal.accounts.models import OfPatientQuerySet, Patient, User


class Change(models.Model):
    """One verb applied to one patient's record. `by` is null when the system itself acted.

    `at` is the moment that the verb was given. A trigger stamps the other three, whatever was sent; they are
    null and empty in rows from before it did. Rows are only ever added, and go with an erasure.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="changes", db_index=False)
    revision = models.BigIntegerField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="Table and id, as `entry:0198…`.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    stamped_at = models.DateTimeField(null=True, help_text="By the database's clock, at the very statement.")
    person = models.BigIntegerField(
        null=True, help_text="Id of the account in whose name it was written; null: the system."
    )
    db_role = models.CharField(max_length=63, db_default="")

    objects = OfPatientQuerySet["Change"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "revision"], name="change_patient_revision"),
            # For the check when an account goes; the system's own, most of them, are in nobody's way.
            models.Index(fields=["by"], name="change_by", condition=models.Q(by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

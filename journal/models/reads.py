"""Every look of staff at a patient's record."""

from django.db import models
from django.db.models.functions import Now

from journal.accounts.models import Patient, User


class StaffRead(models.Model):
    """Who looked at whose record, when (by the database's clock), on which page."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="staff_reads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    route = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="staff_read_patient_at")]

    def __str__(self) -> str:
        return self.route

"""Every look of staff at a patient's record."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Now

from journal.accounts.models import Patient, User


class StaffReadQuerySet(models.QuerySet["StaffRead"]):
    """Looks, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))


class StaffRead(models.Model):
    """Who looked at whose record, when, on which page. A trigger stamps `at` and `db_role`, and refuses a
    look in another's name; rows are only ever added.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="staff_reads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    route = models.CharField(max_length=120)
    how = models.CharField(max_length=12, default="page", help_text="A word of journal.content.looks.")
    role = models.CharField(max_length=20, blank=True, help_text="What the person was to the clinic.")
    db_role = models.CharField(max_length=63, db_default="")

    objects = StaffReadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="staff_read_patient_at")]

    def __str__(self) -> str:
        return self.route

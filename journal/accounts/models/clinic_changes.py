"""The record of what was changed in how a clinic works."""

from django.db import models

from journal.accounts.models.clinics import Clinic, OfStaffQuerySet
from journal.accounts.models.users import User


class ClinicChange(models.Model):
    """One verb applied to one clinic; never edited. `by` is null when an operator's command acted."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="changes")
    verb = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    objects = OfStaffQuerySet["ClinicChange"].as_manager()

    def __str__(self) -> str:
        return self.verb

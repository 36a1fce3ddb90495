"""The record of what was changed in how a clinic works."""

from django.db import models

from journal.accounts.models.clinics import Clinic, OfStaffQuerySet
from journal.accounts.models.users import User


class ClinicChange(models.Model):
    """One verb applied to one clinic; never edited. `by` is null when an operator's command acted.

    `at` is the moment that the verb was given. A trigger stamps the other three, whatever was sent; they are
    null and empty in rows from before it did.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="changes")
    verb = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    stamped_at = models.DateTimeField(null=True, help_text="By the database's clock, at the very statement.")
    person = models.BigIntegerField(
        null=True, help_text="Id of the account in whose name it was written; null: the system."
    )
    db_role = models.CharField(max_length=63, db_default="")

    objects = OfStaffQuerySet["ClinicChange"].as_manager()

    def __str__(self) -> str:
        return self.verb

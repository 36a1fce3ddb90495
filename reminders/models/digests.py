"""A clinic's morning digest: that it was made for a local day."""

import uuid

from django.db import models

from journal.accounts.models import Clinic


class Digest(models.Model):
    """At most one a clinic and local day, however many dispatchers look; its deliveries are made with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day"], name="digest_once_per_clinic_and_day")
        ]

    def __str__(self) -> str:
        return f"Digest of {self.day}"

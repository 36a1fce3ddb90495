"""An operator's look into one clinic: for a reason, for a short time, told to its leads."""

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Now

from journal.accounts.models.clinics import Clinic, OfStaffQuerySet
from journal.accounts.models.users import User


class BrokenGlassQuerySet(OfStaffQuerySet["BrokenGlass"]):
    """Who may look where at this moment, by the database's clock."""

    def open_for(self, person: User | AnonymousUser) -> Self:
        """What this operator has broken and that still holds; nothing for anybody else."""
        if person.is_anonymous or not (person.is_active and person.is_staff and person.is_superuser):
            return self.none()
        return self.filter(by=person, until__gt=Now(), ended_at=None)


class BrokenGlass(models.Model):
    """Never edited, but to end it early and to note that the leads were told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="glasses")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When the messages to the leads were made.")

    objects = BrokenGlassQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "broken glasses"
        indexes = [models.Index(fields=["at"], name="glass_untold", condition=models.Q(told_at=None))]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="glass_broken_for_a_reason"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("at")), name="glass_holds_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.by} in {self.clinic}"

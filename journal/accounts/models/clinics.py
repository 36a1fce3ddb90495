"""A clinic and the people who work in it."""

from django.db import models
from timezone_field import TimeZoneField

from journal.accounts.models.users import User


class Clinic(models.Model):
    """A wall: nothing crosses from one clinic to another."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    timezone = TimeZoneField(default="UTC", use_pytz=False)
    phone = models.CharField(max_length=40, blank=True, help_text="Shown to patients beside each advice.")
    emergency_number = models.CharField(max_length=20, default="112")

    def __str__(self) -> str:
        return self.name


class Clinician(models.Model):
    """A physiotherapist, or the lead, of one clinic."""

    class Role(models.TextChoices):
        PHYSIOTHERAPIST = "physiotherapist", "Physiotherapist"
        LEAD = "lead", "Clinic lead"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="clinician")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="clinicians")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.PHYSIOTHERAPIST)
    on_call = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Place in the on-call order, from 1; empty: not on call."
    )

    def __str__(self) -> str:
        return str(self.user)

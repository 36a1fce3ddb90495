"""A clinic and the people who work in it."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from timezone_field import TimeZoneField

from journal.accounts.models.users import User
from journal.accounts.models.viewers import Row, cared_for_at, works_at


class ClinicQuerySet(models.QuerySet["Clinic"]):
    """Clinics, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        """A patient's own, the one somebody works in, all to an operator; nothing for anybody else."""
        return self.filter(pk__in=Clinic.objects.filter(works_at(person) | cared_for_at(person)))


class OfClinicQuerySet(models.QuerySet[Row]):
    """What patients and staff are told of a clinic: its hours, its people."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(clinic__in=Clinic.objects.visible_to(person))


class OfStaffQuerySet(models.QuerySet[Row]):
    """What a clinic does not tell its patients: for its staff and for operators."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(clinic__in=Clinic.objects.filter(works_at(person)))


class Clinic(models.Model):
    """A wall: nothing crosses from one clinic to another."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    timezone = TimeZoneField(default="UTC", use_pytz=False)
    phone = models.CharField(max_length=40, blank=True, help_text="Shown to patients beside each advice.")
    emergency_number = models.CharField(max_length=20, default="112")

    objects = ClinicQuerySet.as_manager()

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

    objects = OfClinicQuerySet["Clinician"].as_manager()

    def __str__(self) -> str:
        return str(self.user)

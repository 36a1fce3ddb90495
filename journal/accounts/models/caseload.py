"""Who looks after whom: assignments with their history, and who stands in while somebody is away."""

from datetime import date, datetime
from typing import Self

from django.db import models

from journal.accounts.models.clinics import Clinic, Clinician, OfStaffQuerySet
from journal.accounts.models.patients import OfPatientQuerySet, Patient
from journal.accounts.models.users import User


class Assignment(models.Model):
    """One physiotherapist's time with one patient. `until` is empty for the present one."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assignments")
    physiotherapist = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="assignments")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)

    objects = OfPatientQuerySet["Assignment"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(until=None), name="assignment_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="assignment_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.physiotherapist} since {self.since:%d %b %Y}"


class CoverQuerySet(OfStaffQuerySet["Cover"]):
    """Covers of a clinic."""

    def on(self, day: date) -> Self:
        """Those that hold on that local day of the clinic."""
        return self.filter(first_day__lte=day, last_day__gte=day, ended_at=None)


class Cover(models.Model):
    """`standing_in` has the patients of `away` as their own, from one local day of the clinic to another."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="covers")
    away = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="covers")
    standing_in = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="stands_in")
    first_day = models.DateField()
    last_day = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Taken back before its last day.")

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="cover_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(away=models.F("standing_in")), name="cover_by_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standing_in} for {self.away}"


def carried_by(person: User, at: datetime) -> list[int]:
    """Ids of the clinicians whose patients are this person's at that moment: the own id, and those of people
    who are stood in for.
    """
    mine = Clinician.objects.filter(user=person.pk).select_related("clinic").first()
    if mine is None:
        return []
    today = at.astimezone(mine.clinic.timezone).date()
    covered = Cover.objects.on(today).filter(standing_in=mine).values_list("away", flat=True)
    return [mine.pk, *covered]

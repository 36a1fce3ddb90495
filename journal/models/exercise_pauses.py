"""An exercise that pauses, because pain rose after it or a clinician said so, until a clinician lifts it."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from journal.accounts.models import Patient, User


class ExercisePauseQuerySet(models.QuerySet["ExercisePause"]):
    """Pauses, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def open(self) -> Self:
        """Neither lifted nor taken back by an edit."""
        return self.filter(lifted_at=None, dropped_at=None)


class ExercisePause(models.Model):
    """One report of one exercise after which pain rose, or one word of a clinician.

    `source` is the entry or the turn that said so; `clinic:` and a number of its own for a clinician.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="exercise_pauses", db_index=False
    )
    exercise = models.CharField(max_length=64, help_text="Id of the care item or of the library's text.")
    source = models.CharField(max_length=80)
    day = models.DateField(help_text="The local day on which it was done.")
    rise = models.PositiveSmallIntegerField(null=True, help_text="By how many points of ten.")
    at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="The clinician who said so."
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True, help_text="When an edit took the rise back.")

    objects = ExercisePauseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "source", "exercise"], name="exercise_pause_once_per_report"
            ),
            models.CheckConstraint(
                condition=Q(rise__isnull=False, rise__gte=2, rise__lte=10, by=None)
                | Q(rise=None, by__isnull=False),
                name="exercise_pause_for_a_rise_or_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="exercise_pause_lifted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient"],
                name="exercise_pause_open",
                condition=Q(lifted_at=None, dropped_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise}, {self.day}"

    @property
    def why(self) -> str:
        """As turns say it: `pain-rise` or `clinic`."""
        return "clinic" if self.rise is None else "pain-rise"


__all__ = ["ExercisePause", "ExercisePauseQuerySet"]

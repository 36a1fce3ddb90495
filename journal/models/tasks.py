"""What a patient's clinic has to do on a day: no alarm, but nobody may forget it."""

import uuid
from datetime import date, datetime
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import DateField, DateTimeField, F, Func, Q, Value

from journal.accounts.models import Patient, User


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def open(self) -> Self:
        """Neither done nor no longer needed; some lie ahead."""
        return self.filter(done_at=None, dropped_at=None)

    def waiting(self, day: date) -> Self:
        """To be done by that local day."""
        return self.open().filter(due_on__lte=day)

    def waiting_at(self, at: datetime) -> Self:
        """To be done by the day that it is then in each patient's clinic."""
        today = Func(
            Func(
                F("patient__clinic__timezone"), Value(at), function="timezone", output_field=DateTimeField()
            ),
            function="date",
            output_field=DateField(),
        )
        return self.open().filter(due_on__lte=today)


class Task(models.Model):
    """One thing to do. It is made when it is known and shows from `due_on` on: no clock has to ring."""

    class Kind(models.TextChoices):
        INJECTION_LATE = "injection-late", "The day of a bone injection has passed"
        NO_FOLLOW_ON = "no-follow-on", "Denosumab stopped, and no medicine to follow on record"
        EXERCISE_PAUSED = "exercise-paused", "An exercise is paused: pain rose after it"
        REVIEW = "review", "A review of the plan is due"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.CharField(max_length=80, help_text="What it is about; with the kind once a patient.")
    due_on = models.DateField(help_text="The local day from which on it is to be done.")
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    dropped_at = models.DateTimeField(null=True, help_text="When what is on record no longer asked for it.")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "raised_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "kind", "source"], name="task_once_per_source"),
            models.CheckConstraint(
                condition=Q(kind__in=["injection-late", "no-follow-on", "exercise-paused", "review"]),
                name="task_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "due_on"],
                name="task_open",
                condition=Q(done_at=None, dropped_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


__all__ = ["Task", "TaskQuerySet"]

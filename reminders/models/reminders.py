"""A wall-clock rule of one patient, with its next due moment."""

import uuid
from datetime import datetime
from secrets import randbits
from time import time_ns
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from timezone_field import TimeZoneField

from journal.accounts.models import Patient, User
from reminders import schedule


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def present(self) -> Self:
        """Those that the patient has not deleted."""
        return self.filter(deleted_at=None)

    def due(self, at: datetime) -> Self:
        return self.filter(active=True, next_due_at__lte=at)


REMINDER_KINDS = (
    "exercise", "fall-prevention", "log-today", "height", "medicine", "injection", "appointment", "review",
    "custom",
)  # fmt: skip
# What Osteon suggests: it yields to the day's cap, steps down when ignored, and comes once after an outage
# however many reminders of the kind were missed. The rest has a date, a dose or the patient's own words.
SUGGESTED = frozenset({"exercise", "fall-prevention", "log-today", "height"})


def one_after_the_other() -> uuid.UUID:
    """UUID version 7 (RFC 9562): milliseconds, then chance. Reminders that were made together lie together in
    the index, too; each of a million is written there anew with each of its turns.
    """
    milliseconds = time_ns() // 1_000_000
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | randbits(12) << 64 | 2 << 62 | randbits(62))


class Reminder(models.Model):
    """On which local days, at which local time, in which zone. Deleted ones stay for phones to hear of it."""

    class Kind(models.TextChoices):
        EXERCISE = "exercise", "Exercise"
        FALL_PREVENTION = "fall-prevention", "Fall prevention"
        LOG_TODAY = "log-today", "Log today"
        HEIGHT = "height", "Measure height"
        MEDICINE = "medicine", "Medicine"
        INJECTION = "injection", "Bone injection"
        APPOINTMENT = "appointment", "Appointment"
        REVIEW = "review", "Review of the plan"
        CUSTOM = "custom", "Own reminder"

    class Channel(models.TextChoices):
        INBOX = "inbox", "Inbox"
        EMAIL = "email", "E-mail"
        PUSH = "push", "Push"

    id = models.UUIDField(primary_key=True, default=one_after_the_other, editable=False)
    client_id = models.UUIDField(
        default=uuid.uuid4,
        editable=False,
        help_text="What phones call it, perhaps chosen by one; unique for one patient, not in the world.",
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=120)
    rrule = models.CharField(max_length=200)
    starts_on = models.DateField(help_text="The local day that anchors the rule's interval and count.")
    local_time = models.TimeField()
    timezone = TimeZoneField(use_pytz=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    channels = ArrayField(models.CharField(max_length=12, choices=Channel.choices), size=4)
    active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True)

    next_local_date = models.DateField(null=True)
    next_due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(
        null=True, help_text="Not planned before this: it could not be, and is tried again then."
    )
    last_item = models.CharField(
        max_length=40, blank=True, help_text="The tip shown last; never twice in a row."
    )
    source = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        default="",
        help_text="What in plan or facts it follows from; empty for the patient's own.",
    )
    ignored = models.PositiveSmallIntegerField(
        db_default=0, default=0, help_text="Turns in a row that went by without an answer."
    )
    stride = models.PositiveSmallIntegerField(
        db_default=1,
        default=1,
        help_text="Every how manieth turn is sent: 1 as set, more after it was ignored.",
    )
    revision = models.BigIntegerField()

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "client_id"], name="reminder_once_per_patient"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[*REMINDER_KINDS]),
                name="reminder_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(next_due_at__isnull=True, next_local_date__isnull=True)
                | models.Q(next_due_at__isnull=False, next_local_date__isnull=False),
                name="reminder_next_day_and_moment_together",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="reminder_quiet_from_and_until_together",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(active=False),
                name="reminder_deleted_is_inactive",
            ),
            models.CheckConstraint(
                condition=models.Q(active=True) | models.Q(next_due_at__isnull=True),
                name="reminder_inactive_is_never_due",
            ),
            models.CheckConstraint(
                condition=models.Q(channels__contained_by=["inbox", "email", "push"])
                & models.Q(channels__len__gte=1),
                name="reminder_channels_known",
            ),
            models.UniqueConstraint(
                fields=["patient", "source"], condition=~models.Q(source=""), name="reminder_once_per_source"
            ),
            models.CheckConstraint(
                condition=models.Q(stride=1) | models.Q(kind__in=sorted(SUGGESTED), stride__lte=4),
                name="reminder_steps_down_only_when_suggested",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], name="reminder_due", condition=models.Q(active=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def plan(self) -> schedule.Plan:
        return schedule.plan(
            rrule=self.rrule,
            starts_on=self.starts_on,
            local_time=self.local_time,
            zone=self.timezone,
            quiet=(self.quiet_from, self.quiet_until),
        )


# The rows that each kind represents. An own reminder is one that a person words: brace, quiet breathing.
SEEDS: dict[Reminder.Kind, tuple[str, ...]] = {
    Reminder.Kind.EXERCISE: ("000-24", "001-21", "001-29", "002-21", "003-22", "003-23", "004-21"),
    Reminder.Kind.FALL_PREVENTION: ("003-27",),
    Reminder.Kind.LOG_TODAY: (),
    Reminder.Kind.HEIGHT: ("000-09", "002-14"),
    Reminder.Kind.MEDICINE: ("000-28", "000-29", "000-30", "001-26", "002-22", "003-20", "X-10"),
    Reminder.Kind.INJECTION: ("000-29", "X-05"),
    Reminder.Kind.APPOINTMENT: ("001-20", "004-14", "003-28"),
    Reminder.Kind.REVIEW: ("003-28",),
    Reminder.Kind.CUSTOM: ("000-20", "004-26", "004-27"),
}

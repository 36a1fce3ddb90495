"""One turn of one reminder on one local day, and what became of it."""

import uuid
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha1
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from journal.accounts.models import Patient, User
from journal.models import CareItem, Flag
from reminders.models.reminders import Reminder

OPEN = ("due", "snoozed")
# Why the patient did not do it today.
PATIENT_REASONS = ("pain", "unwell", "no-time", "other")
# Why it did not ring, or ended: the day's cap; too late to be sent; no answer; reminders paused; pain rose
# after the exercise; the clinic paused the exercise; the patient agreed no longer; it was held until then.
OUR_REASONS = ("cap", "late", "ignored", "paused", "pain-rise", "clinic", "consent", "lifted")
HELD_FOR = ("pain-rise", "clinic")  # without a flag


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Occurrences, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def open(self, at: datetime) -> Self:
        """Still waiting for the patient, and not out of date."""
        return self._not_over(at).filter(state__in=OPEN)

    def open_or_held(self, at: datetime) -> Self:
        """Neither answered nor out of date."""
        return self._not_over(at).filter(state__in=[*OPEN, "held"])

    def _not_over(self, at: datetime) -> Self:
        # No turn outlives its local day by two days, and by day an index finds it.
        return self.filter(local_date__gte=at.date() - timedelta(days=3), expires_at__gt=at)

    def run_out(self, at: datetime) -> Self:
        """Still marked as waiting, although their time is over."""
        return self.filter(state__in=OPEN, expires_at__lte=at)


class Occurrence(models.Model):
    """The row itself is what the inbox shows; the tip's text comes from the library by its id."""

    class State(models.TextChoices):
        DUE = "due", "Due"
        HELD = "held", "Held"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        SNOOZED = "snoozed", "Snoozed"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="occurrences", db_index=False)
    reminder = models.ForeignKey(
        Reminder, on_delete=models.PROTECT, related_name="occurrences", db_index=False
    )
    local_date = models.DateField()
    slot = models.PositiveSmallIntegerField(default=0, help_text="Which turn of that day.")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices)
    held_by = models.ForeignKey(Flag, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    snoozed_until = models.DateTimeField(null=True)
    snoozes = models.PositiveSmallIntegerField(default=0)
    acted_at = models.DateTimeField(null=True, help_text="When the patient said done, or skip.")
    item = models.CharField(max_length=40, blank=True, help_text="Id of the library's text.")
    language = models.CharField(max_length=8, help_text="Of the library's text.")
    title = models.CharField(max_length=120)
    care_item = models.ForeignKey(
        CareItem, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(
        max_length=10,
        blank=True,
        db_default="",
        default="",
        help_text="Of a skip, a hold, or of not ringing.",
    )
    notice = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        default="",
        help_text="Id of a library text to show beside it.",
    )
    pain_before = models.PositiveSmallIntegerField(null=True)
    pain_after = models.PositiveSmallIntegerField(null=True)
    revision = models.BigIntegerField()

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            # In this order it also finds a patient's turns of some days.
            models.UniqueConstraint(
                fields=["patient", "local_date", "reminder", "slot"],
                name="occurrence_once_per_day_reminder_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["due", "held", "done", "skipped", "snoozed", "expired"]),
                name="occurrence_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", held_by__isnull=False)
                | models.Q(state="held", held_by__isnull=True, reason__in=HELD_FOR)
                | ~models.Q(state="held") & models.Q(held_by__isnull=True),
                name="occurrence_held_by_a_flag_or_for_pain",
            ),
            models.CheckConstraint(
                condition=models.Q(state="snoozed", snoozed_until__isnull=False)
                | ~models.Q(state="snoozed") & models.Q(snoozed_until__isnull=True),
                name="occurrence_snoozed_until_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "skipped"], acted_at__isnull=False)
                | ~models.Q(state__in=["done", "skipped"]) & models.Q(acted_at__isnull=True),
                name="occurrence_acted_on_when",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("due_at")), name="occurrence_expires_later"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["", *PATIENT_REASONS, *OUR_REASONS]),
                name="occurrence_reason_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(pain_before__isnull=True) | models.Q(pain_before__lte=10))
                & (models.Q(pain_after__isnull=True) | models.Q(pain_after__lte=10)),
                name="occurrence_pain_0_to_10",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "revision"], name="occurrence_patient_revision"),
            models.Index(
                fields=["expires_at"],
                name="occurrence_open",
                condition=models.Q(state__in=["due", "snoozed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.local_date}"

    @staticmethod
    def id_of(reminder: uuid.UUID, day: date, slot: int = 0) -> str:
        """Planning the same turn twice gives the same id, and so the same keys of its deliveries.

        What `uuid.uuid5` makes of them, as 32 digits, in a third of its time.
        """
        digest = sha1(reminder.bytes + _within(day, slot), usedforsecurity=False).hexdigest()
        return f"{digest[:12]}5{digest[13:16]}{_VARIANT[digest[16]]}{digest[17:32]}"


# RFC 9562: the two highest bits of this digit are 1 and 0.
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


@lru_cache(maxsize=1024)
def _within(day: date, slot: int) -> bytes:
    return f"{day}:{slot}".encode()

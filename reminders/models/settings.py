"""How a patient wants to be reminded, all reminders together."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from journal.accounts.models import OfPatientQuerySet, Patient

# Exercise, a tip, the journal and one more: what a day bears. Four and not fewer, because the programme with
# which everybody starts can bring three on one day.
A_DAY = 4
MOST_A_DAY = 20
# A pause that was forgotten ends by itself: medicine reminders are silent in it too.
LONGEST_PAUSE_DAYS = 90


class ReminderSettings(models.Model):
    """No row: nothing was set."""

    class Why(models.TextChoices):
        HOLIDAY = "holiday", "Holiday"
        HOSPITAL = "hospital", "Hospital"
        OTHER = "other", "Other"

    patient = models.OneToOneField(
        Patient, on_delete=models.PROTECT, primary_key=True, related_name="reminder_settings"
    )
    a_day = models.PositiveSmallIntegerField(default=A_DAY, help_text="So many turns ring on one local day.")
    paused_from = models.DateField(null=True, help_text="First local day without reminders.")
    paused_until = models.DateField(null=True, help_text="Last one.")
    pause_reason = models.CharField(max_length=10, choices=Why.choices, blank=True)

    objects = OfPatientQuerySet["ReminderSettings"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(a_day__gte=1, a_day__lte=20), name="reminder_settings_1_to_20_a_day"
            ),
            models.CheckConstraint(
                condition=Q(paused_from=None, paused_until=None, pause_reason="")
                | Q(paused_from__isnull=False, paused_until__gte=F("paused_from"))
                & Q(pause_reason__in=["holiday", "hospital", "other"]),
                name="reminder_settings_pause_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"At most {self.a_day} a day"

    def paused_on(self, day: date) -> bool:
        """Whether a local day lies in the pause."""
        if self.paused_from is None or self.paused_until is None:
            return False
        return self.paused_from <= day <= self.paused_until

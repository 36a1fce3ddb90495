"""When a clinic works."""

from django.db import models

from journal.accounts.models.clinics import Clinic, OfClinicQuerySet


class ClinicHours(models.Model):
    """One weekday's opening and closing time, in the clinic's zone. No row: closed on that weekday."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    objects = OfClinicQuerySet["ClinicHours"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "weekday"], name="clinic_hours_once_per_weekday"),
            models.CheckConstraint(
                condition=models.Q(weekday__range=(0, 6)), name="clinic_hours_weekday_known"
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="clinic_hours_close_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class ClinicHoliday(models.Model):
    """A local day on which the clinic is closed whatever its weekday."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="holidays", db_index=False)
    day = models.DateField()
    name = models.CharField(max_length=80, blank=True)

    objects = OfClinicQuerySet["ClinicHoliday"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "day"], name="clinic_holiday_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()

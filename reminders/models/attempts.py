"""The log of a delivery: each try over the network, and what came of it."""

from django.db import models

from reminders.models.deliveries import Delivery

# A recipient that is gone is tried every five minutes while a flag is open: these are enough to see why.
KEPT = 20


class Attempt(models.Model):
    """One try. The latest twenty of a delivery are kept."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    code = models.CharField(max_length=60, blank=True, help_text="Empty: it went out. No text of anybody's.")

    class Meta:
        ordering = ["number", "at"]

    def __str__(self) -> str:
        return f"{self.number}: {self.code or 'went out'}"

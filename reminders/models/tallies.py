"""How many messages had which outcome, for monitoring."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F


class TallyQuerySet(models.QuerySet["Tally"]):
    """Counters that only grow."""

    def add(self, counted: Mapping[tuple[str, str], int]) -> None:
        """One short statement a line, in one order, so that no two rounds wait for each other in a circle."""
        for (channel, outcome), count in sorted(counted.items()):
            self.bulk_create([Tally(channel=channel, outcome=outcome, count=0)], ignore_conflicts=True)
            self.filter(channel=channel, outcome=outcome).update(count=F("count") + count)


class Tally(models.Model):
    """One channel and outcome. Counting rows of deliveries would cost more each month."""

    channel = models.CharField(max_length=12)
    outcome = models.CharField(max_length=10)
    count = models.BigIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["channel", "outcome"], name="tally_once_per_channel_and_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.outcome}: {self.count}"

"""What the zone rules said when future moments were last worked out."""

from django.db import models


class ZoneRules(models.Model):
    """One zone; another digest means that its reminders' next moments have to be worked out anew."""

    zone = models.CharField(primary_key=True, max_length=64)
    digest = models.CharField(max_length=64)
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.zone

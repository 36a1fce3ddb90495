"""The heartbeat of the dispatchers."""

from django.db import models


class Round(models.Model):
    """When a tick last came to its end, on whichever machine."""

    tick = models.CharField(primary_key=True, max_length=20)
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.tick

"""Phones and browsers on which a person has signed in before."""

from django.db import models

from journal.accounts.models.users import User


class KnownDevice(models.Model):
    """Opens nothing by itself: it only tells the right person from a stranger while somebody guesses."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices", db_index=False)
    token_hash = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token_hash"], name="known_device_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"Device of {self.user_id}"

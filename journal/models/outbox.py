"""News that others must hear, written in the transaction that made it."""

from django.db import models

from journal.accounts.models import Patient


class OutboxEvent(models.Model):
    """Ids only: whoever tells the news fetches what may be said at the moment of saying it."""

    class Kind(models.TextChoices):
        FLAG_OPENED = "flag.opened"
        FLAG_REOPENED = "flag.reopened"
        FLAG_ACKNOWLEDGED = "flag.acknowledged"
        FLAG_RESOLVED = "flag.resolved"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(relayed_at=None)),
        ]

    def __str__(self) -> str:
        return self.kind

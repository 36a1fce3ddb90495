"""News that others must hear, written in the transaction that made it."""

from typing import Self

from django.db import models

from journal.accounts.models import Patient


class OutboxQuerySet(models.QuerySet["OutboxEvent"]):
    """What still waits for somebody."""

    def of_flags(self) -> Self:
        """News of flags and messages, for people."""
        return self.filter(relayed_at=None).exclude(kind=OutboxEvent.Kind.PLAN_CHANGED)

    def of_plans(self) -> Self:
        """Changes of plan or facts, for the reminders that follow from them."""
        return self.filter(relayed_at=None, kind=OutboxEvent.Kind.PLAN_CHANGED)


class OutboxEvent(models.Model):
    """Ids only: whoever tells the news fetches what may be said at the moment of saying it."""

    class Kind(models.TextChoices):
        FLAG_OPENED = "flag.opened"
        FLAG_REOPENED = "flag.reopened"
        FLAG_ACKNOWLEDGED = "flag.acknowledged"
        FLAG_RESOLVED = "flag.resolved"
        PLAN_CHANGED = "plan.changed"
        MESSAGE_SENT = "message.sent"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(relayed_at=None)),
        ]

    def __str__(self) -> str:
        return self.kind

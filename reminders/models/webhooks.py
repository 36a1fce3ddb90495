"""A clinic's own endpoint for news of flags."""

import uuid
from typing import Self

from django.db import models

from journal.accounts.models import Clinic, OfStaffQuerySet
from journal.accounts.sealed import opened


class WebhookQuerySet(OfStaffQuerySet["Webhook"]):
    """Endpoints, in use or removed."""

    def present(self) -> Self:
        return self.filter(removed_at=None)


class Webhook(models.Model):
    """Where, and the secret that signs. Removed ones stay for the list of deliveries, without the secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(max_length=500)
    sealed_secret = models.TextField(editable=False)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "url"],
                condition=models.Q(removed_at__isnull=True),
                name="webhook_once_per_clinic_and_url",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) & ~models.Q(sealed_secret="")
                | models.Q(removed_at__isnull=False, sealed_secret=""),
                name="webhook_removed_keeps_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        return opened(self.sealed_secret)

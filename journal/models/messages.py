"""Messages of the clinic to a patient: a template's code, never a typed text."""

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from journal.accounts.models import Patient, User


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))


class Message(models.Model):
    """One message; only that it was read is added later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages", db_index=False)
    template = models.CharField(max_length=40, help_text="A code of journal.content.messages.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, help_text="When the patient confirmed having read it.")
    revision = models.BigIntegerField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_at=None) | models.Q(read_at__gte=models.F("at")),
                name="message_read_after_sent",
            ),
        ]
        indexes = [models.Index(fields=["patient", "at"], name="message_patient")]

    def __str__(self) -> str:
        return self.template

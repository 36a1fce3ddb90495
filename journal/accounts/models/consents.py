"""What a patient agreed to, and when."""

from django.db import models

from journal.accounts.models.patients import OfPatientQuerySet, Patient


class Consent(models.Model):
    """One agreement to one version of the text for one purpose; only its withdrawal is added later."""

    class Purpose(models.TextChoices):
        JOURNAL = "journal", "The journal"
        REMINDERS = "reminders", "Reminders"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.JOURNAL)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = OfPatientQuerySet["Consent"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "purpose", "version"],
                condition=models.Q(withdrawn_at=None),
                name="consent_once_until_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.purpose} {self.version}"

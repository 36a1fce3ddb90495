"""What a patient agreed to, and when."""

from django.db import models

from journal.accounts.models.patients import Patient


class Consent(models.Model):
    """One agreement to one version of the text; never edited."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Consent {self.version}"

"""One message to one person over one channel: who is told what, and whether it went out."""

from django.db import models

from journal.accounts.models import Patient, User

# What is told of a clinic as a whole: its morning's digest, and that an operator looked in.
OF_A_CLINIC = ["flag.digest", "glass.broken"]


class Delivery(models.Model):
    """Ids only, no text: what may be said is fetched at the moment of sending.

    `key` is unique and travels with the message, so a repeat after a crash is recognised as one.
    """

    class Topic(models.TextChoices):
        FLAG = "flag", "Flag"
        REMINDER = "reminder", "Reminder"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "No longer needed"
        EXPIRED = "expired", "Expired"
        REFUSED = "refused", "Refused for good"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # some are of a clinic
    topic = models.CharField(max_length=8, choices=Topic.choices)
    kind = models.CharField(max_length=40, help_text="What happened, such as flag.opened.")
    subject_id = models.UUIDField(help_text="The flag, the digest, the broken glass or the occurrence.")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=12)
    key = models.CharField(max_length=160)
    due_at = models.DateTimeField()
    wanted_since = models.DateTimeField(
        null=True, help_text="Since when news of a flag should be out; trying again moves due_at, not this."
    )
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True, help_text="Class of the error or code; no text.")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["patient", "key"], name="delivery_once_per_key"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(patient=None), name="delivery_of_a_digest_once_per_key"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=OF_A_CLINIC, patient__isnull=True)
                | ~models.Q(kind__in=OF_A_CLINIC) & models.Q(patient__isnull=False),
                name="delivery_of_a_clinic_has_no_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | ~models.Q(state="sent") & models.Q(sent_at__isnull=True),
                name="delivery_sent_when",
            ),
            # News of a flag waits until it is sent or no longer needed; it never counts as undeliverable.
            models.CheckConstraint(
                condition=models.Q(
                    topic="flag", state__in=["waiting", "sent", "dropped"], expires_at__isnull=True
                )
                | models.Q(topic="reminder", expires_at__isnull=False),
                name="delivery_of_a_flag_never_gives_up",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "dropped", "expired", "refused"]),
                name="delivery_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["topic", "due_at"], name="delivery_waiting", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"

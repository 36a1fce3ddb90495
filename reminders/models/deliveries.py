"""One message over one channel to one person, phone or endpoint: who is told what, and what came of it."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from journal.accounts.models import Clinic, Patient, User
from reminders.models.devices import Device
from reminders.models.webhooks import Webhook

# A clinic's endpoint that is down over a weekend and a holiday still hears of all.
WEBHOOK_KEPT = timedelta(days=5)
# News of a flag that went with its patient: its subject is not to be found any more.
DEPARTURE = "patient.left"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        """Those about patients whom the person may see, and the digests of the person's clinic."""
        clinics = Clinic.objects.filter(clinicians__user=person.pk)
        digest = Q(patient=None, to__clinician__clinic__in=clinics)
        return self.filter(Q(patient__in=Patient.objects.visible_to(person)) | digest)

    def answered(self, *, patient: Patient, subject: UUID, at: datetime, snoozed: bool) -> None:
        """The patient did something with what these were about, as far as it is out or under way."""
        out = Q(state="sent") | Q(state="waiting", lease_until__isnull=False)
        told = self.filter(out, patient=patient, subject_id=subject)
        if snoozed:
            told.filter(due_at__lte=at, snoozed_at=None).update(snoozed_at=at)
        else:
            told.filter(acted_at=None).update(acted_at=at)


# What is told of a clinic as a whole: its morning's digest, and that an operator looked in.
OF_A_CLINIC = ["flag.digest", "glass.broken"]


class Delivery(models.Model):
    """Ids only, no text: what may be said is fetched at the moment of sending.

    `key` is unique and travels with the message, so a repeat after a crash is recognised as one.
    """

    class Topic(models.TextChoices):
        FLAG = "flag", "Flag"
        REMINDER = "reminder", "Reminder"
        WEBHOOK = "webhook", "Webhook"

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
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # an endpoint is told, no person
    channel = models.CharField(max_length=12)
    device = models.ForeignKey(
        Device,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Of a push: chosen when it is first taken in hand.",
    )
    lane = models.CharField(
        max_length=270, blank=True, help_text="Who may hold up whom; empty: the channel and the person."
    )
    key = models.CharField(max_length=160)
    due_at = models.DateTimeField()
    wanted_since = models.DateTimeField(
        null=True, help_text="Since when it should be out; trying again moves due_at, not this."
    )
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True, help_text="Class of the error or code; no text.")
    sent_at = models.DateTimeField(null=True)
    # Receipts beyond "sent": what the app, or the patient in it, told us.
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True, help_text="Done or skipped.")
    snoozed_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

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
                | models.Q(topic__in=["reminder", "webhook"], expires_at__isnull=False),
                name="delivery_of_a_flag_never_gives_up",
            ),
            models.CheckConstraint(
                condition=models.Q(topic="webhook", channel="webhook", webhook__isnull=False, to__isnull=True)
                | ~models.Q(topic="webhook") & models.Q(webhook__isnull=True, to__isnull=False),
                name="delivery_to_a_person_or_an_endpoint",
            ),
            models.CheckConstraint(
                condition=models.Q(device__isnull=True) | models.Q(channel="push"),
                name="delivery_device_of_a_push",
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
            # What travels must be found beside a hundred thousand turns that only lie in inboxes.
            models.Index(
                fields=["topic", "due_at"],
                name="delivery_to_send",
                condition=models.Q(state="waiting") & ~models.Q(channel="inbox"),
            ),
            models.Index(fields=["patient", "subject_id"], name="delivery_about"),
            # The newest of a clinic's patients, for the desk.
            models.Index(fields=["patient", "due_at"], name="delivery_patient_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"

    @property
    def recipient(self) -> User:
        """The person; endpoints have none."""
        if self.to is None:
            raise ValueError("an endpoint is no person")
        return self.to

    @property
    def zone(self) -> ZoneInfo:
        """In which it is read: the patient's of what goes to the patient, the clinic's of all else."""
        patient = self.patient
        if patient and self.to_id and self.to_id == patient.user_id:
            place: Patient | Clinic = patient
        else:
            place = patient.clinic if patient else self.recipient.clinician.clinic
        zone: ZoneInfo = place.timezone
        return zone

    @property
    def way(self) -> str:
        """What it would hold up if nobody answered: the same words as in the claim."""
        return self.lane or f"{self.channel}:{self.to_id}"

    @property
    def over(self) -> str:
        """The channel as people count them: which kind of push."""
        return self.device.kind if self.device else self.channel

    @property
    def receipt(self) -> str:
        """How far it is known to have come, in one word."""
        for moment, word in (
            (self.acted_at, "acted"),
            (self.snoozed_at, "snoozed"),
            (self.opened_at, "opened"),
            (self.delivered_at, "delivered"),
        ):
            if moment:
                return word
        return RECEIPTS[Delivery.State(self.state)]


RECEIPTS = {
    Delivery.State.WAITING: "queued",
    Delivery.State.SENT: "sent",
    Delivery.State.DROPPED: "not needed",
    Delivery.State.EXPIRED: "expired",
    Delivery.State.REFUSED: "failed",
}

"""A phone that can be pushed to."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import models
from django.utils.crypto import constant_time_compare

from journal.accounts.models import OfPatientQuerySet, Patient, User
from journal.accounts.sealed import InvalidToken, opened


def fingerprint(text: str) -> str:
    """To find a token or a session again. Both are long and random, so a plain hash gives nothing away."""
    return hashlib.sha256(text.encode()).hexdigest()


class DeviceQuerySet(OfPatientQuerySet["Device"]):
    """Devices, in use or removed."""

    def present(self) -> Self:
        return self.filter(removed_at=None)

    def remove(self, *, at: datetime, reason: str) -> int:
        """The row stays for the list of deliveries, without the token; the number of rows."""
        return self.present().update(
            removed_at=at,
            removed_because=reason[:40],
            sealed_token="",
            sealed_session="",
        )


class Device(models.Model):
    """One push token of one app that is signed in. It lives as long as that session."""

    class Kind(models.TextChoices):
        FCM = "fcm", "FCM"
        WEBPUSH = "webpush", "Web Push"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    label = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, editable=False)
    sealed_token = models.TextField(editable=False)
    host = models.CharField(max_length=255, help_text="The push service: which queue its messages wait in.")
    session_hash = models.CharField(max_length=64, editable=False)
    sealed_session = models.TextField(editable=False)
    registered_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When the app last said that this is its token.")
    removed_at = models.DateTimeField(null=True)
    removed_because = models.CharField(max_length=40, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=models.Q(removed_at__isnull=True),
                name="device_one_person_per_token",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["fcm", "webpush"]), name="device_kind_known"),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True)
                & ~models.Q(sealed_token="")
                & ~models.Q(sealed_session="")
                | models.Q(removed_at__isnull=False, sealed_token="", sealed_session=""),
                name="device_removed_keeps_no_token",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient"], name="device_of_patient", condition=models.Q(removed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()

    @property
    def token(self) -> str:
        return opened(self.sealed_token)


def signed_in(devices: Iterable[Device], users: dict[int, User]) -> set[uuid.UUID]:
    """Ids of the devices whose session still opens the account: not ended, not expired, and not older than
    the password. `users` by the id of their patient."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return {
        device.pk
        for device in devices
        if (key := _session_key(device)) and _opens(store(key).load(), users[device.patient_id])
    }


def _session_key(device: Device) -> str | None:
    """None when it was sealed with a secret that no longer counts: such a device signs in again."""
    try:
        return opened(device.sealed_session)
    except InvalidToken:
        return None


def _opens(said: Mapping[str, Any], user: User) -> bool:
    same = constant_time_compare(str(said.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())
    return user.is_active and said.get(SESSION_KEY) == str(user.pk) and same

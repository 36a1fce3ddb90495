"""An entry with its pains and nerve symptoms as child rows; a flag as a plain row."""

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """What the patient says."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entries")
    client_id = models.UUIDField(unique=True)
    recorded_at = models.DateTimeField()
    timezone = models.CharField(max_length=64)
    can_bear_weight = models.BooleanField(null=True)
    sleep = models.PositiveSmallIntegerField(null=True)
    mood = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        app_label = "naive"

    def __str__(self) -> str:
        return str(self.client_id)


class Pain(models.Model):
    """One pain of an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="pains")
    site = models.CharField(max_length=40)
    side = models.CharField(max_length=10)
    severity = models.PositiveSmallIntegerField()
    onset = models.CharField(max_length=20, blank=True)
    quality = models.JSONField(default=list)
    worse_with = models.JSONField(default=list)

    class Meta:
        app_label = "naive"

    def __str__(self) -> str:
        return self.site


class Nerve(models.Model):
    """One nerve symptom of an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="neuro")
    symptom = models.CharField(max_length=40)
    site = models.CharField(max_length=40)
    side = models.CharField(max_length=10)
    versus_usual = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "naive"

    def __str__(self) -> str:
        return self.symptom


class Flag(models.Model):
    """One red flag."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="flags")
    pattern = models.CharField(max_length=40)
    urgency = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    day = models.DateField()
    raised_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    why = models.TextField()
    advice = models.TextField()
    entry_ids = models.JSONField(default=list)

    class Meta:
        app_label = "naive"
        ordering = ["-raised_at"]

    def __str__(self) -> str:
        return self.pattern

"""Red flags: derived from the history, then owned by people."""

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, IntegerField, Value, When

from journal.accounts.models import Clinician, Patient, User
from journal.content.rule import Urgency


class FlagQuerySet(models.QuerySet["Flag"]):
    """Flags, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def open(self) -> Self:
        """Flags that nobody has looked at yet."""
        return self.filter(status=Flag.Status.OPEN)

    def unresolved(self) -> Self:
        """Flags that still ask for something: open or acknowledged."""
        return self.filter(status__in=[Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED])

    def holding_exercise(self) -> Self:
        """Unresolved flags whose rule holds the patient's exercise."""
        return self.unresolved().filter(holds_exercise=True, hold_lifted_at=None)

    def by_urgency(self) -> Self:
        """Most urgent first, then the one that is due first."""
        rank = Case(
            *(When(urgency=urgency.value, then=Value(place)) for place, urgency in enumerate(Urgency)),
            output_field=IntegerField(),
        )
        return self.annotate(urgency_rank=rank).order_by("urgency_rank", "due_at", "id")


class Flag(models.Model):
    """One firing of one pattern on one clinical local day; joined reports are added to it."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        RESOLVED = "resolved", "Resolved"
        SUPERSEDED = "superseded", "Superseded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="flags", db_index=False)
    pattern = models.CharField(max_length=40)
    rule_version = models.PositiveIntegerField()
    urgency = models.CharField(max_length=20, choices=[(urgency.value, urgency.value) for urgency in Urgency])
    holds_exercise = models.BooleanField(default=False)
    day = models.DateField(help_text="The clinical local day on which the condition held.")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    supported = models.BooleanField(default=True, help_text="Whether the facts as now known still raise it.")
    superseded_reason = models.CharField(max_length=200, blank=True)

    met = models.JSONField(help_text="Local days on which the pattern was met, by key (region).")
    last_met = models.DateField()
    evidence = models.JSONField(help_text="Client ids of the entries seen, by local day.")
    covered = models.JSONField(default=dict, help_text="Patterns shown under this flag, with their days.")
    arms = models.JSONField(default=list, help_text="The lettered alternatives of the card that were true.")
    numbers = models.JSONField(default=dict, help_text="Baseline, severity, days: what the rule compared.")
    why = models.TextField(help_text="For the patient, in English.")
    why_params = models.JSONField(
        default=list, help_text="The same as templates of the rule and their values, for other languages."
    )
    why_clinician = models.TextField()

    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    owner = models.ForeignKey(Clinician, on_delete=models.SET_NULL, null=True, related_name="flags")
    seen_at = models.DateTimeField(null=True, help_text="When the patient confirmed having read the advice.")
    hold_lifted_at = models.DateTimeField(null=True)
    revision = models.BigIntegerField()

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "pattern", "day"], name="flag_once_per_pattern_and_day"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "acknowledged", "resolved", "superseded"]),
                name="flag_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="superseded") | models.Q(supported=False),
                name="flag_superseded_is_unsupported",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status"], name="flag_patient_status"),
            models.Index(fields=["patient", "revision"], name="flag_patient_revision"),
            models.Index(
                fields=["urgency", "due_at"],
                name="flag_queue",
                condition=models.Q(status__in=["open", "acknowledged"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} of {self.day}"

    @property
    def entry_ids(self) -> list[str]:
        """Client ids of all entries that were evidence, in the order of the days on which they were."""
        return list(dict.fromkeys(entry for day in sorted(self.evidence) for entry in self.evidence[day]))

    @property
    def days_met(self) -> list[str]:
        """Local days on which the pattern was met, for any key."""
        return sorted({day for days in self.met.values() for day in days})


class FlagAction(models.Model):
    """What a person did with a flag, on which local day of the patient; never edited."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", "Acknowledged"
        RESOLVE = "resolve", "Resolved"
        LIFT_HOLD = "lift-hold", "Exercise hold lifted"
        NOTE = "note", "Note"
        ASSIGN = "assign", "Assigned"

    class Outcome(models.TextChoices):
        CONTACTED = "contacted", "Patient contacted"
        REFERRED = "referred", "Referred"
        EMERGENCY_CARE = "emergency-care", "Sent to emergency care"
        FALSE_ALARM = "false-alarm", "False alarm"
        KNOWN = "known", "Known problem"

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    to = models.ForeignKey(
        Clinician, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who deals with it now."
    )
    useful = models.BooleanField(null=True, help_text="Whether the flag was worth it, to who resolved it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flag"], condition=models.Q(kind="resolve"), name="flag_resolved_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="resolve") | (~models.Q(outcome="") & ~models.Q(note="")),
                name="flag_resolved_with_outcome_and_note",
            ),
            models.CheckConstraint(
                condition=models.Q(useful__isnull=True) | models.Q(kind="resolve"),
                name="flag_useful_is_said_when_resolved",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="assign", to__isnull=False)
                | (~models.Q(kind="assign") & models.Q(to__isnull=True)),
                name="flag_assigned_to_somebody",
            ),
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()

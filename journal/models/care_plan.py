"""What is planned for a patient: each item a row that is stopped on a day; what it said before is kept."""

import uuid
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext

from journal.accounts.models import OfPatientQuerySet, Patient, User
from journal.content import plan


@lru_cache(maxsize=2048)
def words_in(words: str, language: str, *, capital: bool = False) -> str:
    """English words of the plan in that language; what the catalogue does not know stays as it is."""
    with translation.override(language):
        said = gettext(words)
    return said[:1].upper() + said[1:] if capital else said


class CareItemQuerySet(models.QuerySet["CareItem"]):
    """Items, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def current(self, day: date) -> Self:
        """Items that hold on that day or begin later: neither stopped by then nor over."""
        return self.filter(
            Q(ends__isnull=True) | Q(ends__gte=day), Q(stopped_on__isnull=True) | Q(stopped_on__gt=day)
        )


class Wording(models.Model):
    """What may be said anew of an item, and who said it so. `ends` is the planned last day."""

    text = models.CharField(max_length=1000, blank=True, help_text="For the patient.")
    library_id = models.CharField(max_length=20, blank=True)
    dose = models.CharField(max_length=200, blank=True, help_text="How much and how often, in words.")
    rrule = models.CharField(max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    hours_a_day = models.PositiveSmallIntegerField(null=True)
    ends = models.DateField(null=True)
    review_on = models.DateField(null=True)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True


class CareItem(Wording):
    """One item, as it holds now. `stopped_on` is the first day on which it no longer does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_items")
    kind = models.CharField(max_length=20, choices=[(kind.kind, kind.label) for kind in plan.KINDS.values()])
    code = models.CharField(max_length=40)
    starts = models.DateField()
    stopped_on = models.DateField(null=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=400, blank=True)
    revision = models.BigIntegerField()

    objects = CareItemQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "starts", "at", "id"]
        indexes = [
            models.Index(fields=["patient", "kind"], name="care_item_patient_kind"),
            models.Index(fields=["patient", "revision"], name="care_item_patient_revision"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(plan.KINDS)), name="care_item_kind_known"),
            models.CheckConstraint(condition=~Q(code=""), name="care_item_has_a_code"),
            models.CheckConstraint(
                condition=Q(tags__contained_by=list(plan.TAGS)), name="care_item_tags_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="exercise")
                | Q(kind="medicine", tags=[], library_id="", dose="")
                | Q(tags=[], library_id="", dose="", rrule=""),
                name="care_item_exercise_alone_has_tags_and_dose",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["brace", "rest"]) | Q(ends__isnull=False),
                name="care_item_brace_and_rest_end",
            ),
            models.CheckConstraint(
                condition=~Q(kind="rest") | Q(ends__lte=F("starts") + timedelta(days=plan.REST_AT_MOST)),
                name="care_item_rest_is_short",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["goal", "task"]) | Q(review_on__isnull=False),
                name="care_item_goal_and_task_have_a_day",
            ),
            models.CheckConstraint(
                condition=Q(hours_a_day__isnull=True)
                | (Q(kind="brace") & Q(hours_a_day__gte=1, hours_a_day__lte=24)),
                name="care_item_hours_of_a_brace",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="care_item_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(review_on__isnull=True) | Q(review_on__gte=F("starts")),
                name="care_item_review_after_its_start",
            ),
            models.CheckConstraint(
                condition=(
                    Q(stopped_on=None, stopped_by=None, stopped_at=None, stop_reason="")
                    | Q(stopped_on__isnull=False, stopped_by__isnull=False, stopped_at__isnull=False)
                    & ~Q(stop_reason="")
                ),
                name="care_item_stopped_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return plan.label(self.kind, self.code)

    def title(self, language: str) -> str:
        """What it is, as a heading for the patient who reads that language."""
        return words_in(plan.heading(self.kind, self.code), language, capital=True)

    def named(self, language: str) -> str:
        """The same where the clinic's words don't stand beside it: `other exercise` says nothing."""
        return self.text.strip().partition("\n")[0][:120] if self.code == "other" else self.title(language)

    @property
    def explained_by(self) -> str:
        """The library text that goes with it: the one chosen, or that of its code; empty when none does."""
        code = plan.CODES.get((self.kind, self.code))
        return self.library_id or (code.library if code else "")

    def holds_on(self, day: date) -> bool:
        """Whether the item is in force that day."""
        began = self.starts <= day and (self.ends is None or day <= self.ends)
        return began and (self.stopped_on is None or day < self.stopped_on)


class CareItemVersion(Wording):
    """What an item said until it was changed at `replaced_at`; never rewritten."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(CareItem, on_delete=models.PROTECT, related_name="versions", db_index=False)
    replaced_at = models.DateTimeField()
    why = models.CharField(max_length=400, blank=True, help_text="Why it was changed.")

    objects = OfPatientQuerySet["CareItemVersion"].as_manager()

    class Meta:
        ordering = ["item", "version"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "item", "version"], name="care_item_version_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


__all__ = ["CareItem", "CareItemQuerySet", "CareItemVersion"]

"""What clinicians know of a patient: each statement a row, a correction a new row, never rewritten."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from journal.accounts.models import Patient, User
from journal.content import facts
from journal.models.withdrawals import Withdrawal, with_reason


class FactQuerySet(models.QuerySet["Fact"]):
    """Facts, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def standing(self) -> Self:
        """Facts that hold: neither withdrawn nor corrected by one that holds."""
        corrected = Fact.objects.filter(replaces=OuterRef("pk"), withdrawal=None)
        return self.filter(~Exists(corrected), withdrawal=None)


def _kinds(*kinds: str) -> Q:
    return Q(kind__in=kinds)


class Fact(models.Model):
    """One statement. `by` is null for what the clinic said when it invited the patient."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=[(kind.kind, kind.label) for kind in facts.KINDS.values()])
    code = models.CharField(max_length=40)
    side = models.CharField(
        max_length=5, choices=[("left", "left"), ("right", "right"), ("both", "both sides")], blank=True
    )
    since = models.DateField(null=True, help_text="First day, or the day of an event; null: not known.")
    until = models.DateField(null=True, help_text="Last day; null: it goes on.")
    number = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    fragility = models.BooleanField(null=True, help_text="Whether a fracture came from little force.")
    course_months = models.PositiveSmallIntegerField(null=True, help_text="Planned length of a course.")
    text = models.CharField(max_length=400, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    revision = models.BigIntegerField()

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["patient", "kind"], name="fact_patient_kind")]
        constraints = [
            models.CheckConstraint(condition=_kinds(*facts.KINDS), name="fact_kind_known"),
            models.CheckConstraint(condition=~Q(code=""), name="fact_has_a_code"),
            models.CheckConstraint(
                condition=Q(side__in=["", "left", "right", "both"]), name="fact_side_known"
            ),
            models.CheckConstraint(
                condition=~_kinds("born", "injection", "t_score", "steroid_exposure", "next_scan")
                | Q(since__isnull=False),
                name="fact_event_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | _kinds("history", "diagnosis", "medicine"),
                name="fact_event_has_no_end",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="fact_stops_after_its_start",
            ),
            models.CheckConstraint(
                condition=(_kinds("t_score") & Q(number__isnull=False, number__gte=-9, number__lte=9))
                | (_kinds("peak_height") & Q(number__isnull=False, number__gte=100, number__lte=230))
                | (~_kinds("t_score", "peak_height") & Q(number__isnull=True)),
                name="fact_number_in_range",
            ),
            models.CheckConstraint(
                condition=Q(fragility__isnull=True) | _kinds("fracture"), name="fact_fragility_of_a_fracture"
            ),
            models.CheckConstraint(
                condition=Q(course_months__isnull=True)
                | (_kinds("medicine") & Q(course_months__gte=1, course_months__lte=120)),
                name="fact_course_of_a_medicine",
            ),
        ]

    def __str__(self) -> str:
        return facts.label(self.kind, self.code)

    @property
    def stated(self) -> facts.Stated:
        """The statement without who made it."""
        return facts.Stated(
            kind=self.kind,
            code=self.code,
            side=self.side,
            since=self.since,
            until=self.until,
            number=self.number,
            fragility=self.fragility,
            course_months=self.course_months,
            text=self.text,
        )


class FactWithdrawal(Withdrawal):
    """A fact that does not hold."""

    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, related_name="withdrawal")

    class Meta:
        constraints = [with_reason("fact")]


__all__ = ["Fact", "FactQuerySet", "FactWithdrawal"]

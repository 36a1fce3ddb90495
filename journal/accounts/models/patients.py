"""A patient of one clinic, with the facts that rules need."""

from collections.abc import Mapping
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext
from timezone_field import TimeZoneField

from journal.accounts.models.clinics import Clinic, Clinician
from journal.accounts.models.glass import BrokenGlass
from journal.accounts.models.users import User
from journal.accounts.models.viewers import Row
from journal.rows import by_sql


class PatientQuerySet(models.QuerySet["Patient"]):
    """Patient data is reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The person's own record, or the patients of the clinic that a member of staff works in, or that
        an operator has broken the glass of; nothing for anybody else.
        """
        if person.is_anonymous or not person.is_active:
            return self.none()
        return self.filter(_reach_of(person), erased_at=None)

    def by_sql(self, query: str, values: Mapping[str, Any]) -> "tuple[Patient, tuple[Any, ...]] | None":
        """The patient of the only row of a statement, and what the row holds beside; None without a row.

        `{columns}` in it stands for the columns of `patient`, and comes first.
        """
        found = by_sql(Patient, query, values)
        return found[0] if found else None


def _reach_of(person: User) -> models.Q:
    """As numbers where they are known: by a number an index finds the clinic's patients, by a query in the
    condition each patient of the country is asked in turn.
    """
    reach = models.Q(user=person.pk)
    works = getattr(person, "clinician", None) if person.is_staff else None
    if works is not None:
        reach |= models.Q(clinic=works.clinic_id)
    if person.is_staff and person.is_superuser:
        reach |= models.Q(clinic__in=BrokenGlass.objects.open_for(person).values("clinic"))
    return reach


class OfPatientQuerySet(models.QuerySet[Row]):
    """What belongs to one patient: seen by whoever sees the patient."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))


class Patient(models.Model):
    """`revision` grows under this row's lock and orders all that is written about the patient."""

    class Sex(models.TextChoices):
        FEMALE = "F", "female"
        MALE = "M", "male"
        UNKNOWN = "", "not stated"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="patient", null=True, blank=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    physiotherapist = models.ForeignKey(
        Clinician, on_delete=models.SET_NULL, related_name="caseload", null=True, blank=True
    )
    name = models.CharField(max_length=120, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    born = models.DateField("date of birth", null=True, blank=True)
    history = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    history_dates = models.JSONField(
        default=dict, blank=True, help_text="First and last days of codes that apply for some time only."
    )
    peak_height_cm = models.DecimalField(
        "tallest adult height, cm", max_digits=4, decimal_places=1, null=True, blank=True
    )
    timezone = TimeZoneField(default="UTC", use_pytz=False)
    language = models.CharField(max_length=8, default="en")
    revision = models.BigIntegerField(default=0)
    enrolled_at = models.DateTimeField()
    erased_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Since when this is a number that the trail points to, and no more.",
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(revision__gte=0), name="patient_revision_grows"),
            models.CheckConstraint(
                condition=models.Q(peak_height_cm__isnull=True)
                | models.Q(peak_height_cm__gte=100, peak_height_cm__lte=230),
                name="patient_peak_height_100_to_230_cm",
            ),
        ]

    def __str__(self) -> str:
        known = self.name or (self.user.email if self.user else "")
        return known or gettext("Patient %(number)s") % {"number": self.pk}

"""The caseload as a tutorial writes it: a ModelAdmin whose columns are methods that ask the database.

Same theme, same rows, no row policies (it asks as the owner), no trail: what it leaves out costs it nothing.
"""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from journal.accounts.models import Patient
from journal.models import Entry, Flag

OWNER = "owner"


class DefaultStyle(ModelAdmin):  # type: ignore[misc]
    """100 rows a page, which is Django's default, and a full count, which is too."""

    list_display = (
        *("name", "clinic", "physiotherapist", "last_entry", "entries_28_days", "worst_28_days"),
        *("days_28", "open_flags", "last_flag", "reminders"),
    )
    search_fields = ("name", "user__email")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        return Patient.objects.using(OWNER).all()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def recent(self, patient: Patient) -> QuerySet[Entry]:
        since = timezone.now().date() - timedelta(days=28)
        return patient.entries.filter(deleted_at=None, local_date__gt=since)

    def last_entry(self, patient: Patient) -> Any:
        return patient.entries.filter(deleted_at=None).aggregate(last=Max("local_date"))["last"]

    def entries_28_days(self, patient: Patient) -> int:
        return self.recent(patient).count()

    def worst_28_days(self, patient: Patient) -> Any:
        return self.recent(patient).aggregate(worst=Max("worst_severity"))["worst"]

    def days_28(self, patient: Patient) -> str:
        days = self.recent(patient).order_by("local_date")
        return ", ".join(str(worst) for _day, worst in days.values_list("local_date", "worst_severity"))

    def open_flags(self, patient: Patient) -> int:
        return patient.flags.filter(status__in=["open", "acknowledged"]).count()

    def last_flag(self, patient: Patient) -> Flag | None:
        return patient.flags.order_by("-raised_at").first()

    def reminders(self, patient: Patient) -> int:
        return patient.notes.count()


def page(request: HttpRequest) -> Any:
    """The first page, rendered."""
    return DefaultStyle(Patient, admin.site).changelist_view(request).render()

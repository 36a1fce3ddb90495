"""The clinic's patients."""

from datetime import date, datetime
from typing import Any

from django.contrib.admin import display
from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from journal.accounts.models import Patient
from journal.admin import care, export, moments, record, summary
from journal.admin.filters import CaseloadFilter
from journal.admin.fresh import fresh_sign_in_required
from journal.models import Entry, Flag


class PatientListDesk(care.CareDesk):
    """By name; who has not logged for long is seen at a glance."""

    page_template = "desk/patient.html"
    list_display = ("who", "age", "last_entry", "flags_open", "physio")
    list_display_links = None
    list_filter = (CaseloadFilter,)
    search_fields = ("name",)
    search_help_text = "Name"

    def patient_of(self, thing: Patient) -> Patient:
        return thing

    def scope(self, request: HttpRequest) -> QuerySet[Patient]:
        return (
            Patient.objects.visible_to(request.user)
            .select_related("user", "clinic", "physiotherapist__user")
            .annotate(last_day=Subquery(_last_day()), unresolved=Coalesce(Subquery(_unresolved()), 0))
            .order_by("name", "id")
        )

    @display(description="Patient")
    def who(self, patient: Patient) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[patient.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, patient)

    @display(description="Age")
    def age(self, patient: Patient) -> str:
        return moments.age(patient.born, today_of(patient))

    @display(description="Last entry")
    def last_entry(self, patient: Patient) -> SafeString:
        last: date | None = patient.last_day  # type: ignore[attr-defined]
        if last is None:
            return format_html('<span class="desk-remark">{}</span>', "nothing logged yet")
        return format_html(
            '{}<div class="desk-small">{}</div>', moments.day(last), _ago(last, today_of(patient))
        )

    @display(description="Unresolved flags")
    def flags_open(self, patient: Patient) -> str:
        count: int = patient.unresolved  # type: ignore[attr-defined]
        return str(count) if count else "none"

    @display(description="Physiotherapist")
    def physio(self, patient: Patient) -> str:
        return str(patient.physiotherapist or "nobody")

    def page_context(self, request: HttpRequest, thing: Patient, as_of: datetime) -> dict[str, Any]:
        return record.context(request, thing, as_of)

    # --- papers ---

    def own_urls(self) -> list[URLPattern]:
        papers = {"summary": self.summary_view, "export": fresh_sign_in_required(self.export_view)}
        own = [
            path(
                f"<str:object_id>/{name}/",
                self.admin_site.admin_view(require_safe(view)),
                name=f"accounts_patient_{name}",
            )
            for name, view in papers.items()
        ]
        return [*own, *super().own_urls()]

    def summary_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One page for the visit, to be printed."""
        patient = self.look(request, object_id, how="print")
        return TemplateResponse(
            request, "desk/summary.html", summary.context(request, patient, moment_of(patient))
        )

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The one door through which entries leave as a file; that they did is in the trail of looks."""
        patient = self.look(request, object_id, how="export")
        return export.response(patient, record.period_of(request, patient, moment_of(patient)))

    def look(self, request: HttpRequest, object_id: str, *, how: str) -> Patient:
        """The patient, after the look was written down."""
        patient: Patient = self.shown(request, object_id)
        self.record(request, [patient], how=how)
        return patient


def _last_day() -> QuerySet[Any]:
    mine = Entry.objects.current().filter(patient=OuterRef("pk")).order_by().values("patient")
    return mine.annotate(last=Max("local_date")).values("last")


def _unresolved() -> QuerySet[Any]:
    mine = Flag.objects.unresolved().filter(patient=OuterRef("pk")).order_by().values("patient")
    return mine.annotate(count=Count("pk", output_field=IntegerField())).values("count")


def moment_of(patient: Patient) -> datetime:
    """When the page was asked for."""
    as_of: datetime = patient.as_of  # type: ignore[attr-defined]
    return as_of


def today_of(patient: Patient) -> date:
    """The patient's own day at the moment the page was asked for."""
    return moment_of(patient).astimezone(patient.timezone).date()


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"

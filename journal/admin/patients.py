"""The clinic's patients."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib.admin import display
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from journal.accounts.models import Patient
from journal.admin import addresses, chips, export, fresh, moments, plan, record, summary
from journal.admin.filters import CaseloadFilter, WaitingFilter
from journal.admin.lists import DeskList, DeskPaginator, asked_for, narrowing
from journal.admin.plots import sparkline
from journal.insight import caseload
from journal.models import Entry, Flag

TRENDS = {
    "more": gettext_lazy("More pain"),
    "less": gettext_lazy("Less pain"),
    "same": gettext_lazy("About the same"),
    "unknown": gettext_lazy("Too few days to say"),
}
COLUMNS = ("who", "weeks", "trend", "last_entry", "logged", "exercised", "flags_open", "physio")
SORTABLE = 5_000  # patients whose four weeks are read to sort them: half a second of the database's


class SomeSorted(DeskPaginator):
    """Sorts by what four weeks say when there are few enough to read them all; by name otherwise."""

    def narrowed(self, rows: QuerySet[Patient], needed: int) -> QuerySet[Patient]:
        return rows.order_by("name", "id") if too_many(rows, self.count) else rows


def too_many(rows: QuerySet[Patient], count: int) -> bool:
    reads = any(isinstance(one, caseload.KnownFirst) for one in rows.query.order_by)
    return reads and count > SORTABLE


class Caseload(DeskList):
    """A page of patients, with the last four weeks of each: one statement more, however many there are."""

    columns = (
        *("name", "born", "timezone", "user__email"),
        *(f"physiotherapist__user__{name}" for name in ("first_name", "last_name", "email")),
    )
    unsorted = 0  # how many may be sorted as was asked, when these are more

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.unsorted = SORTABLE if too_many(self.queryset, self.result_count) else 0
        found = caseload.glances({patient.pk: today_of(patient) for patient in self.result_list})
        for patient in self.result_list:
            patient.glance = found[patient.pk]


def _known_first(number: type[caseload.OfFourWeeks], *, descending: bool = False) -> caseload.KnownFirst:
    """The order that the first press on a column's head gives."""
    return caseload.KnownFirst(number("as_of"), descending=descending)


class PatientListDesk(plan.PlanDesk):
    """By name unless sorted otherwise; who has not logged for long is seen at a glance."""

    page_template = "desk/patient.html"
    list_display = COLUMNS
    paginator = SomeSorted
    views_say_all = True
    list_display_links = None
    list_filter = (CaseloadFilter, WaitingFilter)
    list_per_page = 100
    list_before_template = "desk/caseload_note.html"
    search_fields = ("name",)
    search_help_text = gettext_lazy("Patient’s name")
    sortable_by = ("who", "trend", "last_entry", "logged", "exercised", "flags_open")

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[Caseload]:
        return Caseload

    def patient_of(self, thing: Patient) -> Patient:
        return thing

    def scope(self, request: HttpRequest) -> QuerySet[Patient]:
        return (
            Patient.objects.visible_to(request.user)
            .select_related("user", "physiotherapist__user")
            .annotate(last_day=Subquery(_last_day()), unresolved=Coalesce(Subquery(_unresolved()), 0))
            .order_by("name", "id")
        )

    @display(description=gettext_lazy("Patient"), ordering="name")
    def who(self, patient: Patient) -> SafeString:
        address = addresses.of_patient(patient.pk)
        return format_html(
            '<a class="desk-link" href="{}">{}</a><div class="desk-small">{}</div>',
            address,
            patient,
            moments.age(patient.born, today_of(patient)),
        )

    @display(description=gettext_lazy("Worst pain, 28 days"))
    def weeks(self, patient: Patient) -> SafeString:
        """The line, and its ends in words."""
        glance = glance_of(patient)
        return format_html(
            '{}<div class="desk-small">{}</div>', sparkline.draw(glance), sparkline.span(glance)
        )

    @display(description=gettext_lazy("Trend"), ordering=_known_first(caseload.Change, descending=True))
    def trend(self, patient: Patient) -> SafeString:
        """The newer 14 days beside the older 14."""
        trend = glance_of(patient).trend
        return chips.chip(f"trend-{trend}", str(TRENDS[trend]))

    @display(description=gettext_lazy("Last entry"), ordering=F("last_day").asc(nulls_first=True))
    def last_entry(self, patient: Patient) -> SafeString:
        last: date | None = patient.last_day  # type: ignore[attr-defined]
        if last is None:
            return format_html('<span class="desk-remark">{}</span>', _("nothing logged yet"))
        return format_html(
            '{}<div class="desk-small desk-nowrap">{}</div>',
            _ago(last, today_of(patient)),
            moments.day(last),
        )

    @display(description=gettext_lazy("Days logged"), ordering=_known_first(caseload.Logged))
    def logged(self, patient: Patient) -> str:
        glance = glance_of(patient)
        return _("%(n)s of %(all)s") % {"n": len(glance.logged), "all": glance.period.length}

    @display(description=gettext_lazy("Exercised"), ordering=_known_first(caseload.Exercised))
    def exercised(self, patient: Patient) -> str:
        """Days of those on which it was asked."""
        glance = glance_of(patient)
        if not glance.asked:
            return _("not asked")
        return _("%(n)s of %(all)s") % {"n": glance.exercised, "all": glance.asked}

    @display(description=gettext_lazy("Unresolved flags"), ordering=F("unresolved").desc())
    def flags_open(self, patient: Patient) -> str:
        count: int = patient.unresolved  # type: ignore[attr-defined]
        return str(count) if count else _("none")

    @display(description=gettext_lazy("Physiotherapist"))
    def physio(self, patient: Patient) -> str:
        return str(patient.physiotherapist or _("nobody"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request,
            {"title": _("Caseload"), "views": views(request), **narrow(request), **(extra_context or {})},
        )

    def page_context(self, request: HttpRequest, thing: Patient, as_of: datetime) -> dict[str, Any]:
        return record.context(request, thing, as_of)

    # --- papers ---

    def own_urls(self) -> list[URLPattern]:
        papers = {"summary": self.summary_view, "export": fresh.fresh_sign_in_required(self.export_view)}
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
        period = record.period_of(request, patient, moment_of(patient))
        return export.response(patient, period, partial(fresh.still_sees, request, patient))

    def look(self, request: HttpRequest, object_id: str, *, how: str) -> Patient:
        """The patient, after the look was written down."""
        patient: Patient = self.shown(request, object_id)
        self.record(request, [patient], how=how)
        return patient


def _last_day() -> QuerySet[Any]:
    """The newest entry alone, from the end of the patient's index."""
    mine = Entry.objects.current().filter(patient=OuterRef("pk"))
    return mine.order_by("-local_date").values("local_date")[:1]


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


def _by(column: str) -> str:
    """Sorted by the place of a column, as its head sorts at the first press."""
    return f"o={COLUMNS.index(column)}"


VIEWS = {
    gettext_lazy("All, by name"): "",
    gettext_lazy("My patients"): "caseload=mine",
    gettext_lazy("With unresolved flags"): "waits=flags",
    gettext_lazy("Nothing logged for a week"): "waits=silent",
    gettext_lazy("Longest silent first"): _by("last_entry"),
    gettext_lazy("More pain first"): _by("trend"),
}
SORTS = {
    "trend": gettext_lazy("More pain first"),
    "last_entry": gettext_lazy("Longest silent first"),
    "logged": gettext_lazy("Fewest days logged first"),
    "exercised": gettext_lazy("Least exercise first"),
    "flags_open": gettext_lazy("Most flags first"),
}


def views(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Name, query and whether it is what is shown."""
    shown = asked_for(request)
    return [(str(name), query, query == shown) for name, query in VIEWS.items()]


def narrow(request: HttpRequest) -> dict[str, Any]:
    """Whose, what waits and the order as three choices: they go together, and need no head of a column."""
    sorts = [(_by(column).removeprefix("o="), str(said)) for column, said in SORTS.items()]
    choices = {
        "caseload": (_("Physiotherapist"), _("Whole clinic"), CaseloadFilter.offered()),
        "waits": (_("What waits"), _("With flags or without"), WaitingFilter.offered()),
        "o": (_("Order"), _("By name"), sorts),
    }
    return narrowing(request, choices, kept=("q",))


def glance_of(patient: Patient) -> caseload.Glance:
    glance: caseload.Glance = patient.glance  # type: ignore[attr-defined]
    return glance


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    if days <= 0:
        return _("today")
    return _("yesterday") if days == 1 else _("%(n)s days ago") % {"n": days}

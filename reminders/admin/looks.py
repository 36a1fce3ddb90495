"""What all three pages share: rows of the viewer's patients, each look recorded, links and words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter, display
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Patient
from journal.admin import addresses, words
from journal.admin.desk import PatientDesk, person
from journal.rows import AnyOf
from reminders import labels, wording
from reminders.models import Occurrence

Facts = list[tuple[str, Any]]


class PatientFilter(SimpleListFilter):
    """One patient's rows, as the patient's page leads to them; it offers nobody else's name."""

    title = gettext_lazy("patient")
    parameter_name = "patient"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(one.pk), str(one)) for one in self._asked(request).select_related("user")]

    def has_output(self) -> bool:
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(patient__in=self._asked(request)) if self.value() else queryset

    def _asked(self, request: HttpRequest) -> QuerySet[Patient]:
        number = self.value() or ""
        patients = Patient.objects.visible_to(person(request))
        known = number.isascii() and number.isdecimal() and len(number) < 19
        return patients.filter(pk=int(number)) if known else patients.none()


class LookOnly(PatientDesk):
    """Rows of the patients whom the viewer may see; every look is recorded, as on all of the desk."""

    page_template = "desk/facts.html"
    search_fields = ("name",)  # of the patient
    search_help_text = gettext_lazy("Patient’s name")
    people: tuple[str, ...] = ("patient__user", "patient__clinic")
    newest_first = "-id"

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows.select_related(*self.people).order_by(self.newest_first, "pk")

    def patients(self, request: HttpRequest) -> QuerySet[Patient]:
        """Those whom the viewer may see, as far as the search names them."""
        said = request.GET.get(SEARCH_VAR, "")
        found: QuerySet[Patient]
        found, _more = super().get_search_results(request, Patient.objects.visible_to(person(request)), said)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found by the patients, so that an index finds their rows among those of all clinics."""
        if not search_term:
            return queryset, False
        return queryset.filter(AnyOf("patient", ArraySubquery(self.patients(request).values("pk")))), False

    @display(description=gettext_lazy("Patient"))
    def who(self, row: Any) -> SafeString:
        return link(addresses.of_patient(row.patient_id), row.patient)

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        return {"facts": [(_("Patient"), self.who(thing)), *self.facts(thing)]}

    def facts(self, row: Any) -> Facts:
        """What the page of one row says beside the patient."""
        return []


def link(address: str, text: object) -> SafeString:
    return format_html('<a class="desk-link" href="{}">{}</a>', address, text)


def lines(found: Iterable[tuple[SafeString, str]]) -> SafeString:
    """Each in a line of its own, what it leads to first."""
    return format_html_join("", "<div>{}: {}</div>", found)


def said(turn: Occurrence) -> str:
    return wording.title(turn, words.language())


def turn_link(turn: Occurrence, text: str) -> SafeString:
    return link(reverse("admin:reminders_occurrence_change", args=[turn.pk]), text)


def became(turn: Occurrence) -> str:
    """`Skipped: unwell`; `Held: pain rose after it`; a flag that holds stands apart."""
    state = labels.state(turn.get_state_display())
    return f"{state}: {labels.reason(turn.reason)}" if turn.reason else state

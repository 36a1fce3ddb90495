"""What every page of the desk obeys: one clinic, read-only, foreign is missing, every look recorded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DateTimeField, Model, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from journal.accounts.models import BrokenGlass, Clinician, Patient, User
from journal.actions import reads
from journal.admin.lists import DeskList, DeskPaginator
from journal.admin.middleware import looks_are_written

PAGES = ("changelist", "change")


def clinician_of(request: HttpRequest) -> Clinician | None:
    """The clinician who asks; None for operators, who see no patient."""
    found: Clinician | None = getattr(request.user, "clinician", None)
    return found


def looks_in(request: HttpRequest) -> bool:
    """An operator who has broken the glass of a clinic: reads for a while, changes nothing."""
    return clinician_of(request) is None and BrokenGlass.objects.open_for(request.user).exists()


def person(request: HttpRequest) -> User:
    """Who acts."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class Desk(ModelAdmin):  # type: ignore[misc]
    """A list and a page for each row; nothing can be added, edited or deleted here. Buttons call actions."""

    page_template: str
    list_title: Any = ""
    views_say_all = False  # links above the list offer every filter that it has
    change_list_template = "desk/list.html"
    list_per_page = 50
    paginator = DeskPaginator
    list_max_show_all = 100
    show_full_result_count = False
    show_facets = False
    sortable_by: tuple[str, ...] = ()
    list_fullwidth = True
    list_filter_sheet = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return clinician_of(request) is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters on the page; no probing of fields through the address."""
        return lookup in {
            getattr(choice, "parameter_name", f"{choice[0] if isinstance(choice, tuple) else choice}__exact")
            for choice in self.list_filter
        }

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[DeskList]:
        return DeskList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows that the viewer may see, with the moment of asking as `as_of`."""
        as_of = Value(timezone.now(), output_field=DateTimeField())
        rows: QuerySet[Any] = self.scope(request).annotate(as_of=as_of)
        return rows

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        raise NotImplementedError

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """What is no id at all names no row, as an id that nobody has: Django's own list would break."""
        sent = request.POST.copy()
        sent.setlist(
            ACTION_CHECKBOX_NAME, [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if self._is_an_id(key)]
        )
        request.POST = sent  # type: ignore[assignment]
        found: HttpResponse | None = super().response_action(request, queryset)
        return found

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None for an operator, who may read at most."""
        found: dict[str, Any] = super().get_actions(request) if clinician_of(request) else {}
        return found

    def _is_an_id(self, text: str) -> bool:
        try:
            self.opts.pk.clean(text, None)
        except ValidationError:
            return False
        return True

    def get_urls(self) -> list[URLPattern]:
        """The list and the page, and what a desk adds; no form, history or deletion of Django's."""
        names = {f"{self.opts.app_label}_{self.opts.model_name}_{page}" for page in PAGES}
        return [*self.own_urls(), *(url for url in super().get_urls() if url.name in names)]

    def own_urls(self) -> list[URLPattern]:
        return []

    def shown(self, request: HttpRequest, object_id: str) -> Any:
        """The row of this id; another clinic's is missing exactly as an unknown one."""
        if not self.has_view_permission(request):
            raise Http404
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = str(self.list_title or capfirst(self.opts.verbose_name_plural))
        response: HttpResponse = super().changelist_view(request, {"title": title, **(extra_context or {})})
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self.page(request, self.shown(request, object_id))

    def page(self, request: HttpRequest, thing: Any, **context: Any) -> HttpResponse:
        """One row's page. `page_context` says what is on it."""
        return TemplateResponse(
            request,
            self.page_template,
            {
                **self.admin_site.each_context(request),
                "title": str(thing),
                "list_address": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
                "list_name": self.opts.verbose_name_plural,
                **self.page_context(request, thing, thing.as_of),
                **context,
            },
        )

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        raise NotImplementedError


class PatientDesk(Desk):
    """A desk whose rows belong to patients: whom a page shows is written down before it is answered."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if request.method in ("GET", "HEAD") and looks_in(request):
            return True
        return super().has_view_permission(request, obj)

    def patient_of(self, thing: Any) -> Patient:
        patient: Patient = thing.patient
        return patient

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            found = response.context_data["cl"]
            self.record(request, found.result_list, how="search" if found.query else "list")
        return response

    def page(self, request: HttpRequest, thing: Any, **context: Any) -> HttpResponse:
        self.record(request, [thing], how="page" if request.method in ("GET", "HEAD") else "deed")
        return super().page(request, thing, **context)

    def record(self, request: HttpRequest, things: Iterable[Any], *, how: str) -> None:
        """When the looks can't be written, this raises and nothing is shown."""
        patients = {patient.pk: patient for patient in map(self.patient_of, things)}
        route = request.resolver_match.view_name if request.resolver_match else request.path
        reads.record(by=person(request), patients=patients.values(), route=route, how=how)
        looks_are_written(request)

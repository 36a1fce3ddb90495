"""Filters of the queue. They offer words, never other people's names."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.contrib.admin import ChoicesFieldListFilter, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinician, carried_by
from journal.admin import rules, waiting, words
from journal.admin.chips import URGENCY_WORDS
from journal.admin.desk import clinician_of, person
from journal.admin.lists import asked_for
from journal.models import Flag


def _mine(request: HttpRequest) -> list[int]:
    """Whose patients are mine: my own, and those of people for whom I stand in today."""
    return carried_by(person(request), timezone.now())


# Of which rows a colleague is told at a moment, by model: said by the package that tells people.
TOLD: dict[type[Model], Callable[[QuerySet[Any], Clinician, datetime], QuerySet[Any]]] = {}
TOLD_TO_ME = ("told", gettext_lazy("Told to me"))


def _told(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """An operator who looks in is no colleague, and is told of all."""
    asks = clinician_of(request)
    return TOLD[rows.model](rows, asks, timezone.now()) if asks and rows.model in TOLD else rows


class ChoicesFilter(ChoicesFieldListFilter):
    """A filter by a field's choices, in the words of the desk."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": words.of(choice["display"])}


class StatusFilter(SimpleListFilter):
    """Unresolved flags unless asked otherwise; nothing is ever out of reach."""

    title = gettext_lazy("state")
    parameter_name = "status"
    UNRESOLVED = gettext_lazy("Unresolved")
    CLOSED = frozenset({"resolved", "superseded"})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", _("Open")),
            ("acknowledged", _("Acknowledged")),
            ("resolved", _("Resolved")),
            ("superseded", _("Withdrawn")),
            ("unsupported", _("No longer supported")),
            ("any", _("All")),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        unset, *rest = super().choices(changelist)
        yield {**unset, "display": self.UNRESOLVED}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        chosen = self.value()
        if chosen == "any":
            return queryset
        if chosen == "unsupported":
            return queryset.filter(supported=False)
        if chosen in Flag.Status.values:
            return queryset.filter(status=chosen)
        return queryset.filter(status__in=[Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED])


class UrgencyFilter(SimpleListFilter):
    title = gettext_lazy("urgency")
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(urgency.value, str(said)) for urgency, said in URGENCY_WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(urgency=self.value()) if self.value() else queryset


class OverdueFilter(SimpleListFilter):
    """What still asks for something although its time to act has passed."""

    title = gettext_lazy("time to act")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() != "yes":
            return queryset
        waiting = [Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED]
        return queryset.filter(status__in=waiting, due_at__lte=timezone.now())


class PatternFilter(SimpleListFilter):
    """Only patterns that the clinic's own flags have; of what waits they are known already."""

    title = gettext_lazy("pattern")
    parameter_name = "pattern"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(pattern, rules.name(pattern)) for pattern in waiting.patterns(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(pattern=self.value()) if self.value() else queryset


class OwnerFilter(SimpleListFilter):
    title = gettext_lazy("owner")
    parameter_name = "owner"

    @staticmethod
    def offered() -> list[tuple[str, str]]:
        return [("mine", _("Mine")), ("nobody", _("Nobody’s")), (TOLD_TO_ME[0], str(TOLD_TO_ME[1]))]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return self.offered()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() == TOLD_TO_ME[0]:
            return _told(request, queryset)
        if self.value() == "mine":
            return queryset.filter(owner__in=_mine(request))
        if self.value() == "nobody":
            return queryset.filter(owner=None)
        return queryset


class CaseloadFilter(SimpleListFilter):
    title = gettext_lazy("physiotherapist")
    parameter_name = "caseload"

    @staticmethod
    def offered() -> list[tuple[str, str]]:
        return [("mine", _("My patients")), ("nobody", _("Without physiotherapist"))]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return self.offered()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(physiotherapist__in=_mine(request))
        if self.value() == "nobody":
            return queryset.filter(physiotherapist=None)
        return queryset


class TaskOwnerFilter(CaseloadFilter):
    """Tasks by who looks after the patient, or is told."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*self.offered(), (TOLD_TO_ME[0], str(TOLD_TO_ME[1]))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == TOLD_TO_ME[0]:
            return _told(request, queryset)
        if self.value() == "mine":
            return queryset.filter(patient__physiotherapist__in=_mine(request))
        if self.value() == "nobody":
            return queryset.filter(patient__physiotherapist=None)
        return queryset


class InvitationFilter(SimpleListFilter):
    """What became of a code."""

    title = gettext_lazy("state")
    parameter_name = "state"
    WORDS = MappingProxyType(
        {
            "waiting": gettext_lazy("Waiting"),
            "used": gettext_lazy("Used"),
            "expired": gettext_lazy("Expired"),
            "revoked": gettext_lazy("Revoked"),
        }
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, str(words)) for state, words in self.WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        unused = queryset.filter(used_at=None, revoked_at=None)
        found = {
            "waiting": unused.filter(expires_at__gt=now),
            "used": queryset.exclude(used_at=None),
            "expired": unused.filter(expires_at__lte=now),
            "revoked": queryset.filter(used_at=None).exclude(revoked_at=None),
        }
        return found.get(self.value() or "", queryset)


def invitation_views(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Name, query and whether it is what is shown."""
    shown = asked_for(request)
    named = {"": gettext_lazy("All")} | {
        f"state={one}": words for one, words in InvitationFilter.WORDS.items()
    }
    return [(str(name), query, query == shown) for query, name in named.items()]


class WaitingFilter(SimpleListFilter):
    """Whose flags wait, and who fell silent."""

    title = gettext_lazy("what waits")
    parameter_name = "waits"
    SILENT_DAYS = 7

    @classmethod
    def offered(cls) -> list[tuple[str, str]]:
        silent = _("Nothing logged for %(n)s days") % {"n": cls.SILENT_DAYS}
        return [("flags", _("With unresolved flags")), ("silent", silent)]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return self.offered()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "flags":
            return queryset.filter(unresolved__gt=0)
        if self.value() == "silent":
            since = timezone.now().date() - timedelta(days=self.SILENT_DAYS)
            return queryset.filter(Q(last_day__lt=since) | Q(last_day=None))
        return queryset

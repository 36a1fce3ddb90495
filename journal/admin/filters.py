"""Filters of the queue. They offer words, never other people's names."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from journal.accounts.models import carried_by
from journal.admin import rules
from journal.admin.chips import URGENCY_WORDS
from journal.admin.desk import person
from journal.models import Flag


def _mine(request: HttpRequest) -> list[int]:
    """Whose patients are mine: my own, and those of people for whom I stand in today."""
    return carried_by(person(request), timezone.now())


class StatusFilter(SimpleListFilter):
    """Unresolved flags unless asked otherwise; nothing is ever out of reach."""

    title = "state"
    parameter_name = "status"
    UNRESOLVED = "Unresolved"
    CLOSED = frozenset({"resolved", "superseded"})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", "Open"),
            ("acknowledged", "Acknowledged"),
            ("resolved", "Resolved"),
            ("superseded", "Withdrawn"),
            ("unsupported", "No longer supported"),
            ("any", "All"),
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
    title = "urgency"
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(urgency.value, words) for urgency, words in URGENCY_WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(urgency=self.value()) if self.value() else queryset


class PatternFilter(SimpleListFilter):
    """Only patterns that the clinic's own flags have."""

    title = "pattern"
    parameter_name = "pattern"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = Flag.objects.visible_to(request.user).order_by("pattern").values_list("pattern", flat=True)
        return [(pattern, rules.name(pattern)) for pattern in seen.distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(pattern=self.value()) if self.value() else queryset


class OwnerFilter(SimpleListFilter):
    title = "owner"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "Mine"), ("nobody", "Nobody's")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() == "mine":
            return queryset.filter(owner__in=_mine(request))
        if self.value() == "nobody":
            return queryset.filter(owner=None)
        return queryset


class CaseloadFilter(SimpleListFilter):
    title = "physiotherapist"
    parameter_name = "caseload"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "My patients"), ("nobody", "Without physiotherapist")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(physiotherapist__in=_mine(request))
        if self.value() == "nobody":
            return queryset.filter(physiotherapist=None)
        return queryset

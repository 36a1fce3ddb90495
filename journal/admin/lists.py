"""Lists of a large clinic: a page costs what its rows cost, however many there are and however deep it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.http import urlencode
from unfold.views import ChangeList

MOST = 10_000  # rows that are counted and paged through; what lies beyond is found by search and filters


class DeskPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST, and finds the keys of a page before anything is computed for its rows."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[:MOST].count()
        return found

    def page(self, number: int | str) -> Page[Any]:
        place = self.validate_number(number)
        start = (place - 1) * self.per_page
        rows = self.narrowed(self.object_list, start + self.per_page)
        keys = rows.values("pk")[start : start + self.per_page]
        return Page(rows.filter(pk__in=keys), place, self)

    def narrowed(self, rows: Any, needed: int) -> Any:
        """Fewer rows, with the first `needed` among them, for lists that can tell which these are."""
        return rows


class DeskList(ChangeList):  # type: ignore[misc]
    """One page of rows, with no more columns than it shows."""

    columns: tuple[str, ...] = ()
    capped = False
    queryset: Any

    def get_results(self, request: HttpRequest) -> None:
        if self.columns:
            self.queryset = self.queryset.only(*self.columns)
        super().get_results(request)
        self.capped = self.result_count >= MOST


def asked_for(request: HttpRequest) -> str:
    """The address's query without what was left open: by this a link knows that it is the one shown."""
    return urlencode([(name, str(value)) for name, value in request.GET.items() if value])


Choices = Mapping[str, tuple[str, str, Iterable[tuple[str, str]]]]


def narrowing(request: HttpRequest, choices: Choices, *, kept: Iterable[str]) -> dict[str, Any]:
    """What `desk/narrow.html` shows: by parameter its label, the words for none, and values with words.

    Parameters in `kept` go along; what else is asked for falls away.
    """
    return {
        "narrow": [
            (
                name,
                label,
                [(value, words, value == request.GET.get(name, "")) for value, words in [("", unset), *rest]],
            )
            for name, (label, unset, rest) in choices.items()
        ],
        "kept": [(name, value) for name, value in request.GET.items() if name in kept],
    }


__all__ = ["MOST", "DeskList", "DeskPaginator", "asked_for", "narrowing"]

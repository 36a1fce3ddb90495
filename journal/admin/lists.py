"""Lists of a large clinic: a page costs what its rows cost, however many there are and however deep it is."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from unfold.views import ChangeList

from journal.admin.table import Table

WINDOWS = (2, 8, 32, 128)  # days back, of which the shortest that fills the page is sorted
MOST = 10_000  # rows that are counted and paged through; what lies beyond is found by search and filters


class DeskPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST, and finds the keys of a page before anything is computed for its rows."""

    @cached_property
    def count(self) -> int:
        return self.how_many(self.object_list, MOST)

    def page(self, number: int | str) -> Page[Any]:
        place = self.validate_number(number)
        start = (place - 1) * self.per_page
        end = start + self.per_page
        rows = self.narrowed(self.object_list, end)
        return Page(rows.filter(pk__in=self.keys(rows, start, end)), place, self)

    def how_many(self, rows: Any, most: int) -> int:
        found: int = rows.order_by()[:most].count()
        return found

    def keys(self, rows: Any, start: int, end: int) -> Any:
        return rows.values("pk")[start:end]

    def narrowed(self, rows: Any, needed: int) -> Any:
        """Fewer rows, with the first `needed` among them, for lists that can tell which these are."""
        return rows


class NewestDays(DeskPaginator):
    """Sorts no more days than a page needs: a large clinic logs as much in a week as a small one in years."""

    newest_by = "local_date"

    def since(self, days: int) -> date | datetime:
        return timezone.now().date() - timedelta(days=days)

    def narrowed(self, rows: Any, needed: int) -> Any:
        if self.count < MOST:
            return rows
        for days in WINDOWS:
            recent = rows.filter(**{f"{self.newest_by}__gte": self.since(days)})
            if self.how_many(recent, needed) == needed:
                return recent
        return rows


class NewestMoments(NewestDays):
    """As by days, where rows have a moment."""

    newest_by = "due_at"

    def since(self, days: int) -> datetime:
        return timezone.now() - timedelta(days=days)


class DeskList(ChangeList):  # type: ignore[misc]
    """One page of rows, with no more columns than it shows."""

    columns: tuple[str, ...] = ()
    capped = False
    queryset: Any

    def get_results(self, request: HttpRequest) -> None:
        if self.columns:
            self.queryset = self.queryset.only(*self.columns)
        super().get_results(request)
        if not self.multi_page:  # all there is: found as pages are
            self.result_list = self.paginator.page(1).object_list
        self.capped = self.result_count >= MOST

    @property
    def table(self) -> Table:
        return Table(self)


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


__all__ = ["MOST", "DeskList", "DeskPaginator", "NewestDays", "NewestMoments", "asked_for", "narrowing"]

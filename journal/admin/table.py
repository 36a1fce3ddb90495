"""The table of a list: what is the same in every row is put together once for the page.

The theme's own tag makes the heads of all columns anew for each row, and writes thirty classes into each
cell: it took more than half the time of a page of a hundred patients, and two thirds of its bytes.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import result_headers
from unfold.utils import display_for_field, display_for_value

CHOICE = "action_checkbox"
Said = Callable[[Any], Any]


class Table:
    """Heads and rows of one page of a list."""

    def __init__(self, changes: ChangeList) -> None:
        self.changes = changes
        self.heads: list[dict[str, Any]] = list(result_headers(changes))

    @property
    def sorted_by(self) -> int:
        """How many columns."""
        return sum(head.get("sorted", False) for head in self.heads)

    @cached_property
    def rows(self) -> list[SafeString]:
        names = map(str, self.changes.list_display)
        cells = [self._cell(name, head) for name, head in zip(names, self.heads, strict=True)]
        return [
            SafeString("".join(f"{start}{conditional_escape(said(row))}{end}" for start, said, end in cells))
            for row in self.changes.result_list
        ]

    def _cell(self, name: str, head: dict[str, Any]) -> tuple[SafeString, Said, str]:
        """What opens it, what it says of a row, what closes it."""
        if name == CHOICE:
            start = format_html('<td class="action-checkbox" data-label="{}">', _("Choose"))
            return start, self.changes.model_admin.action_checkbox, "</td>"
        links = self.changes.list_display_links or ()
        tag, said = ("th", self._linked(name)) if name in links else ("td", self._said(name))
        start = format_html(
            '<{} class="field-{}" data-label="{}">', SafeString(tag), name, capfirst(head["text"])
        )
        return start, said, f"</{tag}>"

    def _said(self, name: str) -> Said:
        desk = self.changes.model_admin
        empty = desk.get_empty_value_display()
        method = getattr(desk, name, None)

        def of_desk(row: Any) -> Any:
            said = method(row)  # type: ignore[misc]
            return said if isinstance(said, str) else display_for_value(said, empty)

        def of_model(row: Any) -> Any:
            field, _attribute, value = lookup_field(name, row, desk)
            return display_for_field(value, field, empty)

        return of_desk if callable(method) else of_model

    def _linked(self, name: str) -> Said:
        said, address = self._said(name), self.changes.url_for_result
        return lambda row: format_html('<a class="desk-link" href="{}">{}</a>', address(row), said(row))

"""What a page of the desk lets somebody send: its forms, read out of the HTML."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

# What a field of this type says when a person fills it in; a day that no rule of the forms refuses.
TYPED = {"date": "2026-03-10", "time": "09:00", "number": "1"}
AN_ID = re.compile(r"\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Django's own: which button of the list was pressed, and what a page had seen. No ids.
NO_ROWS = {"select_across", "index", "seen", "end"}
Fields = dict[str, list[str]]


@dataclass
class Form:
    """One form that is sent by POST: `fields` as somebody would fill it in, `offered` what may be chosen."""

    address: str
    fields: Fields = field(default_factory=dict)
    offered: Fields = field(default_factory=dict)

    def naming_rows(self) -> Iterator[str]:
        """The fields that name another row by its id."""
        for name, offered in self.offered.items():
            if name not in NO_ROWS and any(AN_ID.fullmatch(value) for value in offered):
                yield name

    def with_row(self, name: str, keys: Iterable[str]) -> Iterator[tuple[str, Fields]]:
        """The form with each key in this field that was not offered there."""
        yield from ((key, self.fields | {name: [key]}) for key in keys if key not in self.offered[name])

    def stems(self) -> set[str]:
        """Of fields whose names name a row, such as `place_3`."""
        return {
            name.rpartition("_")[0]
            for name in self.fields
            if re.fullmatch(r"[a-z]+_\d+", name) and not name.startswith(("opens", "closes"))
        }

    def with_place(self, stem: str, keys: Iterable[str]) -> Iterator[tuple[str, Fields]]:
        """The form with a field more for each key that has none."""
        said = ((key, f"{stem}_{key}") for key in keys)
        yield from ((key, self.fields | {name: ["1"]}) for key, name in said if name not in self.fields)


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, list[Form]()
        self.by_id: dict[str, Form] = {}
        self.inside: Form | None = None
        self.named = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(urljoin(self.address, said.get("action", "")))
            self.by_id[said.get("id", "")] = self.inside
            if said.get("method", "").lower() == "post":
                self.found.append(self.inside)
        elif tag == "option":
            self._offers(self.inside, self.named, said.get("value", ""), chosen="selected" in said)
        elif said.get("name"):
            self._field(self.by_id.get(said.get("form", "-"), self.inside), tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None

    def _field(self, form: Form | None, tag: str, said: dict[str, str]) -> None:
        self.named, kind, value = said["name"], said.get("type", ""), said.get("value", "")
        if form is None or self.named == "csrfmiddlewaretoken":
            return
        if tag in ("input", "button") and kind in ("hidden", "radio", "checkbox", "submit"):
            self._offers(form, self.named, value, chosen=kind != "submit")
        elif tag != "select":
            form.fields.setdefault(self.named, [value or TYPED.get(kind, "words")])

    def _offers(self, form: Form | None, name: str, value: str, *, chosen: bool) -> None:
        if form is None or not name:
            return
        form.offered.setdefault(name, []).append(value)
        if value and (chosen or not any(form.fields.get(name, []))):
            form.fields[name] = [value]


def forms_of(page: str, address: str) -> list[Form]:
    """All of a page that are sent by POST, in its order."""
    reader = _Forms(address)
    reader.feed(page)
    return reader.found

"""What is said to the patient, before it is in a language: a template of the rule and what goes into it.

A template is plain text with places to fill, `{name}` or `{name:how}`. How is one of

    place    [site, side]        left knee
    region   key of a flag       left leg
    side     left or right       left
    label    code                jaw pain
    labels   list of codes       fatigue and fever
    day      ISO date            21 Nov 2026
    and      list of templates   the rule's own phrases, with "and" between the last two
    comma    list of templates   the same, with commas only
    .1f g …  number              as Python formats it, with the decimal sign of the language
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

from journal.content import vocabulary

Param = int | float | str | Sequence[str | None]
Templates = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: which template, and the values for its places."""

    template: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a flag."""
        return {"template": self.template, "params": {name: _plain(it) for name, it in self.params.items()}}


Why = tuple[Said, ...]


def said(template: str = "why", /, **params: Param) -> Why:
    """One sentence, as findings hold it."""
    return (Said(template, params),)


def stored(why: Sequence[Mapping[str, Any]]) -> Why:
    """The reverse of `as_json`, for all sentences of a flag."""
    return tuple(Said(one["template"], one["params"]) for one in why)


def _plain(value: Param) -> Any:
    return value if isinstance(value, int | float | str) else list(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one language names codes and places and joins them."""

    language: str
    label: Callable[[str], str]
    site: Callable[[str], str]
    place: Callable[[str, str | None], str]
    region: Callable[[str], str]
    heading: Callable[[str, str | None], str]
    months: tuple[str, ...]  # short names, as days are written
    both: str  # between the last two of a list, with its spaces
    decimal: str

    def say(self, templates: Templates, why: Why) -> str:
        """The sentences in this language, each once. KeyError when a template or a value is missing."""
        return " ".join(dict.fromkeys("".join(self._parts(templates, one)) for one in why))

    def _parts(self, templates: Templates, one: Said) -> Iterator[str]:
        for literal, name, how, _ in Formatter().parse(templates[one.template]):
            yield literal
            if name is not None:
                yield self._fill(templates, one.params[name], how or "")

    def _fill(self, templates: Templates, value: Any, how: str) -> str:
        ways: dict[str, Callable[[], str]] = {
            "place": lambda: self.place(*value),
            "region": lambda: self.region(value),
            "side": lambda: self.label(value),
            "label": lambda: self.label(value),
            "labels": lambda: self.joined([self.label(code) for code in value]),
            "day": lambda: self.day(date.fromisoformat(value)),
            "and": lambda: self.joined([templates[one] for one in value]),
            "comma": lambda: ", ".join(templates[one] for one in value),
        }
        return ways[how]() if how in ways else format(value, how).replace(".", self.decimal)

    def day(self, day: date) -> str:
        """`21 Nov 2026`, with the language's own months."""
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def joined(self, words: Sequence[str]) -> str:
        """All of a short list, each once, with "and" between; no list here is long."""
        return self.both.join(dict.fromkeys(words))


ENGLISH = Wording(
    language="en",
    label=vocabulary.label,
    site=vocabulary.site,
    place=vocabulary.place,
    region=vocabulary.region,
    heading=vocabulary.heading,
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    both=" and ",
    decimal=".",
)


def places_to_fill(template: str) -> frozenset[tuple[str, str]]:
    """The (name, how) pairs of a template."""
    parsed = Formatter().parse(template)
    return frozenset((name, how or "") for _, name, how, _ in parsed if name is not None)


def short_day(day: date) -> str:
    """`21 Nov`, where the year goes without saying."""
    return f"{day.day} {day:%b}"


def full_day(day: date) -> str:
    """`21 Nov 2026`."""
    return f"{short_day(day)} {day.year}"

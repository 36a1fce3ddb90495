"""Which row of the source articles is represented by what: read from rules, texts, fields and codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from pydantic import BaseModel

from journal.content import library, report, vocabulary
from journal.content.engine import RULES
from journal.content.seeds import Kind, Representation, Row, Seeds, rows

# Modules of codes that carry their rows as `seeds`, wherever in the module they stand.
CODED: tuple[tuple[Kind, str], ...] = (
    ("PLAN", "journal.content.plan"),
    ("NOTE", "journal.content.notes"),
    ("PROF", "journal.content.facts"),
    # Where no source gives a rule its threshold, a clinician is reminded (docs/decisions/0014-prompts.md).
    ("RULE", "journal.content.prompts"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row with what represents it, by kind."""

    row: Row
    by: Mapping[Kind, Sequence[str]]

    @property
    def missing(self) -> tuple[Kind, ...]:
        """The kinds that the row asks for and nothing offers."""
        return tuple(kind for kind in self.row.needs if kind not in self.by)

    @property
    def is_empty(self) -> bool:
        return not self.by


def table(offered: Iterable[Representation] | None = None) -> list[Line]:
    """Every row, in order. `offered` is what there is; all that the product holds when None."""
    found: dict[str, dict[Kind, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in representations() if offered is None else offered:
        for row in one.rows:
            found[row][one.kind].append(one.what)
    return [Line(row, dict(found.get(row.id, {}))) for row in rows()]


def unknown(offered: Iterable[Representation] | None = None) -> list[str]:
    """Things that name a row which does not exist."""
    ids = {row.id for row in rows()}
    given = representations() if offered is None else offered
    return [f"{one.what}: {row}" for one in given for row in one.rows if row not in ids]


def representations() -> list[Representation]:
    """All that the product holds; apps above this one offer theirs by `AppConfig.representations`."""
    return [*_rules(), *_library(), *_fields(report.Report), *_codes(), *_coded_modules(), *_of_apps()]


def _rules() -> Iterator[Representation]:
    for rule in RULES:
        yield Representation("RULE", rule.pattern, rule.seeds)


def _library() -> Iterator[Representation]:
    for item in library.items():
        yield Representation("EDU", item.id, item.seed_rows)


def _fields(model: type[BaseModel]) -> Iterator[Representation]:
    """Fields marked with `Seeds`, in this document and in the documents inside it."""
    for name, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Seeds)]
        if marks:
            ids = tuple(row for mark in marks for row in mark.rows)
            yield Representation("LOG", f"{model.__name__}.{name}", ids)
        for inner in _models(info.annotation):
            yield from _fields(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def _codes() -> Iterator[Representation]:
    for name, codes in vocabulary.SEEDS.items():
        kind: Kind = "PROF" if name == "history" else "LOG"
        for code, ids in codes.items():
            yield Representation(kind, f"{name}:{code}", ids)


def _coded_modules() -> Iterator[Representation]:
    for kind, name in CODED:
        if find_spec(name):
            seen: set[int] = set()
            for code in _with_seeds(import_module(name), seen):
                yield Representation(kind, f"{name.rpartition('.')[2]}:{code.code}", tuple(code.seeds))


def _with_seeds(thing: Any, seen: set[int]) -> Iterator[Any]:
    """Everything inside that has a code and rows, each object once."""
    if id(thing) in seen or isinstance(thing, type):
        return
    seen.add(id(thing))
    if hasattr(thing, "code") and hasattr(thing, "seeds"):
        yield thing
    for part in _parts(thing):
        yield from _with_seeds(part, seen)


def _parts(thing: Any) -> Iterable[Any]:
    if isinstance(thing, ModuleType):
        return [value for name, value in vars(thing).items() if not name.startswith("__")]
    if isinstance(thing, Mapping):
        return thing.values()
    if isinstance(thing, tuple | list | set | frozenset):
        return thing
    return [getattr(thing, one.name) for one in fields(thing)] if is_dataclass(thing) else ()


def _of_apps() -> Iterator[Representation]:
    for app in apps.get_app_configs():
        offer = getattr(app, "representations", None)
        if offer:
            yield from offer()

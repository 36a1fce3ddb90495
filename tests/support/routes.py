"""Every address that there is, read from the router, with the ids of somebody's rows put in."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, StringConverter, UUIDConverter
from django.urls.resolvers import RegexPattern

from tests.support.records import Cast

NO_UUID, NO_NUMBER = "00000000-0000-4000-8000-000000000000", 987_654_321
Parameters = tuple[tuple[str, object], ...]
# For parameters of regular expressions, which name no converter.
WORDS = {"app_label": "journal", "url": "nowhere", "key": "no-key", "uidb36": "1"}


@dataclass(frozen=True)
class Route:
    """One pattern of the router. `parameters` are its converters by name, in order."""

    pattern: str
    name: str
    parameters: Parameters

    def __str__(self) -> str:
        return self.pattern

    def address(self, values: dict[str, object]) -> str:
        found = self.pattern
        for name, _ in self.parameters:
            found = re.sub(rf"<(\w+:)?{name}>", str(values[name]), found)
        return "/" + found

    def filled(self, cast: Cast) -> Iterator[str]:
        """The address with ids of the cast's rows: those that the route seems to be about, else all."""
        choices = [_candidates(self, name, converter, cast) for name, converter in self.parameters]
        yield from (self._with(chosen) for chosen in product(*choices))

    def mixed(self, own: Cast, foreign: Cast) -> Iterator[tuple[str, str]]:
        """Of a route with several ids: one of the other's rows among the own ones, and beside it nobody's."""
        for place in range(len(self.parameters) if len(self.parameters) > 1 else 0):
            choices = [
                _candidates(self, name, converter, foreign if at == place else own)
                for at, (name, converter) in enumerate(self.parameters)
            ]
            nothing = _nothing(self, self.parameters[place][1])
            for chosen in product(*choices):
                missing = (*chosen[:place], nothing, *chosen[place + 1 :])
                yield self._with(chosen), self._with(missing)

    def _with(self, chosen: Iterable[object]) -> str:
        return self.address(dict(zip([name for name, _ in self.parameters], chosen, strict=True)))

    def is_of(self, labels: Iterable[str]) -> bool:
        """Whether it is a page of the desk about one of these models."""
        return any(self.pattern.startswith(f"admin/{label.lower().replace('.', '/')}/") for label in labels)

    def missing(self) -> str:
        return self.address({name: _nothing(self, converter) for name, converter in self.parameters})


def every_route() -> list[Route]:
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, before: str, above: Parameters) -> Iterator[Route]:
    """Parameters may stand in a pattern, or in one that it is included in."""
    for found in resolver.url_patterns:
        pattern = before + str(found.pattern)
        parameters = above + tuple(getattr(found.pattern, "converters", {}).items())
        if isinstance(found, URLResolver):
            yield from _walk(found, pattern, parameters)
        elif isinstance(found, URLPattern):
            yield _route(pattern, found, parameters)


def _route(pattern: str, found: URLPattern, parameters: Parameters) -> Route:
    if not isinstance(found.pattern, RegexPattern):
        return Route(pattern, found.name or "", parameters)
    plain = pattern.replace("^", "").replace("$", "")
    for name, word in WORDS.items():
        start = plain.find(f"(?P<{name}>")
        while start >= 0:
            plain = plain[:start] + word + plain[plain.index(")", start) + 1 :]
            start = plain.find(f"(?P<{name}>")
    return Route(plain, found.name or "", ())


def _candidates(route: Route, name: str, converter: object, cast: Cast) -> list[object]:
    keys = [(row, key) for row in cast.rows.values() for key in _keys(row) if _fits(converter, key)]
    by_parameter = [key for row, key in keys if str(row._meta.model_name) in name]
    by_route = [key for row, key in keys if f"{row._meta.model_name}" in route.pattern.replace("-", "_")]
    if name == "object_id":  # of the admin: the page's own model
        own = [key for row, key in keys if f"/{row._meta.app_label}/{row._meta.model_name}/" in route.pattern]
        return list(dict.fromkeys(own or by_route or [key for _, key in keys]))
    return list(dict.fromkeys(by_parameter or by_route or [key for _, key in keys]))


def _keys(row: Model) -> Iterator[object]:
    yield row.pk
    if hasattr(row, "client_id"):
        yield row.client_id


def _fits(converter: object, key: object) -> bool:
    if isinstance(converter, UUIDConverter):
        return isinstance(key, uuid.UUID)
    if isinstance(converter, IntConverter):
        return isinstance(key, int)
    return isinstance(converter, StringConverter) or converter is not None


def _nothing(route: Route, converter: object) -> object:
    if isinstance(converter, UUIDConverter):
        return NO_UUID
    uuids = any(
        f"/{model._meta.model_name}/" in route.pattern and _is_uuid(model) for model in admin.site._registry
    )
    return NO_UUID if uuids and not isinstance(converter, IntConverter) else NO_NUMBER


def _is_uuid(model: type[Model]) -> bool:
    return model._meta.pk.get_internal_type() == "UUIDField"

"""Where bodies of the API name rows by their id: read from its own document, and from what a phone pulls."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

Body = dict[str, Any]
# A body with a key put in where it names a row.
Naming = Callable[[str], Body]


def naming_rows(document: Body) -> Iterator[tuple[str, str, Naming]]:
    """Method, path and body of each operation of the OpenAPI document, once for each field that is an id."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                example: Body = next((one["value"] for one in content.get("examples", {}).values()), {})
                for field in sorted(_ids(document, content["schema"])):
                    yield method.upper(), path, _with(example, field)


def _with(example: Body, field: str) -> Naming:
    return lambda key: {**example, field: key}


def _ids(document: Body, schema: Body) -> Iterator[str]:
    """Fields of a body that are a UUID, also where there are several kinds of it."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for kinds in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(kinds, []):
            yield from _ids(document, one)
    for name, said in schema.get("properties", {}).items():
        if any(one.get("format") == "uuid" for one in [said, *said.get("anyOf", [])]):
            yield name


def pushes(pulled: Body) -> Iterator[Naming]:
    """What a phone may push about a row: that it is gone, and each id in what it has of its own."""
    for table, changes in pulled.items():
        yield partial(_gone, table)
        for row in [*changes["created"], *changes["updated"]][:1]:
            for name in [name for name, value in row.items() if _is_id(value)]:
                yield from (partial(_put, table, verb, row, name) for verb in ("created", "updated"))


def _gone(table: str, key: str) -> Body:
    return _push(table, deleted=[key])


def _put(table: str, verb: str, row: Body, name: str, key: str) -> Body:
    return _push(table, **{verb: [row | {name: key}]})


def _push(table: str, **said: Any) -> Body:
    return {table: {"created": [], "updated": [], "deleted": [], **said}}


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False

"""Rows of a statement of our own, as models, and many values as one parameter.

For what comes with each request: the ORM takes longer to put such a statement together, and to take its rows
apart, than the database to answer it.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import Func, Value
from pydantic_core import from_json

from journal.fence.base import DatabaseWrapper

Row = TypeVar("Row", bound=models.Model)


def at_once() -> AbstractContextManager[None]:
    """What is asked inside travels together: one round trip. The answers are there when this ends."""
    return cast(DatabaseWrapper, connection).at_once()


def ask(query: str, values: Mapping[str, Any]) -> Callable[[], list[tuple[Any, ...]]]:
    """Sends a statement; what comes back gives its rows. `%(name)s` stands for a value of which the statement
    tells the type, by a cast where it doesn't by itself.
    """
    return cast(DatabaseWrapper, connection).ask(query, values).rows


def ask_for(
    model: type[Row], query: str, values: Mapping[str, Any], *, but: tuple[str, ...] = ()
) -> Callable[[], list[tuple[Row, tuple[Any, ...]]]]:
    """As `ask`: the rows, each with what it holds beside the model's columns.

    `{columns}` in the query stands for these columns and comes first; the table goes by the model's name.
    Fields named in `but` stay out, and are read when somebody asks for them.
    """
    rows = ask(_with_columns(model, query, but), values)
    return lambda: [_made(model, row, but) for row in rows()]


def by_sql(
    model: type[Row], query: str, values: Mapping[str, Any], *, but: tuple[str, ...] = ()
) -> list[tuple[Row, tuple[Any, ...]]]:
    """The rows of `ask_for` at once."""
    return ask_for(model, query, values, but=but)()


def _made(model: type[Row], row: tuple[Any, ...], but: tuple[str, ...]) -> tuple[Row, tuple[Any, ...]]:
    names, conversions = _columns(model, but)
    found = dict(zip(names, row, strict=False))
    for name, convert in conversions:
        found[name] = convert(found[name], None, connection)
    return stored(model, found), row[len(names) :]


def stored(model: type[Row], columns: Mapping[str, Any], **related: models.Model) -> Row:
    """A row as it stands in the database, with the rows to which it points as far as they are at hand.

    `Model.__init__` takes ten times as long to do the same: it looks for defaults, relations and listeners,
    of which a whole row needs none.
    """
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made._state.fields_cache = related
    vars(made).update(columns)
    return made


@cache
def _with_columns(model: type[models.Model], query: str, but: tuple[str, ...]) -> str:
    quoted = connection.ops.quote_name
    table = quoted(str(model._meta.model_name))
    columns = (f"{table}.{quoted(str(each.column))}" for each in _fields(model, but))
    return query.replace("{columns}", ", ".join(columns))


@cache
def _columns(
    model: type[models.Model], but: tuple[str, ...]
) -> tuple[list[str], list[tuple[str, Callable[..., Any]]]]:
    """The names, and by the name of a column what makes of its value what the model holds."""
    fields = _fields(model, but)
    names = [field.attname for field in fields]
    return names, [(one.attname, convert) for one in fields for convert in _conversions(one)]


def _fields(model: type[models.Model], but: tuple[str, ...]) -> list["models.Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if field.name not in but]


def _conversions(field: "models.Field[Any, Any]") -> list[Callable[..., Any]]:
    if isinstance(field, models.JSONField) and field.decoder is None:
        return [_document]
    return field.get_db_converters(connection)


def _document(value: str | None, *_: Any) -> Any:
    """Read in C; PostgreSQL has checked it."""
    return None if value is None else from_json(value)


class AnyOf(Func):
    """Whether a column has one of many values: `filter(AnyOf("patient", ids))`. One parameter, so the
    statement is parsed and planned once, however many there are. `kind` is the column's type in PostgreSQL.

    The values of a query, as an `ArraySubquery`, are found once; the column's index is then used however few
    of them the planner expects.
    """

    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Iterable[object] | ArraySubquery, kind: str = "bigint") -> None:
        among = values if isinstance(values, ArraySubquery) else Value(array(values))
        super().__init__(models.F(column), among, template=f"(%(expressions)s::{kind}[]))")


def array(values: Iterable[object]) -> str:
    """An array's literal, for a parameter that the statement casts; psycopg takes five times as long.

    Of what PostgreSQL reads as Python writes it: text, numbers, UUIDs, days, moments, true and false.
    """
    given = list(values)
    kinds = set(map(type, given))
    if kinds == {UUID}:
        return "{" + ",".join([one.hex for one in cast(list[UUID], given)]) + "}"
    texts = [issubclass(kind, str) for kind in kinds]
    if texts and all(texts):
        return _texts(cast(list[str], given))
    if kinds == {date} or (kinds == {datetime} and _in_utc(cast(list[datetime], given))):
        # Many share a few, and writing one takes ten times as long as finding it.
        written = {one: str(one) for one in set(given)}
        return "{" + ",".join(map(written.__getitem__, given)) + "}"
    if not any(texts) and type(None) not in kinds:
        return "{" + ",".join(map(str, given)) + "}"
    return "{" + ",".join(map(_element, given)) + "}"


def _in_utc(given: list[datetime]) -> bool:
    """Elsewhere the two moments of an hour that comes twice are equal to Python."""
    return {one.tzinfo for one in given} == {UTC}


def _texts(given: list[str]) -> str:
    """One look at all of them: hardly any text has a quote or a backslash."""
    everything = "".join(given)
    if '"' in everything or "\\" in everything:
        return "{" + ",".join(map(_element, given)) + "}"
    return '{"' + '","'.join(given) + '"}'


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""Rows of a statement of our own, as models, and many values as one parameter.

For what comes with each request: the ORM takes longer to put such a statement together, and to take its rows
apart, than the database to answer it.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models.expressions import Func, Value

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
    model: type[Row], query: str, values: Mapping[str, Any]
) -> Callable[[], list[tuple[Row, tuple[Any, ...]]]]:
    """As `ask`: the rows, each with what it holds beside the model's columns.

    `{columns}` in the query stands for these columns and comes first; the table goes by the model's name.
    """
    rows = ask(_with_columns(model, query), values)
    return lambda: [_made(model, row) for row in rows()]


def by_sql(model: type[Row], query: str, values: Mapping[str, Any]) -> list[tuple[Row, tuple[Any, ...]]]:
    """The rows of `ask_for` at once."""
    return ask_for(model, query, values)()


def _made(model: type[Row], row: tuple[Any, ...]) -> tuple[Row, tuple[Any, ...]]:
    names, conversions = _columns(model)
    found = list(row[: len(names)])
    for place, convert in conversions:
        found[place] = convert(found[place], None, connection)
    return model.from_db(connection.alias, names, found), row[len(names) :]


@cache
def _with_columns(model: type[models.Model], query: str) -> str:
    quoted = connection.ops.quote_name
    table = quoted(str(model._meta.model_name))
    columns = (f"{table}.{quoted(str(each.column))}" for each in model._meta.concrete_fields)
    return query.replace("{columns}", ", ".join(columns))


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Callable[..., Any]]]]:
    """The names, and by the place of a column what makes of its value what the model holds."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    return names, [
        (n, convert) for n, one in enumerate(fields) for convert in one.get_db_converters(connection)
    ]


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
    if not any(texts) and type(None) not in kinds:
        return "{" + ",".join(map(str, given)) + "}"
    return "{" + ",".join(map(_element, given)) + "}"


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

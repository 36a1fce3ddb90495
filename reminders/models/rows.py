"""Many new rows in one statement, at a third of the price of Django's `bulk_create`."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from django.db.models.fields.json import JSONField
from psycopg.types.json import Jsonb


def insert(rows: Sequence[Model], *varied: str) -> None:
    """Stores them; one that is there already stays as it is. `varied` are the columns by their attributes'
    names in which rows may differ; in all others each row is as the first one.
    """
    if not rows:
        return
    statement, others = _statement(type(rows[0]), varied)
    columns = [[getattr(row, name) for row in rows] for name in varied]
    shared = [_plain(field, getattr(rows[0], field.attname)) for field in others]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*shared, *columns])


@cache
def _statement(model: type[Model], varied: tuple[str, ...]) -> tuple[str, list["Field[Any, Any]"]]:
    fields = {one.attname: one for one in model._meta.concrete_fields if not _of_the_database(one)}
    others = [one for name, one in fields.items() if name not in varied]
    types = [f"%s::{fields[name].db_type(connection)}[]" for name in varied]
    names = ", ".join(f'"{one.column}"' for one in (*others, *(fields[name] for name in varied)))
    given = "".join(f"%s::{one.db_type(connection)}, " for one in others)
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    # Names and types of our own models; every value is a parameter.
    return f"{into} SELECT {given}it.* FROM unnest({', '.join(types)}) AS it ON CONFLICT DO NOTHING", others  # noqa: S608


def _of_the_database(field: "Field[Any, Any]") -> bool:
    return field.generated or isinstance(field, AutoField)


def _plain(field: "Field[Any, Any]", value: Any) -> Any:
    return Jsonb(value) if isinstance(field, JSONField) else value

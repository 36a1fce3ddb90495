"""What PostgreSQL's planner may remember of a column: of what people wrote or are called, nothing.

ANALYZE copies values out of the rows it has read into `pg_statistic`: the commonest ones, and a hundred
others to mark how the rest is spread. There they outlive their rows until the table is analysed again, which
may take months: a name, an address, a whole report of somebody whose record was erased. No question of ours
is planned by the values of such a column, and sorting documents was five sixths of the time that ANALYZE took
on the entries (decision 41).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.models import Field, Model

# Columns without choices that hold words of ours all the same, by which rows are looked for.
WORDS_OF_OURS = frozenset({"channel", "kind", "language", "pattern", "table", "timezone", "verb"})
# Not Osteon's own, and filled with what people do or are.
OTHERS = frozenset({"account", "admin", "mfa", "sessions", "usersessions"})
OWN = frozenset({"accounts", "journal", "reminders"})
# An index on an expression has statistics of its own; its one column is named by the function.
INDEX, FUNCTION = "user_email_once_in_any_case", "lower"
FORGET = """
DO $$ BEGIN
    IF to_regproc('pg_clear_attribute_stats') IS NOT NULL AND to_regclass('{table}') IS NOT NULL THEN
        PERFORM pg_clear_attribute_stats('public', '{table}', '{column}', false);
    END IF;
END $$"""


def statements() -> Iterator[str]:
    """Fit to be run again. What was remembered so far is forgotten, by servers that know how (from 18 on)."""
    for model in apps.get_models(include_auto_created=True):
        table, columns = model._meta.db_table, silent(model)
        if columns:
            parts = ", ".join(f'ALTER COLUMN "{column}" SET STATISTICS 0' for column in columns)
            yield f"ALTER TABLE IF EXISTS {table} {parts}"
        for column in columns:
            yield FORGET.format(table=table, column=column)
    yield f"ALTER INDEX IF EXISTS {INDEX} ALTER COLUMN 1 SET STATISTICS 0"
    yield FORGET.format(table=INDEX, column=FUNCTION)


def silent(model: type[Model]) -> list[str]:
    """The columns of which nothing is remembered."""
    if not model._meta.managed or model._meta.app_label not in OWN | OTHERS:
        return []
    return [str(field.column) for field in model._meta.concrete_fields if _of_people(field)]


def _of_people(field: "Field[object, object]") -> bool:
    written = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return written and not field.choices and field.column not in WORDS_OF_OURS

"""Many rows out of a few: PostgreSQL multiplies a table itself, a million rows in well under a minute."""

from typing import Any

import psycopg
from psycopg import sql

COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
AND (is_identity = 'NO' OR column_name = ANY(%s))
"""


def multiply(
    connection: psycopg.Connection,
    table: str,
    templates: Any,
    rows: str | int,
    *,
    pick: str = "0",
    every: bool = False,
    where: str = "true",
    **changed: str,
) -> None:
    """Copies of the row with the id `templates`, or of the rows of a list of ids, as the owner.

    `rows` is a number of copies, which `n` then counts from 1, or SQL that stands behind FROM. Columns that
    differ come as SQL; numbered keys count on by themselves. Which row is copied, named `it`, is told by
    `pick`: a number from 0 on, taken modulo how many there are. `every` copies all, once for each of `rows`.
    """
    ids = [str(one) for one in templates] if isinstance(templates, list) else [str(templates)]
    found = [name for (name,) in connection.execute(COLUMNS, [table, list(changed)])]
    unknown = set(changed) - set(found)
    assert not unknown, (table, unknown)
    source = f"generate_series(1, {rows}) AS t(n)" if isinstance(rows, int) else rows
    chosen = "true" if every else f"it.place = 1 + ({pick}) % {len(ids)}"
    columns = sql.SQL(", ").join(map(sql.Identifier, found))
    values = sql.SQL(", ").join(
        sql.SQL(changed[name]) if name in changed else sql.Identifier("it", name) for name in found
    )
    statement = sql.SQL(
        "WITH it AS MATERIALIZED (SELECT array_position({ids}::text[], id::text) AS place, {table}.*"
        " FROM {table} WHERE id::text = ANY({ids}::text[]))"
        " INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM it, {rows}"
        " WHERE {chosen} AND ({where})"
    )
    connection.execute(
        statement.format(
            ids=sql.Literal(ids),
            table=sql.Identifier(table),
            columns=columns,
            values=values,
            rows=sql.SQL(source),
            chosen=sql.SQL(chosen),
            where=sql.SQL(where),
        )
    )

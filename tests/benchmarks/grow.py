"""Many rows out of one: a table is multiplied in PostgreSQL itself, a million rows in well under a minute."""

from typing import Any

import psycopg
from psycopg import sql

COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


def multiply(connection: psycopg.Connection, table: str, template: Any, count: int, **changed: str) -> None:
    """`count` copies of the row with the id `template`, as the owner; columns that differ come as SQL.

    In that SQL `n` is the number of the copy, from 1, and `it` the template.
    """
    found = [name for (name,) in connection.execute(COLUMNS, [table])]
    unknown = set(changed) - set(found)
    assert not unknown, unknown
    columns = sql.SQL(", ").join(map(sql.Identifier, found))
    values = sql.SQL(", ").join(
        sql.SQL(changed[name]) if name in changed else sql.Identifier("it", name) for name in found
    )
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE "
        "SELECT {values} FROM {table} it, generate_series(1, {count}) AS n WHERE it.id = {template}"
    )
    # A trail of a million copies of one row is of no use to anybody.
    quiet = sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table))
    traced = sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table))
    with connection.transaction():
        connection.execute(quiet)
        connection.execute(
            statement.format(
                table=sql.Identifier(table),
                columns=columns,
                values=values,
                count=sql.Literal(count),
                template=sql.Literal(template),
            )
        )
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute(traced)

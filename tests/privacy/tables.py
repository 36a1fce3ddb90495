"""Every row of the database as text, read by the owner, who sees them all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql


@contextmanager
def as_owner() -> Iterator[psycopg.Connection]:
    name = connections["default"].settings_dict["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{name}"))
    with psycopg.connect(url) as connected:
        yield connected


def holding(word: str) -> set[str]:
    """The tables in which a row has the word in any column, in any case."""
    with as_owner() as owner:
        names = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name for (name,) in names if _found(owner, name, word)}


def _found(owner: psycopg.Connection, name: str, word: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} it WHERE it::text ILIKE %s)").format(sql.Identifier(name))
    row = owner.execute(query, [f"%{word}%"]).fetchone()
    return bool(row and row[0])


def remembered(word: str) -> set[str]:
    """Where the planner's statistics have the word, in any case, once all tables are analysed."""
    with as_owner() as owner:
        owner.execute("ANALYZE")
        return remembered_now(owner, word)


def remembered_now(owner: psycopg.Connection, word: str) -> set[str]:
    query = (
        "SELECT tablename || '.' || attname FROM pg_stats WHERE schemaname = 'public'"
        " AND (most_common_vals::text ILIKE %(word)s OR histogram_bounds::text ILIKE %(word)s"
        " OR most_common_elems::text ILIKE %(word)s)"
    )
    return {place for (place,) in owner.execute(query, {"word": f"%{word}%"}).fetchall()}

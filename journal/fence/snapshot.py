"""One view of the database for many statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import IsolationLevel


@contextmanager
def snapshot() -> Iterator[None]:
    """Every statement inside sees the database as it was at the first one.

    Inside a transaction that has begun already, that one's view is all there is.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    beneath = connection.connection
    before = beneath.isolation_level
    beneath.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        if not beneath.closed:
            beneath.isolation_level = before


__all__ = ["snapshot"]

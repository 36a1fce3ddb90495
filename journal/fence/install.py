"""Puts the fence up: after each migration of the owner, for all tables that there are by then."""

import hashlib
from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from journal.fence import erasure, policies, statistics, tables, trail

MARK = "osteon_kind()"


def put_up(connection: BaseDatabaseWrapper) -> bool:
    """All of the fence, when it differs from what was put up last; whether it did.

    Nothing is done while a table is missing, as when migrations are undone.
    """
    with connection.cursor() as cursor:
        there = {found.name for found in connection.introspection.get_table_list(cursor)}
        if not {model._meta.db_table for model in tables.models()} <= there:
            return False
        script = list(_script())
        digest = hashlib.sha256("\n".join(script).encode()).hexdigest()
        cursor.execute("SELECT obj_description(to_regprocedure(%s), 'pg_proc')", [MARK])
        if cursor.fetchone() == (digest,):
            return False
        for statement in script:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON FUNCTION {MARK} IS '{digest}'")
    return True


def _script() -> Iterator[str]:
    yield from policies.statements()
    yield from trail.statements()
    yield from erasure.statements()
    yield from statistics.statements()

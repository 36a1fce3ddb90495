"""PostgreSQL, told with each transaction in whose name it is asked. Django's ENGINE is `journal.fence`."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from journal.fence import scope


class DatabaseWrapper(base.DatabaseWrapper):
    """Puts `SET LOCAL osteon.scope` before the first statement of a transaction, in the same message.

    It costs no round trip, and ends with the transaction: with a pool, a setting of the session would be the
    next person's. Outside a transaction the message is one of its own.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._told: str | None = scope.NOBODY
        self.execute_wrappers.append(self._tell)

    def _tell(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        status = self.connection.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            self._told = scope.NOBODY
        wanted = scope.current()
        if status == TransactionStatus.INERROR or wanted == self._told:
            return execute(sql, params, many, context)
        cursor = context["cursor"].cursor
        setting = f"SET LOCAL osteon.scope = '{wanted}'"
        if many or getattr(cursor, "name", None):
            return self._tell_first(setting, wanted, (execute, sql, params, many, context))
        text = sql if isinstance(sql, str) else sql.as_string(cursor)
        found = execute(f"{setting}; {text}", params, many, context)
        cursor.nextset()
        self._told = wanted
        return found

    def _tell_first(self, setting: str, wanted: str, asked: Any) -> Any:
        """Server-side cursors and repeated statements take no second statement: they need a transaction."""
        execute, *rest = asked
        if not self.in_atomic_block:
            raise RuntimeError("Under a scope this needs a transaction: open one with atomic().")
        with self.connection.cursor() as cursor:
            cursor.execute(setting)
        self._told = wanted
        return execute(*rest)

    def _savepoint_rollback(self, sid: str) -> None:
        """What was set since the savepoint is unset now: the next statement says it again."""
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None


__all__ = ["DatabaseWrapper"]

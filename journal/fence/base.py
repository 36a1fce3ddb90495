"""PostgreSQL, told with each transaction in whose name it is asked. Django's ENGINE is `journal.fence`."""

from contextlib import nullcontext
from datetime import UTC
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import PipelineStatus, TransactionStatus

from journal.fence import scope
from journal.fence.moments import with_moments

_SCOPE = "SELECT set_config('osteon.scope', %s, true), set_config('plan_cache_mode', %s, true)"
# With its policies a statement takes longer to plan than to run. What a patient asks starts at the narrow
# piece of an index that holds their own rows, whatever the values, so one plan serves everybody; what staff
# and workers ask differs by clinic and by date, and is planned by value.
_ONE_PLAN = ("person:", "patient:")


class DatabaseWrapper(base.DatabaseWrapper):
    """Puts the scope before the first statement of a transaction, in the same pipeline.

    It costs no round trip of its own, leaves prepared statements alone, and ends with the transaction: with a
    pool, a setting of the session would be the next person's. Outside a transaction the two statements up to
    the pipeline's sync are a transaction of their own.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._told: str | None = scope.NOBODY
        self.execute_wrappers.append(self._tell)

    def get_connection_params(self) -> dict[str, Any]:
        wanted: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            wanted["context"] = with_moments(wanted["context"])
        return wanted

    def forget_scope(self) -> None:
        """A statement has set it by itself: what is asked next says its own again."""
        self._told = None

    def _tell(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        status = self.connection.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            self._told = scope.NOBODY
        wanted = scope.current()
        if status == TransactionStatus.INERROR or wanted == self._told:
            return execute(sql, params, many, context)
        piped = self.connection.pgconn.pipeline_status != PipelineStatus.OFF
        with self.wrap_database_errors, nullcontext() if piped else self.connection.pipeline():
            plans = "force_generic_plan" if wanted.startswith(_ONE_PLAN) else "auto"
            self.connection.execute(_SCOPE, (wanted, plans))
            found = execute(sql, params, many, context)
        self._told = wanted
        return found

    def _savepoint_rollback(self, sid: str) -> None:
        """What was set since the savepoint is unset now: the next statement says it again."""
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None


__all__ = ["DatabaseWrapper"]

"""PostgreSQL, told with each transaction in whose name it is asked. Django's ENGINE is `journal.fence`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import PipelineStatus, TransactionStatus

from journal.fence import scope
from journal.fence.moments import with_moments
from journal.fence.wire import Answer, Wire

_SCOPE = "SELECT set_config('osteon.scope', %(scope)s, true), set_config('plan_cache_mode', %(plans)s, true)"
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
        self._gathered: list[Answer] | None = None
        self.execute_wrappers.append(self._tell)

    def get_connection_params(self) -> dict[str, Any]:
        if self.alias in self._connection_pools:  # type: ignore[attr-defined]
            return {}  # Django puts them together for each request, and the pool has its own
        wanted: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            wanted["context"] = with_moments(wanted["context"])
        return wanted

    def ask(self, query: str, values: Mapping[str, Any]) -> Answer:
        """Sends one statement by the short way (journal.fence.wire), or puts it to those of `at_once`."""
        answer = Answer(query, values)
        if self._gathered is None:
            self._exchange([answer])
        else:
            self._gathered.append(answer)
        return answer

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is asked inside travels in one message, when this ends. Cursors know nothing of it."""
        gathered: list[Answer] = []
        self._gathered = gathered
        try:
            yield
        finally:
            self._gathered = None
        self._exchange(gathered)

    def _exchange(self, answers: list[Answer]) -> None:
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        beneath, started = self.connection, monotonic()
        if beneath.pgconn.transaction_status == TransactionStatus.IDLE:
            self._told = scope.NOBODY
        wanted, before = scope.current(), self._told
        told = [] if wanted == before else [Answer(_SCOPE, _said(wanted))]
        self._told = None
        with self.wrap_database_errors:
            Wire.of(beneath).exchange([*told, *answers])
        self._told = wanted
        if self.queries_logged:
            took = f"{monotonic() - started:.3f}"
            self.queries_log.extend(
                {"sql": self.ops.compose_sql(one.query, one.values), "time": took} for one in answers
            )

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
            self.connection.execute(_SCOPE, _said(wanted))
            found = execute(sql, params, many, context)
        self._told = wanted
        return found

    def _savepoint_rollback(self, sid: str) -> None:
        """What was set since the savepoint is unset now: the next statement says it again."""
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None


def _said(wanted: str) -> dict[str, str]:
    return {
        "scope": wanted,
        "plans": "force_generic_plan" if wanted.startswith(_ONE_PLAN) else "auto",
    }


__all__ = ["DatabaseWrapper"]

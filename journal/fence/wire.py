"""Statements as libpq takes them: prepared once a connection, as many as there are in one message.

psycopg's cursors take 45 us of CPU a statement, warm, and Django's 15 more; this way takes 5. It is for the
few statements that come with each request. All else goes by cursors, on the same connection.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

import psycopg
from django.db import DataError
from psycopg import adapt, pq
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.generators import fetch, send

Rows = list[tuple[Any, ...]]
_NAMES = count()
_MARK = re.compile(r"%\((\w+)\)s")
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Answer:
    """What one statement will have given when its message was answered."""

    def __init__(self, query: str, values: Mapping[str, Any]) -> None:
        self.query, self.values = query, values
        self.text, names = _numbered(query)
        self.written = [_written(values[name]) for name in names]
        self.result: pq.abc.PGresult | None = None
        self.wire: Wire | None = None

    def rows(self) -> Rows:
        """As a cursor would give them."""
        if self.wire is None or self.result is None:
            raise RuntimeError("An answer was read before its message was sent.")
        return self.wire.rows_of(self.result)


class Wire:
    """One connection of psycopg. What it has prepared is forgotten whenever psycopg forgets its own."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection, self.pgconn = connection, connection.pgconn
        self.reader = adapt.Transformer(connection)

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> "Wire":
        """The one of this connection, whoever has it from the pool."""
        found: Wire | None = getattr(connection, "_osteon_wire", None)
        if found is None:
            found = cls(connection)
            setattr(connection, "_osteon_wire", found)  # noqa: B010  psycopg's class names no such thing
        return found

    def rows_of(self, result: "pq.abc.PGresult") -> Rows:
        self.reader.set_pgresult(result)
        return self.reader.load_rows(0, result.ntuples, tuple)

    def exchange(self, answers: Sequence[Answer]) -> None:
        """Sends all of them, begins a transaction before them where one is due, and waits for the last.

        Raises:
            psycopg.Error: of the first that failed; those behind it were not run.
        """
        connection, pgconn = self.connection, self.pgconn
        with connection.lock:
            if connection._prepared._to_flush:
                connection.wait(connection._prepared.maintain_gen(connection))
            idle = pgconn.transaction_status == pq.TransactionStatus.IDLE
            heard: list[Callable[[pq.abc.PGresult], None]] = []
            pgconn.enter_pipeline_mode()
            try:
                if idle and not connection.autocommit:
                    pgconn.send_query_params(connection._get_tx_start_command(), None)
                    heard.append(_nothing)
                for answer in answers:
                    self._send(answer, heard)
                pgconn.pipeline_sync()
                results = connection.wait(_until_sync(pgconn))
                pgconn.exit_pipeline_mode()
            except BaseException:
                pgconn.finish()  # cut off in the middle, it can't be used any more
                raise
        for result, hear in zip(results, heard, strict=False):
            if result.status not in _DONE:
                raise error_from_result(result)
            hear(result)
        if len(results) < len(heard):
            raise psycopg.OperationalError("the connection was lost")

    def _send(self, answer: Answer, heard: list[Callable[["pq.abc.PGresult"], None]]) -> None:
        answer.wire = self
        if self.connection.prepare_threshold is None:
            self.pgconn.send_query_params(answer.text, answer.written)
        else:
            self.pgconn.send_query_prepared(self._prepared(answer.text, heard), answer.written)
        heard.append(lambda result: setattr(answer, "result", result))

    def _prepared(self, text: bytes, heard: list[Callable[["pq.abc.PGresult"], None]]) -> bytes:
        """The name of a statement, kept where psycopg keeps those of its own: a rollback drops them all."""
        known = self.connection._prepared._names
        key = (text, ())
        if key in known:
            known.move_to_end(key)
            return known[key]
        name = b"osteon_%d" % next(_NAMES)
        self.pgconn.send_prepare(name, text)
        heard.append(lambda _: known.update({key: name}))
        return name


def _nothing(_: "pq.abc.PGresult") -> None:
    pass


def _until_sync(pgconn: "pq.abc.PGconn") -> PQGen[list["pq.abc.PGresult"]]:
    """The results of a message, one a statement."""
    yield from send(pgconn)
    found: list[pq.abc.PGresult] = []
    while True:
        result = yield from fetch(pgconn)
        if result is None:
            if pgconn.status == pq.ConnStatus.BAD:
                return found
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return found
        else:
            found.append(result)


@cache
def _numbered(query: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with `$1` for `%(name)s`, and the names in the order of their numbers."""
    names = tuple(dict.fromkeys(_MARK.findall(query)))
    return _MARK.sub(lambda found: f"${names.index(found[1]) + 1}", query).encode(), names


def _written(value: Any) -> bytes | None:
    """As PostgreSQL reads it; of which type it is the statement says."""
    if value is None:
        return None
    found = value.encode() if isinstance(value, str) else str(value).encode()
    if b"\0" in found:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return found

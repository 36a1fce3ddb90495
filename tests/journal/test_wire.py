"""The short way to the database (journal.fence.wire) answers as a cursor does, whatever happens."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from journal.fence import scope
from journal.fence.snapshot import snapshot
from journal.rows import ask, at_once

VALUES = [
    ("bigint", 2**40),
    ("int", -5),
    ("text", 'ä "quoted" \\ %s $1'),
    ("text", ""),
    ("text", None),
    ("boolean", True),
    ("uuid", UUID(int=7)),
    ("date", date.min),
    ("date", date.max),
    ("timestamptz", datetime(2026, 1, 10, 9, 30, 0, 5, tzinfo=UTC)),
    ("jsonb", '{"a": [1, 2.5, null]}'),
    ("text[]", '{"a","b"}'),
    ("numeric", "1.50"),
    ("time", "09:30"),
]
DIVIDED: tuple[str, dict[str, Any]] = ("SELECT 1 / %(by)s::int", {"by": 0})


def together(*asked: tuple[str, dict[str, Any]]) -> None:
    with at_once():
        for query, values in asked:
            ask(query, values)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_goes_and_comes_as_with_a_cursor(kind: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}", [value])
        usual = cursor.fetchall()
    short = ask(f"SELECT %(value)s::{kind}", {"value": value})()
    assert short == usual
    assert type(short[0][0]) is type(usual[0][0])


@pytest.mark.django_db
def test_a_text_of_megabytes_comes_back_whole() -> None:
    long = "ab" * 2_000_000
    with at_once():
        first = ask("SELECT %(text)s::text", {"text": long})
        second = ask("SELECT length(%(text)s::text)", {"text": long})
    assert first() == [(long,)]
    assert second() == [(len(long),)]


@pytest.mark.django_db
def test_a_nul_is_refused_and_never_cuts_a_text_off() -> None:
    with pytest.raises(DataError, match="NUL"):
        ask("SELECT %(text)s::text", {"text": "a\0b"})


@pytest.mark.django_db
def test_a_refused_value_leaves_the_connection_as_it_was() -> None:
    with transaction.atomic(), pytest.raises(DataError):
        together(("SELECT 1", {}), ("SELECT %(text)s::text", {"text": "a\0b"}))
    assert ask("SELECT 2", {})() == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_told_and_what_stands_behind_it_is_not_run() -> None:
    said = "SELECT set_config('osteon.test', 'said', false)"
    with pytest.raises(DataError):
        together((said, {}), DIVIDED, (said, {}))
    assert ask("SELECT current_setting('osteon.test', true)", {})()[0][0] in {None, ""}


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_prepared_again_after_psycopg_has_dropped_all_of_them() -> None:
    """A rollback drops them, be it the whole or back to a savepoint."""
    query = "SELECT %(n)s::int + 1"
    with connection.cursor() as cursor:
        for _ in range(8):
            cursor.execute("SELECT 'prepared by psycopg'")
    for _ in range(2):
        assert ask(query, {"n": 1})() == [(2,)]
        with transaction.atomic():
            ask(query, {"n": 1})
            transaction.set_rollback(True)
        with transaction.atomic():
            with pytest.raises(DataError), transaction.atomic():
                together((query, {"n": 1}), DIVIDED)
            assert ask(query, {"n": 2})() == [(3,)]


@pytest.mark.django_db(transaction=True)
def test_it_works_where_nothing_may_be_prepared() -> None:
    """DATABASE_PREPARED=off, for a pooler that gives each transaction another connection."""
    connection.ensure_connection()
    beneath = connection.connection
    before, beneath.prepare_threshold = beneath.prepare_threshold, None
    try:
        assert ask("SELECT %(n)s::int", {"n": 5})() == [(5,)]
    finally:
        beneath.prepare_threshold = before


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_an_error_once_and_the_next_one_works() -> None:
    lost = ask("SELECT pg_backend_pid()", {})()[0][0]
    with pytest.raises(OperationalError):
        ask("SELECT pg_terminate_backend(%(pid)s::int), pg_sleep(5)", {"pid": lost})
    connection.close()
    assert ask("SELECT pg_backend_pid()", {})()[0][0] != lost


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begins_with_it_as_with_a_cursor() -> None:
    with transaction.atomic():
        ask("SELECT set_config('osteon.test', 'inside', true)", {})
        assert ask("SELECT current_setting('osteon.test')", {})() == [("inside",)]
    with snapshot():
        assert ask("SHOW transaction_isolation", {})() == [("repeatable read",)]
    assert ask("SHOW transaction_isolation", {})() == [("read committed",)]


@pytest.mark.django_db(transaction=True)
def test_each_is_asked_in_the_name_that_counts() -> None:
    """The scope travels in front, ends with the transaction, and is the next one's own again."""
    now = "SELECT current_setting('osteon.scope', true)"
    with scope.within("person:1::"):
        assert ask(now, {})() == [("person:1::",)]
        with transaction.atomic():
            assert ask(now, {})() == [("person:1::",)]
            with scope.within("patient:1:2:3"):
                assert ask(now, {})() == [("patient:1:2:3",)]
            assert ask(now, {})() == [("person:1::",)]
    with scope.within(scope.NOBODY):
        assert ask(now, {})()[0][0] in {None, ""}


@pytest.mark.django_db
def test_after_an_error_a_transaction_takes_no_more() -> None:
    with transaction.atomic():
        with pytest.raises(ProgrammingError):
            ask("SELECT no_such_column", {})
        with pytest.raises(DatabaseError):
            ask("SELECT 1", {})
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            ask("SELECT 1", {})


@pytest.mark.django_db
def test_statements_are_counted_where_queries_are() -> None:
    with CaptureQueriesContext(connection) as asked, at_once():
        ask("SELECT %(n)s::int", {"n": 5})
        ask("SELECT 6", {})
    assert [one["sql"] for one in asked.captured_queries] == ["SELECT 5::int", "SELECT 6"]


@pytest.mark.django_db
def test_an_answer_is_not_read_before_it_is_there() -> None:
    with at_once():
        answer = ask("SELECT 1", {})
        with pytest.raises(RuntimeError):
            answer()
    assert answer() == [(1,)]

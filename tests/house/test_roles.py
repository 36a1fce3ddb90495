"""The role that serves requests owns nothing and is no superuser."""

import pytest
from django.db import ProgrammingError, connection

pytestmark = pytest.mark.django_db


def test_the_app_role_owns_no_table_and_has_no_privilege_beyond_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.stray (id int)",
        "DROP TABLE journal_entry",
        "TRUNCATE journal_change",
        "UPDATE journal_change SET verb = 'x'",
        "DELETE FROM journal_change",
        "DELETE FROM journal_staffread",
        "UPDATE journal_entryversion SET version = 9",
        "UPDATE journal_fact SET code = 'x'",
        "DELETE FROM journal_fact",
        "UPDATE journal_factwithdrawal SET reason = 'x'",
        "DELETE FROM journal_factwithdrawal",
        "UPDATE journal_note SET text = 'x'",
        "DELETE FROM journal_note",
        "UPDATE journal_notewithdrawal SET reason = 'x'",
        "DELETE FROM journal_notewithdrawal",
        "DELETE FROM journal_careitem",
    ],
)
def test_the_app_role_may_not_change_tables_or_rewrite_the_record(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nothing_is_written_through_the_views_that_look_past_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT viewname, has_table_privilege(oid, 'SELECT'),"
            " has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
            " FROM pg_views JOIN pg_class ON relname = viewname WHERE schemaname = 'public'"
        )
        found = cursor.fetchall()
    assert len(found) > 1
    assert {name: rights for name, *rights in found} == {name: [True, False] for name, *_ in found}

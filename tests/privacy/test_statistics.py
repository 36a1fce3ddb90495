"""What PostgreSQL remembers of tables for its planner has no word of anybody."""

import pytest
from django.apps import apps

from journal.fence import statistics
from tests.privacy.conftest import CANARY, whole
from tests.privacy.tables import as_owner, remembered, remembered_now

committed = pytest.mark.django_db(transaction=True)


@committed
def test_the_planner_remembers_no_word_of_a_record() -> None:
    """Two clinics: of a column with one row alone PostgreSQL keeps no value."""
    people = [whole(slug, f"{CANARY}-{slug}") for slug in ("hill", "lake")]
    assert remembered(CANARY) == set()
    for cast in people:
        assert cast.person.email
        assert remembered(cast.person.email) == set()


@committed
def test_what_was_remembered_before_is_forgotten_when_the_fence_goes_up() -> None:
    for slug in ("hill", "lake"):
        whole(slug, f"{CANARY}-{slug}")
    with as_owner() as owner:
        owner.execute("ALTER TABLE journal_note ALTER COLUMN text SET STATISTICS -1")
        owner.execute("ALTER INDEX user_email_once_in_any_case ALTER COLUMN 1 SET STATISTICS -1")
        owner.execute("ANALYZE journal_note, accounts_user")
        assert remembered_now(owner, CANARY) == {"journal_note.text"}
        assert remembered_now(owner, "@hill.example") == {"user_email_once_in_any_case.lower"}
        for statement in statistics.statements():
            owner.execute(statement)
        for _ in range(2):
            assert remembered_now(owner, CANARY) == set()
            assert remembered_now(owner, "@hill.example") == set()
            owner.execute("ANALYZE journal_note, accounts_user")


def test_columns_by_which_rows_are_looked_for_keep_their_statistics() -> None:
    kept = {
        "reminders_delivery.state",
        "reminders_delivery.channel",
        "journal_flag.pattern",
        "journal_flag.status",
    }
    silent = {
        f"{model._meta.db_table}.{column}"
        for model in apps.get_models()
        for column in statistics.silent(model)
    }
    assert not kept & silent
    assert {"journal_entry.report", "accounts_user.email", "journal_note.text"} <= silent

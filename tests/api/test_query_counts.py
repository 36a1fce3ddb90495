"""How many statements a call costs: the same for one row and for many, and whatever the history."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.models import Entry, Flag
from journal.sync.columns import milliseconds
from tests.api.phone import Phone, entry, pain
from tests.api.syncing import body, pull, push, row

pytestmark = pytest.mark.django_db
SUDDEN: dict[str, Any] = {"pains": [pain("lumbar", 8, onset="sudden")]}
ORDINARY: dict[str, Any] = {"pains": [pain("lumbar", 2)]}
# Session with account, then patient: who asks.
WHO = 2


def asked(call: Callable[[], tuple[int, Any]]) -> list[str]:
    """The statements of one call, those around transactions left out."""
    with CaptureQueriesContext(connection) as queries:
        assert call()[0] in {200, 201}
    return [one["sql"] for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]]


def fortnight(phone: Phone, times: int = 14) -> None:
    """A history of calm days, brought by one push."""
    now = timezone.now()
    moments = [milliseconds(now - timedelta(days=1, hours=8 * place)) for place in range(times)]
    assert push(phone, body(created=[row(recorded_at=at, **ORDINARY) for at in moments]))[0] == 200


def test_an_entry_is_stored_by_one_statement_and_costs_no_more_with_a_longer_history(phone: Phone) -> None:
    first = asked(lambda: phone.log(**ORDINARY))
    fortnight(phone, 100)
    later = asked(lambda: phone.log(**ORDINARY))
    assert len(later) == len(first)
    written = [one for one in later if "INSERT" in one or "UPDATE" in one]
    assert len(written) == 1
    assert all(name in written[0] for name in ("accounts_patient", "journal_entry", "journal_change"))


def test_who_asks_is_read_once(phone: Phone) -> None:
    found = asked(lambda: phone.send("GET", "/api/v1/flags"))
    assert len(found) == WHO + 1
    assert sum("FROM accounts_patient" in one for one in found) == 1


def test_the_50th_row_of_a_push_costs_no_statement_more_than_the_first(phone: Phone) -> None:
    phone.log(**SUDDEN)  # opens the flag that all others join

    def pushed(rows: int) -> list[str]:
        sent = body(created=[row(**SUDDEN) for _ in range(rows)])
        since = pull(phone)[1]["timestamp"]
        return asked(lambda: push(phone, sent, since))

    one, many = pushed(1), pushed(50)
    assert len(one) == len(many)
    assert Entry.objects.count() == 52
    assert sum("INSERT INTO journal_entry" in each for each in many) == 1


def test_a_push_that_opens_flags_on_many_days_keeps_what_was_answered_by_one_statement(phone: Phone) -> None:
    days = [milliseconds(timezone.now() - timedelta(days=40 * back)) for back in range(1, 6)]
    sent = body(created=[row(recorded_at=at, **SUDDEN) for at in days])
    since = pull(phone)[1]["timestamp"]
    found = asked(lambda: push(phone, sent, since))
    assert Flag.objects.count() >= 5
    assert sum("UPDATE journal_entry" in each for each in found) == 1


def test_a_pull_of_one_change_asks_what_changed_and_reads_that_table_alone(phone: Phone) -> None:
    fortnight(phone, 60)
    since = pull(phone)[1]["timestamp"]
    phone.log(**ORDINARY)
    found = asked(lambda: pull(phone, since))
    assert len(found) == WHO + 2
    assert len(pull(phone, since)[1]["changes"]["entries"]["updated"]) == 1


def test_a_pull_of_nothing_reads_no_table(phone: Phone) -> None:
    fortnight(phone)
    since = pull(phone)[1]["timestamp"]
    assert len(asked(lambda: pull(phone, since))) == WHO


def test_the_list_of_flags_costs_the_same_for_one_flag_and_for_many(phone: Phone) -> None:
    phone.log(**SUDDEN)
    one = asked(lambda: phone.send("GET", "/api/v1/flags"))
    for back in (40, 80, 120):
        at = (timezone.now() - timedelta(days=back)).isoformat()
        phone.send("POST", "/api/v1/entries", entry(recorded_at=at, **SUDDEN))
    assert Flag.objects.count() > 3
    assert len(asked(lambda: phone.send("GET", "/api/v1/flags"))) == len(one)


def test_a_change_of_one_table_is_not_missed_because_another_one_rests(phone: Phone) -> None:
    phone.log(**SUDDEN)
    since = pull(phone)[1]["timestamp"]
    flag = Flag.objects.get()
    phone.send("POST", f"/api/v1/flags/{flag.pk}/seen")
    changes = pull(phone, since)[1]["changes"]
    assert [each["id"] for each in changes["flags"]["updated"]] == [str(flag.pk)]
    assert changes["entries"] == {"created": [], "updated": [], "deleted": []}

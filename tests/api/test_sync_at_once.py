"""Pushes of one patient at the same moment, on connections of their own."""

import uuid
from collections import Counter
from functools import partial

import pytest

from journal.models import Change, Entry, Flag
from tests.api.phone import Phone, pain
from tests.api.syncing import body, pull, push, reminder, row
from tests.api.test_entries_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_20_equal_pushes_at_once_store_each_row_once_and_all_succeed(phone: Phone) -> None:
    since = pull(phone)[1]["timestamp"]
    rows = [row(pains=[pain("lumbar", 8, onset="sudden")]) for _ in range(10)]
    sent = {**body(created=rows), **body("reminders", created=[reminder()])}
    answers = at_once([lambda: push(Phone(phone.token), sent, since)] * 20, workers=8)
    assert Counter(status for status, _ in answers) == {200: 20}
    assert all(answer == answers[0][1] for _, answer in answers)
    assert (Entry.objects.count(), Flag.objects.count()) == (10, 1)
    assert Change.objects.filter(verb="entry.recorded").count() == 10


def test_of_different_pushes_from_one_cursor_one_is_taken_and_the_others_pull_first(phone: Phone) -> None:
    since = pull(phone)[1]["timestamp"]
    pushes = [body(created=[row(sleep=at, row_id=str(uuid.uuid4()))]) for at in range(8)]
    answers = at_once([partial(push, Phone(phone.token), sent, since) for sent in pushes], workers=8)
    assert Counter(status for status, _ in answers) == {200: 1, 409: 7}
    assert Entry.objects.count() == 1
    assert len(pull(phone, since)[1]["changes"]["entries"]["updated"]) == 1

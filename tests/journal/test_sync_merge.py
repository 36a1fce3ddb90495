"""What becomes of a pushed entry: every case, without a database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from journal.sync.merge import Content, Verdict, judge

AT = datetime(2026, 11, 20, 8, 30, 0, 123_000, UTC)
STORED = Content(AT, "Europe/Berlin", {"sleep": 3})


def test_an_unknown_id_is_a_new_entry() -> None:
    assert judge(STORED, None) is Verdict.NEW


@pytest.mark.parametrize("withdrawn", [False, True])
@pytest.mark.parametrize(
    "at", [AT, AT.astimezone(timezone(timedelta(hours=1))), AT + timedelta(microseconds=999)]
)
def test_the_same_said_again_is_a_repeat_however_the_moment_is_spelled(at: datetime, withdrawn: bool) -> None:
    sent = Content(at, "Europe/Berlin", {"sleep": 3})
    assert judge(sent, STORED, withdrawn=withdrawn) is Verdict.SAME


@pytest.mark.parametrize(
    "sent",
    [
        Content(AT + timedelta(milliseconds=1), "Europe/Berlin", {"sleep": 3}),
        Content(AT, "Europe/Paris", {"sleep": 3}),
        Content(AT, "Europe/Berlin", {"sleep": 4}),
        Content(AT, "Europe/Berlin", {"sleep": 3, "pains": []}),
        Content(AT, "Europe/Berlin", {"sleep": 3, "pains": None}),
    ],
)
def test_anything_else_is_an_edit_unless_the_entry_was_taken_back(sent: Content) -> None:
    assert judge(sent, STORED) is Verdict.EDIT
    assert judge(sent, STORED, withdrawn=True) is Verdict.GONE

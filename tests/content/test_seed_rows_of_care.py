"""Facts, plan and notes together represent what the source articles name."""

from collections.abc import Iterable
from typing import Protocol

import pytest

from journal.content import facts, notes, plan


class Coded(Protocol):
    @property
    def seeds(self) -> tuple[str, ...]: ...


FACTS = """
000-03 000-11 000-13 000-14 000-16 000-28 000-29 000-30 001-06 001-08 001-10 001-20 001-23 001-26
002-04 002-22 003-07 003-10 003-20 004-04 004-14 004-18 X-08 X-09
"""
PLAN = """
000-19 000-20 000-24 000-27 000-33 000-34 001-16 001-21 001-29 001-30 002-16 002-18 002-21 003-16
003-22 003-23 003-24 003-25 003-27 004-09 004-15 004-21 004-22 004-29
"""
NOTES = """
000-03 000-05 000-08 000-11 000-13 000-17 000-18 000-21 000-23 000-30 000-31 000-32 001-08 001-09
001-10 001-11 001-12 001-16 001-17 001-18 001-19 001-23 001-24 001-25 002-05 002-06 002-07 002-08
002-15 002-19 002-20 003-06 003-12 003-28 004-10 004-11 004-12 004-13 004-28 004-29 004-30 004-31
004-32 X-09
"""


@pytest.mark.parametrize(
    ("codes", "rows"),
    [(facts.CODES.values(), FACTS), (plan.CODES.values(), PLAN), (notes.CODES.values(), NOTES)],
    ids=["facts", "plan", "notes"],
)
def test_each_row_has_a_code(codes: Iterable[Coded], rows: str) -> None:
    assert set(rows.split()) - {row for code in codes for row in code.seeds} == set()


def test_no_code_is_in_two_groups_of_notes() -> None:
    assert len(notes.CODES) == sum(len(group.codes) for group in notes.GROUPS)

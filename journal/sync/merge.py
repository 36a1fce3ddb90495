"""What becomes of a pushed entry, decided from what is stored; no database, no clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from journal.sync.columns import milliseconds


@dataclass(frozen=True)
class Content:
    """What the patient said, when, and where."""

    recorded_at: datetime
    timezone: str
    document: dict[str, Any]


class Verdict(Enum):
    """What to do with one pushed entry."""

    NEW = "store it"
    SAME = "stored already: nothing to do"
    EDIT = "a new version"
    GONE = "withdrawn before: refused"


def judge(sent: Content, stored: Content | None, *, withdrawn: bool = False) -> Verdict:
    """A repeat is no edit; and what the patient took back stays taken back, whatever a phone sends late."""
    if stored is None:
        return Verdict.NEW
    if said_the_same(sent, stored):
        return Verdict.SAME
    return Verdict.GONE if withdrawn else Verdict.EDIT


def said_the_same(one: Content, other: Content) -> bool:
    """Equal to the millisecond: phones keep no more of a moment that came to the server with microseconds."""
    return (
        same_moment(one.recorded_at, other.recorded_at)
        and one.timezone == other.timezone
        and one.document == other.document
    )


def same_moment(one: datetime, other: datetime) -> bool:
    return milliseconds(one) == milliseconds(other)

"""Who the history is of, and one entry of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

# What one entry says, as `Report.document` wrote it: checked when it was stored, so that reading a history
# of it costs no second check. A question that is absent or null was not asked (G3).
Document = Mapping[str, Any]
# First and last day, both included; None on either side means "without end".
Span = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the patient beside the entries.

    `history` holds the codes that apply on every day, `dated` those that apply for some time only.
    """

    born: date | None = None
    history: frozenset[str] = frozenset()
    peak_height_cm: float | None = None
    dated: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)

    def on(self, day: date) -> "Profile":
        """The profile as it was on that day: what became known or began later plays no part (G7)."""
        if not self.dated:
            return self
        now = {code for code, spans in self.dated.items() if any(within(span, day) for span in spans)}
        return replace(self, history=self.history | now, dated={})

    def has(self, *any_of: str) -> bool:
        return not self.history.isdisjoint(any_of)

    def age_on(self, day: date) -> int | None:
        """Whole years on that day; None when the birth date is unknown."""
        if self.born is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)


def within(span: Span, day: date) -> bool:
    """Whether the day lies in the span."""
    first, last = span
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in its latest version (G2); `day` is the local day on the patient's clock (G1)."""

    id: str
    day: date
    recorded_at: datetime
    report: Document

"""Who the history is of, and one entry of it."""

from dataclasses import dataclass
from datetime import date, datetime

from journal.content.report import Report


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the patient beside the entries."""

    born: date | None = None
    history: frozenset[str] = frozenset()
    peak_height_cm: float | None = None

    def has(self, *any_of: str) -> bool:
        return not self.history.isdisjoint(any_of)

    def age_on(self, day: date) -> int | None:
        """Whole years on that day; None when the birth date is unknown."""
        if self.born is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in its latest version (G2); `day` is the local day on the patient's clock (G1)."""

    id: str
    day: date
    recorded_at: datetime
    report: Report

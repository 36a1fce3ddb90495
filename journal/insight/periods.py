"""A stretch of local days, and the one before it."""

from dataclasses import dataclass
from datetime import date, timedelta

LENGTHS = (7, 28, 90, 365)
USUAL = 28


@dataclass(frozen=True, slots=True)
class Period:
    """Local days of one patient, both ends included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> "Period":
        return cls(last - timedelta(days=days - 1), last)

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> tuple[date, ...]:
        """Every day, oldest first."""
        return tuple(self.first + timedelta(days=step) for step in range(self.length))

    @property
    def before(self) -> "Period":
        """As many days, directly before."""
        return Period.ending(self.first - timedelta(days=1), self.length)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def chosen(text: str | None) -> int:
    """The length asked for; anything that is not on offer is the usual one."""
    return int(text) if text and text in map(str, LENGTHS) else USUAL

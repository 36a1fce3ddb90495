"""What each local day said, place by place. Not logged, not asked and none stay apart everywhere (G3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import NamedTuple

from journal.insight.periods import Period

Place = tuple[str, str | None]
COMPARABLE_DAYS = 3  # G5: fewer answered days are nothing to compare with


@dataclass(frozen=True, slots=True)
class DayTold:
    """All entries of one day together. Minutes are whole minutes."""

    day: date
    entries: int
    falls: int
    near_falls: int
    injuries: int
    exercise_minutes: int
    other_minutes: int
    exercises_done: int
    cannot_stand: bool
    answered: frozenset[str]

    @property
    def minutes(self) -> int:
        return self.exercise_minutes + self.other_minutes


@dataclass(slots=True)
class Ache:
    """The worst pain of one place on one day, and the entries that named the place."""

    severity: int
    entries: frozenset[str]


class Sign(NamedTuple):
    """A nerve symptom at a place; the site is empty for those that have none."""

    symptom: str
    site: str
    side: str | None


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """One place over one period. Severities 0 to 10; `usual` is the median of the days that named it."""

    place: Place
    answered: int
    days: int
    worst: int
    usual: float


@dataclass(frozen=True, slots=True)
class Change:
    """The worst day of a place now and in the period before; None when too few days answered then."""

    now: PlaceTold
    then: PlaceTold | None

    @property
    def points(self) -> int | None:
        return None if self.then is None else self.now.worst - self.then.worst

    @property
    def is_new(self) -> bool:
        return self.then is not None and self.then.days == 0 and self.now.days > 0

    @property
    def is_gone(self) -> bool:
        return self.now.days == 0


@dataclass(slots=True)
class Told:
    """Both periods. Days without an entry are in none of the maps."""

    period: Period
    before: Period
    days: Mapping[date, DayTold]
    began: date  # before it, a day without an entry is no silence
    pains: dict[Place, dict[date, Ache]] = field(default_factory=dict)
    signs: dict[Sign, set[date]] = field(default_factory=dict)
    medicines: dict[str, set[date]] = field(default_factory=dict)

    def hurt(self, place: Place, day: date, severity: int, entries: Iterable[str]) -> None:
        """Adds what was said of a place; "left" and "both" of the same day meet in one."""
        known = self.pains.setdefault(place, {}).get(day, Ache(0, frozenset()))
        self.pains[place][day] = Ache(max(known.severity, severity), known.entries | set(entries))

    def value(self, place: Place, day: date) -> int | None:
        """G4: the worst of that day; 0 when asked and not named; None when not asked or not logged."""
        ache = self.pains.get(place, {}).get(day)
        if ache is not None:
            return ache.severity
        return 0 if self.answers("pains", day) else None

    def answers(self, question: str, day: date) -> bool:
        return day in self.days and question in self.days[day].answered

    def answered(self, question: str, period: Period) -> list[DayTold]:
        """Days of the period that answered the question."""
        return [one for day, one in self.days.items() if day in period and question in one.answered]

    def logged(self, period: Period) -> int:
        """Days of the period with an entry."""
        return sum(day in period for day in self.days)

    def possible(self, period: Period) -> int:
        """Days of the period on which an entry was made or could have been."""
        return sum(day >= self.began or day in self.days for day in period.dates)

    def silent(self) -> list[date]:
        """Days of the period without an entry, oldest first."""
        return [day for day in self.period.dates if day not in self.days and day >= self.began]

    def earlier(self) -> list[date]:
        """Days of the period before the patient had the journal, oldest first."""
        return [day for day in self.period.dates if day not in self.days and day < self.began]

    def place(self, place: Place, period: Period) -> PlaceTold:
        there = self.pains.get(place, {}).items()
        named = [ache.severity for day, ache in there if day in period and ache.severity]
        answered = len(self.answered("pains", period))
        return PlaceTold(place, answered, len(named), max(named, default=0), median(named) if named else 0)

    def changes(self) -> list[Change]:
        """Every place of both periods, worst of the shown one first."""
        told = [self._change(place) for place in self.pains]
        return sorted(
            told, key=lambda it: (-it.now.worst, -it.now.days, it.now.place[0], it.now.place[1] or "")
        )

    def _change(self, place: Place) -> Change:
        then = self.place(place, self.before)
        return Change(self.place(place, self.period), then if then.answered >= COMPARABLE_DAYS else None)

    def signs_in(self, period: Period) -> dict[Sign, int]:
        """On how many days of the period each was named, most often first."""
        counted = {sign: sum(day in period for day in days) for sign, days in self.signs.items()}
        return dict(sorted(((s, n) for s, n in counted.items() if n), key=lambda it: (-it[1], it[0].symptom)))

    def minutes(self, period: Period) -> float | None:
        """Median minutes of movement of the days that answered; None when none did."""
        told = [one.minutes for one in self.answered("activity", period)]
        return median(told) if told else None

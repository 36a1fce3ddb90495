"""The history of one patient as rules see it: days, windows, baselines, newness.

Windows are local calendar days counted back from the day being judged: `span(D, 13)` is [D-13, D] and
`span(D, 28, 1)` is [D-28, D-1]. Nothing here looks at a later day (G7) or asks the clock.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from journal.content.day import Day, Question
from journal.content.items import Ache, Sign
from journal.content.patient import Entry, Profile

__all__ = ["Baseline", "Entry", "History", "LowHeight", "Profile"]

NEW_AFTER_DAYS = 28  # G6
HEIGHT_REFERENCE_DAYS = 60  # D
HEIGHT_LOSS_CM = {"reference": 2.0, "peak": 4.0}  # ISCD 2007 (V)
BASELINE_DAYS = 28  # G5: how far back
BASELINE_COUNT = 7  # G5: at most so many answered days
BASELINE_MINIMUM = 3  # G5: fewer are not valid


@dataclass(frozen=True, slots=True)
class Baseline:
    """G5: the usual severity of a site before a day, the days it was made of, and whether it may be used."""

    value: float
    days: tuple[date, ...]

    @property
    def valid(self) -> bool:
        return len(self.days) >= BASELINE_MINIMUM

    def is_clearly_below(self, severity: int) -> bool:
        """G5 "clearly above baseline"; the ceiling of 10 keeps a person with a baseline of 9 detectable."""
        return not self.valid or (severity > self.value and severity >= min(self.value + 2, 10))

    def is_below_by(self, points: float, severity: int) -> bool:
        """A valid baseline, and the severity at least so many points above it."""
        return self.valid and severity >= self.value + points


@dataclass(frozen=True, slots=True)
class LowHeight:
    """A low height reading in cm, and by how much it is below the own reference or the remembered peak."""

    cm: float
    lost: Mapping[str, float]

    @property
    def most(self) -> float:
        return max(self.lost.values())

    @property
    def in_words(self) -> str:
        """For the clinician: "159.5 cm, 2.5 cm below the first measurements"."""
        lost = " and ".join(f"{cm:.1f} cm below {_REFERENCES[what]}" for what, cm in self.lost.items())
        return f"{self.cm:.1f} cm, {lost}"


_REFERENCES = {"reference": "the first measurements", "peak": "the tallest adult height"}


class History:
    """All entries of a patient, indexed by day.

    The caller may leave out entries more than the engine's REACH_DAYS before the first day to be judged.
    Height readings alone reach back to the first one ever: those of the left-out days are given as
    `older_heights` (day → mean reading in cm).
    """

    def __init__(
        self, profile: Profile, entries: Iterable[Entry], older_heights: Mapping[date, float] | None = None
    ) -> None:
        self.profile = profile
        self.entries = tuple(sorted(entries, key=lambda e: (e.day, e.recorded_at, e.id)))
        self._older_heights = dict(older_heights or {})
        by_day: dict[date, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            by_day[entry.day].append(entry)
        self.dates = tuple(by_day)
        self._days = {day: Day(day, tuple(found), profile.on(day)) for day, found in by_day.items()}
        # Several rules look at the same places and windows.
        self._baselines: dict[tuple[str, str | None, date], Baseline] = {}
        self._aches: dict[tuple[date, int, int], tuple[Ache, ...]] = {}
        self._spans: dict[tuple[date, int, int], tuple[Day, ...]] = {}

    def at(self, day: date) -> "History":
        """The same history with the profile as it was on that day."""
        if not self.profile.dated:
            return self
        then = copy(self)
        then.profile = self.profile.on(day)
        return then

    def on(self, day: date) -> Day:
        return self._days.get(day) or Day(day, (), self.profile)

    def has_entry(self, day: date) -> bool:
        return day in self._days

    def next_date(self, day: date) -> date | None:
        """The first day with an entry after that day."""
        place = bisect_right(self.dates, day)
        return self.dates[place] if place < len(self.dates) else None

    def span(self, day: date, back: int, to: int = 0) -> tuple[Day, ...]:
        """Days with an entry in [day - back, day - to], oldest first."""
        key = (day, back, to)
        if key not in self._spans:
            first = bisect_left(self.dates, day - timedelta(days=back))
            last = bisect_right(self.dates, day - timedelta(days=to))
            self._spans[key] = tuple([self._days[one] for one in self.dates[first:last]])
        return self._spans[key]

    def answered(self, question: Question, day: date, back: int, to: int = 0) -> tuple[Day, ...]:
        """Days in [day - back, day - to] that answered the question, oldest first (G3)."""
        return tuple([one for one in self.span(day, back, to) if question in one.answered])

    def aches(self, day: date, back: int = 0, to: int = 0) -> tuple[Ache, ...]:
        key = (day, back, to)
        if key not in self._aches:
            self._aches[key] = tuple([ache for one in self.span(day, back, to) for ache in one.aches])
        return self._aches[key]

    def signs(self, day: date, back: int = 0, to: int = 0) -> tuple[Sign, ...]:
        return tuple([sign for one in self.span(day, back, to) for sign in one.signs])

    def value(self, site: str, side: str | None, day: date) -> int | None:
        """G4: highest severity of the place that day; 0 when asked and not mentioned; None when not asked."""
        one = self.on(day)
        return one.worst.get((site, side), 0) if one.answers("pains") else None

    def baseline(self, site: str, side: str | None, day: date) -> Baseline:
        """G5: median day value of the last answered days (at most seven) in [day - 28, day - 1]."""
        key = (site, side, day)
        if key not in self._baselines:
            days = self.answered("pains", day, BASELINE_DAYS, 1)[-BASELINE_COUNT:]
            values = [one.worst.get((site, side), 0) for one in days]
            self._baselines[key] = Baseline(
                median(values) if values else 0.0, tuple(one.date for one in days)
            )
        return self._baselines[key]

    def is_new(self, kind: str, region: str, day: date) -> bool:
        """G6: a class (sensory, weakness, giving_way) in the region that day, on none of 28 before."""
        if not self.on(day).signs_in(region, kind):
            return False
        if f"known_{kind}_{region.replace('-', '_')}" in self.profile.history:
            return False
        return not any(one.signs_in(region, kind) for one in self.span(day, NEW_AFTER_DAYS, 1))

    def new_regions(self, kind: str, day: date) -> tuple[str, ...]:
        """Regions in which the class is new that day, in alphabetical order."""
        seen = {region for sign in self.on(day).signs if sign.kind == kind for region in sign.regions}
        return tuple(region for region in sorted(seen) if self.is_new(kind, region, day))

    def newly(self, symptom: str, day: date) -> bool:
        """G6: bladder, bowel or gait reported that day, and on no other of the 28 before."""
        if not self.on(day).signs_of(symptom):
            return False
        return not any(one.signs_of(symptom) for one in self.span(day, NEW_AFTER_DAYS, 1))

    def is_soreness(self, ache: Ache) -> bool:
        """G12: the ordinary ache after exercise."""
        looks_sore = "soreness" in ache.quality and not ache.is_sudden and ache.severity <= 5
        if not looks_sore or ache.worse("night", "rest"):
            return False
        return any(one.exercised for one in self.span(ache.day, 2))

    def low_height(self, day: date) -> "LowHeight | None":
        """A reading of that day that is low: 2.0 cm below the own reference, or 4.0 cm below the peak.

        The reference is the median of the height days in the first 60 days since the first reading ever; it
        serves readings taken later than that. The peak arm is off after a known spine fracture (old loss).
        """
        now = self.on(day).height
        if now is None:
            return None
        readings = self.heights(day)
        end = min(readings) + timedelta(days=HEIGHT_REFERENCE_DAYS)
        lost = {}
        if day > end:
            lost["reference"] = median(cm for one, cm in readings.items() if one <= end) - now
        if self.profile.peak_height_cm is not None and not self.profile.has("prior_vertebral_fracture"):
            lost["peak"] = self.profile.peak_height_cm - now
        # Tenths of a millimetre: 161.9 - 159.9 is a little less than 2 in binary.
        lost = {against: round(cm, 2) for against, cm in lost.items()}
        low = {against: cm for against, cm in lost.items() if cm >= HEIGHT_LOSS_CM[against]}
        return LowHeight(now, low) if low else None

    def heights(self, day: date) -> Mapping[date, float]:
        """Every height reading up to that day (several readings of a day averaged), oldest first."""
        found = {one: cm for one, cm in self._older_heights.items() if one <= day}
        found |= {one: cm for one in self.dates if one <= day and (cm := self._days[one].height) is not None}
        return dict(sorted(found.items()))

"""The history of one patient as rules see it: days, windows, baselines, newness.

Windows are local calendar days counted back from the day being judged: `span(D, 13)` is [D-13, D] and
`span(D, 28, 1)` is [D-28, D-1]. Nothing here looks at a later day (G7) or asks the clock.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from typing import Literal

from journal.content.report import Report
from journal.content.vocabulary import AXIAL_SITES, EXERCISES, LEG_SITES, MIDLINE_SITES, SENSORY

Question = Literal["pains", "neuro", "falls", "activity", "systemic", "medications"]

# G6: with one of these codes the same report is left out everywhere.
_KNOWN_ALREADY = {
    "saddle_numbness": "known_saddle_numbness",
    "bladder_change": "known_bladder_problem",
    "bowel_change": "known_bowel_problem",
    "unsteady_gait": "known_unsteady_gait",
}
NEW_AFTER_DAYS = 28  # G6
HEIGHT_REFERENCE_DAYS = 60  # D
HEIGHT_LOSS_CM = {"reference": 2.0, "peak": 4.0}  # ISCD 2007 (V)
BASELINE_DAYS = 28  # G5: how far back
BASELINE_COUNT = 7  # G5: at most so many answered days
BASELINE_MINIMUM = 3  # G5: fewer are not valid


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


def sides_of(side: str | None) -> tuple[str, ...]:
    """Left and right, for the sides that count: "both" is both, midline or unknown is none (G4, G13)."""
    if side == "both":
        return ("left", "right")
    return (side,) if side in {"left", "right"} else ()


def regions_of(site: str, side: str | None) -> frozenset[str]:
    """G6 regions: left-leg, right-leg, left-arm, right-arm, left-face, right-face, trunk."""
    if site in MIDLINE_SITES:
        return frozenset({"trunk"})
    limb = "leg" if site in LEG_SITES else "face" if site == "face" else "arm"
    return frozenset(f"{one}-{limb}" for one in sides_of(side))


@dataclass(frozen=True, slots=True)
class Ache:
    """One pain item of one entry."""

    entry_id: str
    day: date
    site: str
    side: str | None
    severity: int
    onset: str | None
    quality: frozenset[str]
    radiates_to: str | None
    worse_with: frozenset[str]
    better_with: frozenset[str]

    @property
    def sides(self) -> tuple[str, ...]:
        return sides_of(self.side)

    @property
    def regions(self) -> frozenset[str]:
        return regions_of(self.site, self.side)

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        """(site, side) pairs as baselines know them: for midline sites the side plays no part (G5)."""
        return (
            ((self.site, None),) if self.site in MIDLINE_SITES else tuple((self.site, s) for s in self.sides)
        )

    @property
    def is_sudden(self) -> bool:
        return self.onset == "sudden"

    @property
    def is_axial(self) -> bool:
        return self.site in AXIAL_SITES

    @property
    def into_leg(self) -> bool:
        return self.radiates_to in LEG_SITES

    def worse(self, *any_of: str) -> bool:
        return not self.worse_with.isdisjoint(any_of)

    def better(self, *any_of: str) -> bool:
        return not self.better_with.isdisjoint(any_of)


@dataclass(frozen=True, slots=True)
class Sign:
    """One nerve symptom of one entry. `kind` is its G6 class, or the symptom itself where there is none."""

    entry_id: str
    day: date
    symptom: str
    site: str | None
    kind: str
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tumble:
    """One fall or near-fall of one entry."""

    entry_id: str
    day: date
    is_fall: bool
    injury: bool


Item = Ache | Sign | Tumble


def entries_of(*items: Item) -> tuple[str, ...]:
    """The entries of these items, each once, in the order given."""
    return tuple(dict.fromkeys(item.entry_id for item in items))


def days_of(items: Iterable[Item]) -> tuple[date, ...]:
    """The distinct local days of these items, oldest first (G14)."""
    return tuple(sorted({item.day for item in items}))


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


class Day:
    """What all entries of one local day say together (G14: several entries are one day)."""

    def __init__(self, day: date, entries: tuple[Entry, ...], profile: Profile) -> None:
        self.date = day
        self.entries = entries
        self._profile = profile

    def answers(self, question: Question) -> bool:
        return any(getattr(entry.report, question) is not None for entry in self.entries)

    @cached_property
    def aches(self) -> tuple[Ache, ...]:
        return tuple(
            Ache(
                e.id,
                self.date,
                p.site,
                p.side,
                p.severity,
                p.onset,
                frozenset(p.quality),
                p.radiates_to,
                frozenset(p.worse_with),
                frozenset(p.better_with),
            )
            for e in self.entries
            for p in e.report.pains or ()
        )

    @cached_property
    def worst(self) -> Mapping[tuple[str, str | None], int]:
        """Highest severity by (site, side); midline sites under side None (G4)."""
        found: dict[tuple[str, str | None], int] = {}
        for ache in self.aches:
            for place in ache.places:
                found[place] = max(found.get(place, 0), ache.severity)
        return found

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """Nerve symptoms of the day without those that are ignored everywhere (G6)."""
        found = []
        for e in self.entries:
            for n in e.report.neuro or ():
                if not self._ignored(n.symptom, n.site):
                    kind = "sensory" if n.symptom in SENSORY else n.symptom
                    regions = (
                        regions_of(n.site, n.side) if n.site and n.site != "saddle" else frozenset[str]()
                    )
                    found.append(Sign(e.id, self.date, n.symptom, n.site, kind, regions))
        return tuple(found)

    def _ignored(self, symptom: str, site: str | None) -> bool:
        if symptom in SENSORY:
            return site in {"ankle", "foot"} and self._profile.has("peripheral_neuropathy")
        return symptom in _KNOWN_ALREADY and self._profile.has(_KNOWN_ALREADY[symptom])

    def signs_in(self, region: str, kind: str) -> tuple[Sign, ...]:
        return tuple(s for s in self.signs if s.kind == kind and region in s.regions)

    def signs_of(self, *symptoms: str) -> tuple[Sign, ...]:
        return tuple(s for s in self.signs if s.symptom in symptoms)

    @cached_property
    def tumbles(self) -> tuple[Tumble, ...]:
        return tuple(
            Tumble(e.id, self.date, f.kind == "fall", f.injury)
            for e in self.entries
            for f in e.report.falls or ()
        )

    @cached_property
    def falls(self) -> tuple[Tumble, ...]:
        return tuple(t for t in self.tumbles if t.is_fall)

    @cached_property
    def systemic(self) -> Mapping[str, tuple[str, ...]]:
        """Systemic codes of the day, each with the entries that named it."""
        return self._by_code("systemic")

    @cached_property
    def medications(self) -> Mapping[str, tuple[str, ...]]:
        """Medicine codes of the day, each with the entries that named it."""
        return self._by_code("medications")

    def _by_code(self, question: Question) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            for code in getattr(entry.report, question) or ():
                found[code].append(entry.id)
        return {code: tuple(ids) for code, ids in found.items()}

    def says(self, *any_of: str) -> bool:
        """Any of these systemic codes was logged."""
        return any(code in self.systemic for code in any_of)

    @cached_property
    def minutes(self) -> int:
        """All activity minutes of the day, housework and other included."""
        return sum(a.minutes for e in self.entries for a in e.report.activity or ())

    @cached_property
    def exercised(self) -> bool:
        """At least one exercise item of ten minutes or more (G12)."""
        items = (a for e in self.entries for a in e.report.activity or ())
        return any(a.type in EXERCISES and a.minutes >= 10 for a in items)

    @cached_property
    def cannot_stand(self) -> tuple[str, ...]:
        """Entries saying that no weight can be borne; none for a person who never stands."""
        if self._profile.has("non_weight_bearing"):
            return ()
        return tuple(e.id for e in self.entries if e.report.can_bear_weight is False)

    @cached_property
    def height(self) -> float | None:
        """Mean of the day's height readings in cm; None without one."""
        readings = [e.report.height_cm for e in self.entries if e.report.height_cm is not None]
        return sum(readings) / len(readings) if readings else None

    def ids(self, question: str) -> tuple[str, ...]:
        """Entries of the day that answered this field."""
        return tuple(e.id for e in self.entries if getattr(e.report, question) is not None)


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
        self._days = {day: Day(day, tuple(found), profile) for day, found in by_day.items()}
        self._baselines: dict[tuple[str, str | None, date], Baseline] = {}

    def on(self, day: date) -> Day:
        return self._days.get(day) or Day(day, (), self.profile)

    def has_entry(self, day: date) -> bool:
        return day in self._days

    def span(self, day: date, back: int, to: int = 0) -> Iterator[Day]:
        """Days with an entry in [day - back, day - to], oldest first."""
        first = bisect_left(self.dates, day - timedelta(days=back))
        last = bisect_right(self.dates, day - timedelta(days=to))
        return (self._days[one] for one in self.dates[first:last])

    def answered(self, question: Question, day: date, back: int, to: int = 0) -> tuple[Day, ...]:
        """Days in [day - back, day - to] that answered the question, oldest first (G3)."""
        return tuple(one for one in self.span(day, back, to) if one.answers(question))

    def aches(self, day: date, back: int = 0, to: int = 0) -> tuple[Ache, ...]:
        return tuple(ache for one in self.span(day, back, to) for ache in one.aches)

    def signs(self, day: date, back: int = 0, to: int = 0) -> tuple[Sign, ...]:
        return tuple(sign for one in self.span(day, back, to) for sign in one.signs)

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
        if f"known_{kind}_{region.replace('-', '_')}" in self.profile.history:
            return False
        if not self.on(day).signs_in(region, kind):
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

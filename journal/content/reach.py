"""Which older entries an evaluation needs, and which later days a late entry can change.

So one more entry costs the same little after three years as after one. Nearly every rule looks back two
months at most. Beyond that only three facts count: falls of the last year, that a bone-protecting medicine
was logged within half a year, and the first sixty days of height readings.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from journal.content.engine import BY_PATTERN, RULES, SILENCE_DAYS
from journal.content.history import HEIGHT_REFERENCE_DAYS, Entry, History
from journal.content.lives import JOIN_DAYS
from journal.content.patient import Document
from journal.content.rules.height_loss import POSTURE_BACK
from journal.content.rules.thigh_pain_antiresorptive import CLEAN, MEDICINES, SITES

# What these read further back than NEAR_DAYS is known here; a rule not named here is read for whole.
FALLS, MEDICINE = "recurrent-falls", "thigh-pain-antiresorptive"
FALLS_DAYS = BY_PATTERN[FALLS].reach
MEDICINE_DAYS = BY_PATTERN[MEDICINE].reach
HEIGHTS = ("height-loss", "height-recheck")
HEIGHT_DAYS = max(BY_PATTERN[pattern].reach for pattern in HEIGHTS)
NEAR_DAYS = max(
    CLEAN[0],
    *(rule.reach for rule in RULES if rule.pattern not in {FALLS, MEDICINE, *HEIGHTS}),
    # The stooped posture that goes with a low reading.
    POSTURE_BACK,
)
# A flag that a late entry adds or moves is joined so long; one week more, lest many ask for more entries.
_AFTERMATH_DAYS = JOIN_DAYS + SILENCE_DAYS + 7

__all__ = [
    "FALLS_DAYS",
    "HEIGHT_DAYS",
    "HEIGHT_REFERENCE_DAYS",
    "MEDICINES",
    "MEDICINE_DAYS",
    "NEAR_DAYS",
    "Told",
    "days",
    "needed",
    "until",
]


@dataclass(frozen=True, slots=True)
class Told:
    """A local day, and a document that is said of it now, or was said of it and is no longer."""

    day: date
    report: Document

    @property
    def seen(self) -> int | None:
        """For how many days after it some rule can see it; None is for ever, as a height can be."""
        if self.report.get("height_cm") is not None:
            return None
        fell, treated = _fell(self.report), _treated(self.report)
        return max(NEAR_DAYS, FALLS_DAYS if fell else 0, MEDICINE_DAYS if treated else 0)


def until(changes: Iterable[Told]) -> date | None:
    """The last day whose entries are wanted to judge what these changed; None is all there are."""
    seen = [(change.day, change.seen) for change in changes]
    ends = [day + timedelta(days=back + _AFTERMATH_DAYS) for day, back in seen if back is not None]
    return max(ends) if len(ends) == len(seen) else None


def days(changes: Iterable[Told], history: History) -> Collection[date]:
    """The days on which what holds can be another since these changes; more than these is never wrong."""
    told = sorted(changes, key=lambda change: change.day)
    near = [change.day for change in told]
    falls = [change.day for change in told if _fell(change.report)]
    treated = [change.day for change in told if _treated(change.report)]
    heights = [change.day for change in told if change.report.get("height_cm") is not None]

    def can_see(day: date) -> bool:
        if _within(NEAR_DAYS, near, day):
            return True
        then = history.on(day)
        return bool(
            (falls and _within(FALLS_DAYS, falls, day) and then.falls)
            or (treated and _within(MEDICINE_DAYS, treated, day) and any(a.site in SITES for a in then.aches))
            or (heights and heights[0] <= day and then.height is not None)
        )

    from_first = history.dates[bisect_left(history.dates, near[0]) :] if near else ()
    return {*near, *[day for day in from_first if can_see(day)]}


def _within(back: int, days: Sequence[date], day: date) -> bool:
    """Whether any of these days, oldest first, lies in [day - back, day]."""
    place = bisect_right(days, day)
    return place > 0 and (day - days[place - 1]).days <= back


def _fell(report: Document) -> bool:
    return "fall" in [fall["kind"] for fall in report.get("falls") or ()]


_TREATMENT = frozenset(MEDICINES)


def _treated(report: Document) -> bool:
    return not _TREATMENT.isdisjoint(report.get("medications") or ())


def needed(entries: Iterable[Entry], since: date) -> list[Entry]:
    """Those entries that can change what is judged from `since` on; the rest may be left out of a History.

    This is the meaning; `journal.load` asks the database for the same.
    """
    known = sorted(entries, key=lambda e: (e.day, e.recorded_at, e.id))
    near = since - timedelta(days=NEAR_DAYS)
    far = [one for one in known if one.day < near]
    kept = {
        one.id for part in (_falls(far, since), _medicine(far, since), _heights(known, since)) for one in part
    }
    return [one for one in known if one.day >= near or one.id in kept]


def _falls(far: list[Entry], since: date) -> Iterator[Entry]:
    first = since - timedelta(days=FALLS_DAYS)
    return (e for e in far if e.day >= first and _fell(e.report))


def _medicine(far: list[Entry], since: date) -> list[Entry]:
    """The latest suffices: when an earlier one is inside the window of a day, so is the latest."""
    first = since - timedelta(days=MEDICINE_DAYS)
    taken = [e for e in far if e.day >= first and _treated(e.report)]
    return taken[-1:]


def _heights(known: list[Entry], since: date) -> list[Entry]:
    """Of all readings, those that may confirm a low one and those that make the reference."""
    read = [e for e in known if e.report.get("height_cm") is not None]
    lately = since - timedelta(days=HEIGHT_DAYS)
    return [
        e for e in read if e.day >= lately or e.day <= read[0].day + timedelta(days=HEIGHT_REFERENCE_DAYS)
    ]

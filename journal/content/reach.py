"""Which older entries an evaluation needs, so that it reads the same little after three years as after one.

Nearly every rule looks back two months at most. Beyond that only three facts count: falls of the last year,
that a bone-protecting medicine was logged within half a year, and the first sixty days of height readings.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from journal.content.engine import BY_PATTERN, RULES
from journal.content.history import HEIGHT_REFERENCE_DAYS, Entry
from journal.content.rules.thigh_pain_antiresorptive import MEDICINES

# What these read further back than NEAR_DAYS is known here; a rule not named here is read for whole.
FALLS, MEDICINE = "recurrent-falls", "thigh-pain-antiresorptive"
FALLS_DAYS = BY_PATTERN[FALLS].reach
MEDICINE_DAYS = BY_PATTERN[MEDICINE].reach
NEAR_DAYS = max(
    # Its pain windows, [D-42, D-14], are near.
    42,
    *(rule.reach for rule in RULES if rule.pattern not in {FALLS, MEDICINE}),
)

__all__ = ["FALLS_DAYS", "HEIGHT_REFERENCE_DAYS", "MEDICINES", "MEDICINE_DAYS", "NEAR_DAYS", "needed"]


def needed(entries: Iterable[Entry], since: date) -> list[Entry]:
    """Those entries that can change what is judged from `since` on; the rest may be left out of a History.

    This is the meaning; `journal.load` asks the database for the same.
    """
    known = sorted(entries, key=lambda e: (e.day, e.recorded_at, e.id))
    near = since - timedelta(days=NEAR_DAYS)
    far = [one for one in known if one.day < near]
    kept = {one.id for part in (_falls(far, since), _medicine(far, since), _heights(known)) for one in part}
    return [one for one in known if one.day >= near or one.id in kept]


def _falls(far: list[Entry], since: date) -> Iterator[Entry]:
    first = since - timedelta(days=FALLS_DAYS)
    return (
        e for e in far if e.day >= first and any(f["kind"] == "fall" for f in e.report.get("falls") or ())
    )


def _medicine(far: list[Entry], since: date) -> list[Entry]:
    """The latest suffices: when an earlier one is inside the window of a day, so is the latest."""
    first = since - timedelta(days=MEDICINE_DAYS)
    taken = [
        e for e in far if e.day >= first and not set(MEDICINES).isdisjoint(e.report.get("medications") or ())
    ]
    return taken[-1:]


def _heights(known: list[Entry]) -> list[Entry]:
    """Of all readings, the near ones and those that make the reference."""
    read = [e for e in known if e.report.get("height_cm") is not None]
    return [e for e in read if e.day <= read[0].day + timedelta(days=HEIGHT_REFERENCE_DAYS)]

"""When pain after an exercise asks for a pause of that exercise. Pure.

Two points on the 0 to 10 scale are what patients feel as a real change (Farrar and others, Pain, 2001; from
general knowledge). A pause is a question to the physiotherapist, not a finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

RISE = 2
# A rise that is told later than this is history: it is kept in the entry and pauses nothing today.
TOLD_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Done:
    """One exercise as it was done: its id, and pain from 0 to 10 before and after; None when not asked."""

    exercise: str
    before: int | None
    after: int | None


def rises(done: Iterable[Done]) -> dict[str, int]:
    """By how much pain rose after each exercise that asks for a pause; the largest rise of the same one."""
    found: dict[str, int] = {}
    for one in done:
        if one.before is not None and one.after is not None and one.after - one.before >= RISE:
            found[one.exercise] = max(found.get(one.exercise, 0), one.after - one.before)
    return found


def still_matters(day: date, today: date) -> bool:
    """Whether what happened on a local day may pause an exercise today."""
    return today - day <= TOLD_WITHIN

"""The descriptor of a red-flag rule: what a clinician reads, and the one function that decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from journal.content.history import History
from journal.content.wording import Templates, Why

WHOLE = "whole"  # the key of patterns that are not told apart by region


class Urgency(StrEnum):
    """Who must act how fast; declared from the most urgent down, and ordered so: `max` is the worst."""

    EMERGENCY_NOW = "emergency-now"
    SAME_DAY = "same-day"
    WITHIN_48H = "within-48h"
    WITHIN_2_WEEKS = "within-2-weeks"
    INFORMATION = "information"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Urgency).index(self)

    @property
    def due_within(self) -> timedelta | None:
        """Time for the owner to act, from raising; zero is at once, None is the next review."""
        return _DUE[self]

    def __lt__(self, other: str) -> bool:
        return self.rank > Urgency(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank < Urgency(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank >= Urgency(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank <= Urgency(other).rank


_DUE = {
    Urgency.EMERGENCY_NOW: timedelta(0),
    Urgency.SAME_DAY: timedelta(hours=24),
    Urgency.WITHIN_48H: timedelta(hours=48),
    Urgency.WITHIN_2_WEEKS: timedelta(days=14),
    Urgency.INFORMATION: None,
}
URGENT = frozenset({Urgency.EMERGENCY_NOW, Urgency.SAME_DAY})

Owner = Literal["emergency-service", "doctor", "physiotherapist"]
Numbers = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The pattern holds on a day for one key, and this is why."""

    key: str = WHOLE
    entry_ids: tuple[str, ...]
    arm: str  # the lettered alternative of the card that was true
    why: Why  # for the patient, as templates of the rule; names what was logged, never an illness
    why_clinician: str  # one sentence with the numbers, in words and days that need no code book
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Covers:
    """G11: a pattern that is not raised while this one stands."""

    pattern: str
    scope: Literal["any", "same"] = "any"
    keys: frozenset[str] | None = None  # only these keys of the covered pattern; None is all


@dataclass(frozen=True, slots=True)
class Source:
    """Where a threshold comes from: V read in the source, S second-hand, R recalled, D our own design."""

    text: str
    mark: Literal["V", "S", "R", "D"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag as the clock rule sees it: handled are the days on which a clinician acted on it."""

    pattern: str
    urgency: Urgency
    day: date
    entry_ids: tuple[str, ...]
    handled: tuple[date, ...]


Find = Callable[[History, date], tuple[Finding, ...]]
FindAfter = Callable[[History, date, Sequence[Raised]], tuple[Finding, ...]]


def _nothing(_history: History, _day: date) -> tuple[Finding, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern. A change of logic or text raises `version`."""

    pattern: str
    version: int
    urgency: Urgency
    kind: Literal["event", "state"]  # G10
    key: str  # what makes two flags different, in words
    owner: Owner  # who must act; the patient's own action stands in `advice` and needs nobody
    holds_exercise: bool  # exercise reminders wait while such a flag is open
    title: str
    advice: str
    why: Templates  # the sentences and phrases that findings name
    clinician: str
    sources: tuple[Source, ...]
    seeds: tuple[str, ...]
    window: str
    reach: int  # days back that `find` may look
    covers: tuple[Covers, ...] = ()
    yields_to_urgent: bool = False  # held back by every pattern of the first two tiers (activity-drop)
    # `find` finds nothing on a day without one of each of these sets among its codes (`Day.codes`).
    needs: tuple[frozenset[str], ...] = ()
    find: Find = _nothing
    find_after: FindAfter | None = None  # G15: judged on clock days, from the flags raised before

    def is_asked(self, codes: frozenset[str]) -> bool:
        """False where `find` has nothing to find on a day with these codes."""
        for one_of in self.needs:  # noqa: SIM110  for every rule of every day: a generator costs more
            if one_of.isdisjoint(codes):
                return False
        return True

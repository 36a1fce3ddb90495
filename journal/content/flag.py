"""A flag as the facts support it, what was done with it, and what an evaluation returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from journal.content.rule import Numbers, Urgency
from journal.content.wording import Why


@dataclass(frozen=True, slots=True)
class Action:
    """What a clinician did with the flag of this pattern raised on this day, on a local day."""

    pattern: str
    raised: date
    keys: frozenset[str]
    kind: Literal["acknowledge", "resolve"]
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedFlag:
    """A flag as the facts support it. Texts and numbers are those of the day it was raised."""

    pattern: str
    rule_version: int
    urgency: Urgency
    day: date
    keys: tuple[str, ...]
    met: Mapping[str, tuple[date, ...]]  # by key: the day raised and the days joined
    evidence: Mapping[date, tuple[str, ...]]  # by day: entries seen, those of covered patterns included
    covered: Mapping[str, tuple[date, ...]] = field(
        default_factory=dict
    )  # G11: patterns shown under this one
    arms: tuple[str, ...]
    numbers: Numbers
    why: str  # in English; `said` is the same before it was put into words
    why_clinician: str
    said: Why = ()

    @property
    def last_met(self) -> date:
        return max(days[-1] for days in self.met.values())

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """Every entry that was evidence, in the order of the days on which it was."""
        return tuple(dict.fromkeys(one for day in sorted(self.evidence) for one in self.evidence[day]))


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that crashed on a day. It says which rule and what error, never what the patient wrote."""

    pattern: str
    day: date
    error_type: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    flags: tuple[RaisedFlag, ...]  # by day, then in the order of RULES; those given as known included
    failures: tuple[Failure, ...] = ()
    settled: bool = True  # False: days after the last one given would have to be judged, too
    judged: int = field(default=0, compare=False)  # how many days were

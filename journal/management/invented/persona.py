"""How an invented patient usually is: what hurts, what is done and taken, how often the journal is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ache:
    """A pain that comes back. `level` is the usual severity, `wobble` the spread of one day (both 0 to 10).

    `share` is the part of days that has it; `trend` is added little by little over the whole time.
    """

    site: str
    side: str
    level: float
    wobble: float = 0.5
    share: float = 1.0
    trend: float = 0.0
    quality: tuple[str, ...] = ("aching",)
    worse_with: tuple[str, ...] = ()
    better_with: tuple[str, ...] = ()
    radiates_to: str | None = None


@dataclass(frozen=True, slots=True)
class Habit:
    """An activity on certain days of the week: minutes each time, part of all days, how far minutes grow."""

    type: str
    minutes: int
    share: float
    growth: float = 1.0
    weekend_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One kind of patient. Shares are parts of logged days between 0 and 1; `hour` is local time.

    `gap` is a silence that nothing explains: (days before the end at which it begins, its days).
    """

    key: str
    what: str
    adherence: float
    hour: float = 9.0
    aches: tuple[Ache, ...] = ()
    habits: tuple[Habit, ...] = ()
    medicines: Mapping[str, float] = field(default_factory=dict)
    systemic: Mapping[str, float] = field(default_factory=dict)
    near_falls: float = 0.0
    sore_after_strength: bool = False
    late: float = 0.04  # entries that the phone hands over hours afterwards
    gap: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()

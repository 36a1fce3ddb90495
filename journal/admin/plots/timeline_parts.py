"""What a time line is made of: lanes with marks, days to point at, and the rows of its table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import ngettext

from journal.admin.plots.axis import Axis, Stretch, Tick
from journal.insight.days import Place

TOP = 6
FOOT = 22


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a day with a letter or sign of its own, explained below the plot."""

    day: date
    sign: str
    text: str
    kind: str = "note"
    days: tuple[date, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at a place: `shape` names how it is drawn."""

    x: float
    y: float
    shape: str
    text: str = ""


@dataclass(slots=True)
class Lane:
    """One row. Paths are in the units of the plot; `level` is the height of a dashed line, if any."""

    label: str
    top: float
    height: float
    detail: str = ""
    bars: str = ""
    light: str = ""
    grounds: str = ""
    marks: list[Mark] = field(default_factory=list)
    spans: list[Stretch] = field(default_factory=list)
    level: float | None = None
    high: str = ""

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> float:
        return self.top + self.height / 2

    @property
    def above(self) -> float:
        """The line of the name, with the detail under it."""
        return self.centre - 1 if self.detail else self.centre + 4

    @property
    def below(self) -> float:
        return self.centre + 13

    @property
    def low(self) -> float:
        """The line of the name in a lane that has room for one."""
        return self.top + 11

    @property
    def spantop(self) -> float:
        return self.top + 4

    @property
    def highest(self) -> float:
        """Where the number at the top of the scale is written."""
        return self.top + 9


@dataclass(frozen=True, slots=True)
class Column:
    """A whole day, to be pointed at: what it said in one line."""

    x: float
    width: float
    text: str


@dataclass(slots=True)
class Row:
    """One day, or a run of days without an entry, as the table has it."""

    day: str
    gap: int = 0
    cells: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is said of a run of days without an entry."""
        return ngettext("nothing logged", "nothing logged (%(n)s days)", self.gap) % {"n": self.gap}


@dataclass(slots=True)
class Timeline:
    """What the template writes down."""

    name: str
    title: str
    description: str
    axis: Axis
    lanes: list[Lane]
    gaps: list[Stretch]
    outside: list[Stretch]
    ticks: list[Tick]
    events: list[Event]
    rows: list[Row]
    heads: tuple[str | Promise, ...]
    bar: float
    left_out: list[str]
    columns: list[Column] = field(default_factory=list)

    @property
    def width(self) -> float:
        return self.axis.width

    @property
    def height(self) -> float:
        return (self.lanes[-1].bottom if self.lanes else TOP) + FOOT

    @property
    def scale(self) -> float:
        """Where the numbers of a scale end."""
        return self.axis.left - 5

    @property
    def has_evidence(self) -> bool:
        return any(mark.shape == "evidence" for lane in self.lanes for mark in lane.marks)

    @property
    def has_level(self) -> bool:
        return any(lane.level is not None for lane in self.lanes)

    @property
    def has_falls(self) -> bool:
        return any(mark.shape in ("fall", "near", "hurt") for lane in self.lanes for mark in lane.marks)

    @property
    def has_movement(self) -> bool:
        return any(lane.light for lane in self.lanes)

    @property
    def foot(self) -> float:
        return self.height - 6

    @property
    def floor(self) -> float:
        return self.height - FOOT


@dataclass(frozen=True, slots=True)
class Lit:
    """What flags stand on: client ids of entries, shown with a triangle over the bar."""

    entries: frozenset[str] = frozenset()
    levels: Mapping[Place, float] = field(default_factory=dict)

"""Pain by place, nerve symptoms, falls, movement, medicines, flags and notes over the same days.

A day without an entry is hatched through all lanes. In a pain lane a bar is the worst of the day, a short
line on the ground is "asked, none here", and nothing at all on a white day is "not asked".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import ascii_uppercase

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.admin import moments, reading
from journal.admin.plots.axis import Axis, Stretch, Tick
from journal.insight.days import Place, Told
from journal.insight.periods import Period

TOP = 6
PAIN, BARS, MARKS = 46, 34, 22  # heights of lanes
BETWEEN = 8
FOOT = 22
MOST_PLACES = 8
MOST_MEDICINES = 6
POINTED_AT = 100  # days; narrower ones can't be pointed at
USUAL_MINUTES = 60  # the movement lane is at least so high, so that a quiet week looks quiet


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


def letters(count: int) -> list[str]:
    """A, B … Z, A1, B1 …"""
    return [ascii_uppercase[at % 26] + (str(at // 26) if at >= 26 else "") for at in range(count)]


def draw(
    told: Told,
    *,
    name: str,
    flags: Sequence[Event] = (),
    notes: Sequence[Event] = (),
    lit: Lit | None = None,
    places: Sequence[Place] | None = None,
    short: bool = False,
) -> Timeline:
    """The plot of the period of `told`. `short` leaves out medicines and notes, and keeps four places."""
    axis = Axis(told.period)
    lit = lit or Lit()
    there = [change.now.place for change in told.changes() if change.now.days]
    shown = list(places) if places is not None else there[: 4 if short else MOST_PLACES]
    pile = _Pile(axis)
    if flags:
        pile.marks(_("Flags"), [(one, day) for one in flags for day in one.days or (one.day,)])
    for place in shown:
        pile.pain(told, place, lit)
    pile.signs(told)
    pile.falls(told)
    pile.movement(told)
    if not short:
        pile.medicines(told)
        if notes:
            pile.marks(_("Notes"), [(one, one.day) for one in notes])
    return Timeline(
        name=name,
        title=_("Time line, %(first)s to %(last)s") % _ends(told.period),
        description=describe(told, shown),
        axis=axis,
        lanes=pile.lanes,
        gaps=list(axis.stretches(told.silent())),
        outside=list(axis.stretches(told.earlier())),
        ticks=axis.ticks(),
        events=[*flags, *([] if short else notes)],
        rows=rows(told, [*flags, *notes]),
        heads=HEADS,
        bar=round(max(axis.step * 0.7, 1), 2),
        columns=_columns(told, axis) if told.period.length <= POINTED_AT else [],
        left_out=[reading.capital(reading.place(*place)) for place in there if place not in shown],
    )


def _ends(period: Period) -> dict[str, str]:
    return {"first": moments.day(period.first), "last": moments.day(period.last)}


class _Pile:
    """Lanes under each other."""

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.lanes: list[Lane] = []

    def add(self, label: str, height: float, *, detail: str = "", high: str = "") -> Lane:
        top = self.lanes[-1].bottom + BETWEEN if self.lanes else TOP
        lane = Lane(label, top, height, detail=detail, high=high)
        self.lanes.append(lane)
        return lane

    def pain(self, told: Told, place: Place, lit: Lit) -> None:
        worst = told.place(place, told.period).worst
        lane = self.add(
            reading.capital(reading.place(*place)),
            PAIN,
            detail=_("worst %(n)s of 10") % {"n": worst},
            high="10",
        )
        bars, grounds = [], []
        for day in told.period.dates:
            value = told.value(place, day)
            if value:
                tall = round(value / 10 * (PAIN - 6), 2)
                bars.append(f"M{self.axis.middle(day)} {lane.bottom}v-{tall}")
                if told.pains[place][day].entries & lit.entries:
                    lane.marks.append(Mark(self.axis.middle(day), lane.bottom - tall - 3, "evidence"))
            elif value == 0:
                grounds.append(self._ground(day, lane))
        lane.bars, lane.grounds = "".join(bars), "".join(grounds)
        level = lit.levels.get(place)
        lane.level = None if level is None else round(lane.bottom - level / 10 * (PAIN - 6), 2)

    def _ground(self, day: date, lane: Lane) -> str:
        step = self.axis.step
        return f"M{self.axis.edge(day) + step * 0.15:.2f} {lane.bottom - 1.5}h{step * 0.7:.2f}"

    def signs(self, told: Told) -> None:
        days = sorted({day for found in told.signs.values() for day in found if day in told.period})
        if days:
            lane = self.add(_("Nerve symptoms"), MARKS, detail=_days(len(days)))
            lane.marks = [Mark(self.axis.middle(day), lane.centre, "diamond") for day in days]

    def falls(self, told: Told) -> None:
        days = [one for day, one in sorted(told.days.items()) if day in told.period]
        falls, near = sum(one.falls for one in days), sum(one.near_falls for one in days)
        if not falls and not near:
            return
        parts = [ngettext("%(n)s fall", "%(n)s falls", falls) % {"n": falls}] if falls else []
        parts += [ngettext("%(n)s near-fall", "%(n)s near-falls", near) % {"n": near}] if near else []
        lane = self.add(_("Falls"), MARKS, detail=", ".join(parts))
        for one in days:
            if one.falls or one.near_falls:
                shape = "near" if not one.falls else "hurt" if one.injuries else "fall"
                lane.marks.append(Mark(self.axis.middle(one.day), lane.centre, shape))

    def movement(self, told: Told) -> None:
        days = [one for day, one in sorted(told.days.items()) if day in told.period and one.minutes]
        if not days:
            return
        most = max(USUAL_MINUTES, *(one.minutes for one in days))
        lane = self.add(_("Movement"), BARS, detail=_("minutes a day"), high=str(most))
        unit = (BARS - 4) / most
        bars, light = [], []
        for one in days:
            x, tall = self.axis.middle(one.day), round(one.exercise_minutes * unit, 2)
            bars += [f"M{x} {lane.bottom}v-{tall}"] if tall else []
            rest = round(one.other_minutes * unit, 2)
            light += [f"M{x} {lane.bottom - tall:g}v-{rest}"] if rest else []
        lane.bars, lane.light = "".join(bars), "".join(light)

    def medicines(self, told: Told) -> None:
        there = {
            code: sorted(day for day in days if day in told.period) for code, days in told.medicines.items()
        }
        often = sorted((code for code in there if there[code]), key=lambda code: (-len(there[code]), code))
        for code in often[:MOST_MEDICINES]:
            lane = self.add(
                reading.capital(reading.words(code)).partition(" (")[0], 14, detail=_days(len(there[code]))
            )
            lane.spans = list(self.axis.stretches(there[code]))

    def marks(self, label: str, found: Iterable[tuple[Event, date]]) -> None:
        lane = self.add(label, MARKS)
        level = 0
        last = -99.0
        for event, day in sorted(found, key=lambda it: it[1]):
            if day not in self.axis.period:
                continue
            x = self.axis.middle(day)
            level = level + 1 if x - last < 16 else 0  # one that would hide another stands lower
            last = x
            lane.marks.append(Mark(x, lane.top + 11 + level * 19, event.kind, event.sign))
            lane.height = max(lane.height, 22 + level * 19)


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def logged(told: Told) -> str:
    return _("Logged on %(n)s of %(all)s days.") % {
        "n": told.logged(told.period),
        "all": told.possible(told.period),
    }


def describe(told: Told, places: Sequence[Place]) -> str:
    """The plot in a few sentences, for who does not see it."""
    parts = [logged(told)]
    for place in places:
        one = told.place(place, told.period)
        parts.append(
            _("%(place)s: worst %(worst)s of 10, on %(days)s of %(answered)s days that answered.")
            % {
                "place": reading.capital(reading.place(*place)),
                "worst": one.worst,
                "days": one.days,
                "answered": one.answered,
            }
        )
    falls = sum(one.falls for day, one in told.days.items() if day in told.period)
    asked = len(told.answered("falls", told.period))
    parts.append(_("Falls: %(n)s, asked on %(asked)s days.") % {"n": falls, "asked": asked})
    return " ".join(parts)


HEADS = (
    gettext_lazy("Pain, of 10"),
    gettext_lazy("Nerve symptoms"),
    gettext_lazy("Falls"),
    gettext_lazy("Movement"),
    gettext_lazy("Medicines taken"),
    gettext_lazy("Flags and notes"),
)


def rows(told: Told, events: Sequence[Event]) -> list[Row]:
    """Newest first; a run of days without an entry and without an event is one row."""
    found: list[Row] = []
    by_day: dict[date, list[str]] = {}
    for event in events:
        for day in event.days or (event.day,):
            by_day.setdefault(day, []).append(f"{event.sign}: {event.text}" if event.sign else event.text)
    run: list[date] = []
    for day in reversed(told.period.dates):
        if day in told.days or day in by_day:
            found += _run(run)
            run = []
            found.append(Row(moments.day(day), cells=_cells(told, day, by_day.get(day, []))))
        else:
            run.append(day)
    return found + _run(run)


def _columns(told: Told, axis: Axis) -> list[Column]:
    return [
        Column(axis.edge(day), round(axis.step, 2), _column_words(told, day))
        for day in told.period.dates
        if day in told.days
    ]


def _column_words(told: Told, day: date) -> str:
    pain, *others = _cells(told, day, [])[:5]
    heads = [str(head).lower() for head in HEADS[1:5]]
    parts = [f"{head}: {cell}" for head, cell in zip(heads, others, strict=True)]
    return "; ".join([f"{moments.day(day)}: {_('pain')}: {pain}", *parts])


def _run(days: list[date]) -> list[Row]:
    if not days:
        return []
    name = moments.day(days[0]) if len(days) == 1 else f"{moments.day(days[-1])} – {moments.day(days[0])}"
    return [Row(name, gap=len(days))]


def _cells(told: Told, day: date, events: list[str]) -> tuple[str, ...]:
    one = told.days.get(day)
    if one is None:
        silent = _("nothing logged")
        return (silent, silent, silent, silent, silent, "; ".join(events))
    pains = [
        f"{reading.place(*place)} {value}"
        for place in told.pains
        if day in told.pains[place] and (value := told.value(place, day))
    ]
    signs = [reading.nerve(sign._asdict()) for sign, days in told.signs.items() if day in days]
    falls = [reading.words("fall")] * one.falls + [reading.words("near_fall")] * one.near_falls
    medicines = [reading.words(code) for code, days in told.medicines.items() if day in days]
    return (
        _said(told, "pains", day, pains),
        _said(told, "neuro", day, signs),
        _said(told, "falls", day, falls),
        _said(told, "activity", day, [_("%(n)s min") % {"n": one.minutes}] if one.minutes else []),
        _said(told, "medications", day, medicines),
        "; ".join(events),
    )


def _said(told: Told, question: str, day: date, parts: list[str]) -> str:
    if not told.answers(question, day):
        return _("not asked")
    return "; ".join(parts) or _("none")

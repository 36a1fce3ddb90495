"""Pain by place, nerve symptoms, falls, movement, medicines, flags and notes over the same days.

A day without an entry is hatched through all lanes. In a pain lane a bar is the worst of the day, a short
line on the ground is "asked, none here", and nothing at all on a white day is "not asked".
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from string import ascii_uppercase

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.admin import moments, reading
from journal.admin.plots import timeline_words
from journal.admin.plots.axis import GUTTER, WIDEST_GUTTER, Axis
from journal.admin.plots.timeline_parts import TOP, Event, Lane, Lit, Mark, Timeline
from journal.admin.plots.timeline_words import logged
from journal.insight.days import Place, Told
from journal.insight.periods import Period

PAIN, BARS, MARKS, MEDICINE = 46, 34, 22, 14  # heights of lanes
BETWEEN = 8
MOST_PLACES = 8
MOST_MEDICINES = 6
POINTED_AT = 100  # days; narrower ones can't be pointed at
USUAL_MINUTES = 60  # the movement lane is at least so high, so that a quiet week looks quiet


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
    lit = lit or Lit()
    there = [change.now.place for change in told.changes() if change.now.days]
    shown = list(places) if places is not None else there[: 4 if short else MOST_PLACES]
    axis = Axis(told.period, left=_gutter(shown, [] if short else told.medicines))
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
        description=timeline_words.describe(told, shown),
        axis=axis,
        lanes=pile.lanes,
        gaps=list(axis.stretches(told.silent())),
        outside=list(axis.stretches(told.earlier())),
        ticks=axis.ticks(),
        events=[*flags, *([] if short else notes)],
        rows=timeline_words.rows(told, [*flags, *notes]),
        heads=timeline_words.HEADS,
        bar=round(max(axis.step * 0.7, 1), 2),
        columns=timeline_words.columns(told, axis) if told.period.length <= POINTED_AT else [],
        left_out=[reading.capital(reading.place(*place)) for place in there if place not in shown],
    )


def _gutter(places: Iterable[Place], medicines: Iterable[str]) -> float:
    """Room for the longest name beside its lane; a name beside a scale needs room for the scale too."""
    rooms = [6.5 * len(reading.capital(reading.place(*place))) + 36 for place in places]
    rooms += [6 * len(_short(code)) + 12 for code in medicines]
    return min(max(GUTTER, *rooms, 0), WIDEST_GUTTER)


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
        return f"M{self.axis.edge(day) + step * 0.15:.2f} {lane.bottom - 1}h{step * 0.7:.2f}"

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
            lane = self.add(_short(code), MEDICINE, detail=_days(len(there[code])))
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


def _short(code: str) -> str:
    """A medicine without the explanation behind it, so that its name fits beside the lane."""
    return re.sub(r" \([^)]*\)$", "", reading.capital(reading.words(code)))


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


__all__ = ["MOST_PLACES", "PAIN", "Event", "Lane", "Lit", "Timeline", "draw", "letters", "logged"]

"""A body from the front and from the back: where it hurts and where a nerve symptom is, on the right side.

From the front the patient's left is at the right of the picture, as when two people face each other; from the
back it is at the left. A pain at the middle of the body stands in the middle: its side is not the side of the
spine when it tells which leg the pain runs to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from journal.admin import moments, reading
from journal.insight.days import Change, Place, Sign, Told

View = Literal["front", "back"]
WIDTH, HEIGHT, CENTRE = 220, 420, 110
MEANINGFUL = 2  # points; Farrar 2001 (V)

# How far a paired place is from the middle, and how far from the top; those in the middle are at 0.
FRONT: dict[str, tuple[int, int]] = {
    "face": (11, 34),
    "chest": (0, 112),
    "abdomen": (0, 166),
    "groin": (13, 222),
    "hip": (37, 204),
    "knee": (24, 304),
    "shin": (24, 340),
    "foot": (30, 400),
    "leg": (52, 286),
    "shoulder": (45, 90),
    "arm": (59, 134),
    "wrist": (72, 196),
    "hand": (78, 222),
    "thigh": (23, 262),
    "ankle": (24, 374),
}
BACK: dict[str, tuple[int, int]] = {
    "head": (0, 26),
    "neck": (0, 62),
    "thoracic": (0, 116),
    "lumbar": (0, 170),
    "sacrum": (0, 200),
    "buttock": (22, 222),
    "saddle": (0, 240),
    "calf": (24, 336),
    **{site: FRONT[site] for site in ("shoulder", "arm", "hip", "thigh", "leg", "ankle")},
}
VIEWS: dict[View, dict[str, tuple[int, int]]] = {"front": FRONT, "back": BACK}
# One letter a symptom, as the legend under the plot explains them.
LETTERS = {
    "numbness": pgettext_lazy("letter on the body map: numbness", "N"),
    "tingling": pgettext_lazy("letter on the body map: tingling", "T"),
    "weakness": pgettext_lazy("letter on the body map: weakness", "W"),
    "giving_way": pgettext_lazy("letter on the body map: giving way", "G"),
    "saddle_numbness": pgettext_lazy("letter on the body map: numbness between the legs", "S"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the body: `text` stands in it, `beside` next to it on the outer side."""

    x: float
    y: float
    kind: str
    text: str
    beside: str = ""
    outer: Literal["start", "end"] = "start"

    @property
    def wide(self) -> float:
        """Of the box round letters."""
        return max(20, 8 + 11 * len(self.text))

    @property
    def left(self) -> float:
        return self.x - self.wide / 2

    @property
    def top(self) -> float:
        return self.y - 10

    @property
    def baseline(self) -> float:
        return self.y + 5

    @property
    def beside_x(self) -> float:
        away = self.wide / 2 + 3 if self.kind == "nerve" else 17
        return self.x + (away if self.outer == "start" else -away)


@dataclass(slots=True)
class Figure:
    """One view. The words over the picture say whose side is where."""

    view: View
    label: str
    at_left: str
    at_right: str
    spots: list[Spot] = field(default_factory=list)


@dataclass(slots=True)
class BodyMap:
    """Both views, and the same as rows of a table."""

    name: str
    title: str
    description: str
    figures: list[Figure]
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    unplaced: list[str] = field(default_factory=list)


def spot_of(place: Place, view: View) -> tuple[float, float] | None:
    """Where the place is in the picture; None when this view does not show it."""
    site, side = place
    if site not in VIEWS[view]:
        return None
    away, down = VIEWS[view][site]
    if side not in ("left", "right"):
        return CENTRE, down
    at_right = (side == "left") == (view == "front")
    return CENTRE + (away if at_right else -away), down


def pains(told: Told, name: str) -> BodyMap:
    """The worst of each place in the period, and against the period before."""
    found = told.changes()
    figures = _figures()
    for figure in figures:
        for change in found:
            where = spot_of(change.now.place, figure.view)
            if where:
                figure.spots.append(_ache(change, *where))
    rows = [_pain_row(change) for change in found]
    return BodyMap(
        name,
        _("Where it hurts, front and back"),
        " ".join(f"{row[0]}: {row[3]}; {row[5]}." for row in rows) or _("No pain was named."),
        figures,
        (
            _("Place"),
            _("Days with it"),
            _("Days that answered"),
            _("Worst"),
            _("Usual on these days"),
            _("Change"),
        ),
        rows,
    )


def _figures() -> list[Figure]:
    right, left = _("Right"), _("Left")
    return [Figure("front", _("Front"), right, left), Figure("back", _("Back"), left, right)]


def _ache(change: Change, x: float, y: float) -> Spot:
    worst = change.now.worst
    kind = "gone" if change.is_gone else "strong" if worst >= 7 else "middle" if worst >= 4 else "mild"
    return Spot(
        x, y, kind, "" if change.is_gone else str(worst), _beside(change), "end" if x < CENTRE else "start"
    )


def _beside(change: Change) -> str:
    """What changed, in a few signs: `new`, `+3`, `−2`, `=`; nothing without something to compare with."""
    if change.points is None or change.is_gone:
        return ""
    if change.is_new:
        return _("new")
    if abs(change.points) < MEANINGFUL:
        return "="
    return f"+{change.points}" if change.points > 0 else f"−{-change.points}"


def change_words(change: Change) -> str:
    if change.then is None:
        return _("too few days before to compare")
    if change.is_gone:
        return _("named before (worst %(n)s), not in this period") % {"n": change.then.worst}
    if change.is_new:
        return _("new: not named in the period before")
    points = change.points or 0
    return {
        True: _("about the same as before (%(n)s)"),
        False: _("more than before (%(n)s)") if points > 0 else _("less than before (%(n)s)"),
    }[abs(points) < MEANINGFUL] % {"n": change.then.worst}


def _pain_row(change: Change) -> tuple[str, ...]:
    now = change.now
    worst = _("%(n)s of 10") % {"n": now.worst} if now.days else _("not named")
    usual = _("%(n)s of 10") % {"n": moments.decimal(f"{now.usual:g}")} if now.days else "–"
    name = reading.capital(reading.place(*now.place))
    return (name, str(now.days), str(now.answered), worst, usual, change_words(change))


def nerves(told: Told, name: str) -> BodyMap:
    """Each nerve symptom with its letter; those without a place are told in words."""
    now, then = told.signs_in(told.period), told.signs_in(told.before)
    compared = len(told.answered("neuro", told.before)) > 0
    figures = _figures()
    placed = _by_place(list(now))
    for figure in figures:
        for place, signs in placed.items():
            where = spot_of(place, figure.view)
            if where:
                new = compared and any(sign not in then for sign in signs)
                text = "".join(str(LETTERS[sign.symptom]) for sign in signs)
                outer: Literal["start", "end"] = "end" if where[0] < CENTRE else "start"
                figure.spots.append(Spot(*where, "nerve", text, _("new") if new else "", outer))
    rows = [_sign_row(sign, days, then, compared) for sign, days in now.items()]
    return BodyMap(
        name,
        _("Nerve symptoms, front and back"),
        " ".join(f"{row[0]}: {row[1]}; {row[2]}." for row in rows) or _("No nerve symptom was named."),
        figures,
        (_("Symptom"), _("Days with it"), _("The period before")),
        rows,
        [reading.capital(reading.words(sign.symptom)) for sign in now if sign.symptom not in LETTERS],
    )


def _by_place(signs: Sequence[Sign]) -> dict[Place, list[Sign]]:
    found: dict[Place, list[Sign]] = {}
    for sign in signs:
        if sign.symptom in LETTERS:
            found.setdefault((sign.site, sign.side), []).append(sign)
    return {place: sorted(them, key=lambda it: str(LETTERS[it.symptom])) for place, them in found.items()}


def _sign_row(sign: Sign, days: int, then: dict[Sign, int], compared: bool) -> tuple[str, ...]:
    before = (
        ngettext("%(n)s day", "%(n)s days", then[sign]) % {"n": then[sign]}
        if sign in then
        else _("not named")
        if compared
        else _("not asked")
    )
    return reading.capital(reading.nerve(sign._asdict())), str(days), before

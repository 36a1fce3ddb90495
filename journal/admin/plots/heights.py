"""Measured heights over the days, with the tallest adult height as a line."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from journal.admin import moments
from journal.admin.plots.axis import Axis, Tick
from journal.insight.periods import Period

TALL, TOP, FOOT = 120, 10, 22
LEAST_CM = 4  # so much is always shown from top to bottom: a reading's scatter does not look like a collapse


@dataclass(frozen=True, slots=True)
class Dot:
    """One day's reading in cm."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Heights:
    """What the template writes down. `peak` is the height of the line, in the units of the plot."""

    name: str
    description: str
    axis: Axis
    dots: list[Dot]
    path: str
    ticks: list[Tick]
    lines: list[tuple[float, str]]
    peak: float | None
    peak_text: str
    rows: list[tuple[str, str]]

    height = TALL + FOOT
    foot = TALL + FOOT - 6
    floor = TALL

    @property
    def width(self) -> float:
        return self.axis.width


def draw(readings: dict[date, float], *, peak: float | None, period: Period, name: str) -> Heights | None:
    """None without a reading."""
    shown = {day: cm for day, cm in readings.items() if day in period}
    if not shown:
        return None
    axis = Axis(period, left=60)
    low, high = _limits([*shown.values(), *([peak] if peak else [])])

    def y(cm: float) -> float:
        return round(TALL - (cm - low) / (high - low) * (TALL - TOP), 2)

    dots = [Dot(axis.middle(day), y(cm), moments.decimal(f"{cm:.1f}")) for day, cm in shown.items()]
    return Heights(
        name=name,
        description=_describe(shown, peak),
        axis=axis,
        dots=dots,
        path="M" + "L".join(f"{dot.x} {dot.y}" for dot in dots),
        ticks=axis.ticks(),
        lines=[(y(cm), f"{cm:g} cm") for cm in range(int(low), int(high) + 1, 2)],
        peak=y(peak) if peak else None,
        peak_text=_("tallest adult height, %(cm)s cm") % {"cm": moments.decimal(f"{peak:g}")} if peak else "",
        rows=[(moments.day(day), moments.decimal(f"{cm:.1f} cm")) for day, cm in reversed(shown.items())],
    )


def _limits(values: list[float]) -> tuple[int, int]:
    """Whole, even centimetres around all values."""
    low, high = int(min(values)) - 1, int(max(values)) + 2
    low, high = low - low % 2, high + high % 2
    while high - low < LEAST_CM:
        low -= 2
    return low, high


def _describe(shown: dict[date, float], peak: float | None) -> str:
    (first, was), (last, now) = next(iter(shown.items())), next(reversed(shown.items()))
    parts = [
        _("%(n)s readings, the first %(was)s cm on %(first)s, the last %(now)s cm on %(last)s.")
        % {
            "n": len(shown),
            "was": moments.decimal(f"{was:.1f}"),
            "first": moments.day(first),
            "now": moments.decimal(f"{now:.1f}"),
            "last": moments.day(last),
        }
    ]
    if peak and now < peak:
        parts.append(
            _("%(cm)s cm below the tallest adult height.") % {"cm": moments.decimal(f"{peak - now:.1f}")}
        )
    return " ".join(parts)

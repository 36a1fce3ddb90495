"""Four weeks of pain on a thumbnail: a line for the eye, and the same in one sentence."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journal.insight.caseload import DAYS, Glance

WIDTH, HEIGHT, EDGE = 140, 30, 3
ACROSS = tuple(f"{EDGE + step * (WIDTH - 2 * EDGE) / (DAYS - 1):.1f}" for step in range(DAYS))
RISE = (HEIGHT - 2 * EDGE) / 10
HEAD = (
    f'<svg class="desk-spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
    'aria-label="'
)
FOOT = f'<path class="desk-spark-foot" d="M{EDGE} {HEIGHT - EDGE}H{WIDTH - EDGE}"/>'


def draw(glance: Glance) -> SafeString:
    """0 lies at the foot, 10 at the head; days that say nothing break the line."""
    return format_html(
        '{}{}">{}</svg>',
        SafeString(HEAD),
        _said(glance),
        # Of numbers alone. To escape each of them is a tenth of a page of a hundred patients.
        SafeString(FOOT + "".join(map(_line, _runs(glance)))),
    )


def _line(run: list[str]) -> str:
    """A day between days that say nothing is a dot."""
    if len(run) > 1:
        return f'<polyline points="{" ".join(run)}"/>'
    x, y = run[0].split(",")
    return f'<circle cx="{x}" cy="{y}" r="1.6"/>'


def _runs(glance: Glance) -> list[list[str]]:
    """Points of each unbroken stretch of days that answered."""
    runs: list[list[str]] = [[]]
    for x, day in zip(ACROSS, glance.period.dates, strict=True):
        worst = glance.pains.get(day)
        if worst is not None:
            runs[-1].append(f"{x},{HEIGHT - EDGE - worst * RISE:.1f}")
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _said(glance: Glance) -> str:
    if not glance.pains:
        return _("No day of the last 28 answered about pain.")
    days = [glance.pains[day] for day in sorted(glance.pains)]
    return _(
        "Worst pain of each day, of 10: from %(low)s to %(high)s, last %(last)s; %(n)s of 28 days answered."
    ) % {
        "low": min(days),
        "high": max(days),
        "last": days[-1],
        "n": len(days),
    }


def span(glance: Glance) -> str:
    """From the least to the most of the days that answered."""
    if not glance.pains:
        return _("pain not asked")
    days = glance.pains
    return _("%(low)s to %(high)s of 10") % {"low": min(days.values()), "high": max(days.values())}

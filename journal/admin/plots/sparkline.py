"""Four weeks of pain on a thumbnail: a line for the eye, and the same in one sentence."""

from datetime import timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journal.insight.caseload import DAYS, Glance

WIDTH, HEIGHT, EDGE = 140, 30, 3
STEP = (WIDTH - 2 * EDGE) / (DAYS - 1)
RISE = (HEIGHT - 2 * EDGE) / 10


def draw(glance: Glance) -> SafeString:
    """0 lies at the foot, 10 at the head; days that say nothing break the line."""
    runs = _runs(glance)
    lines = format_html_join(
        "", '<polyline points="{}"/>', ((" ".join(run),) for run in runs if len(run) > 1)
    )
    dots = format_html_join(
        "", '<circle cx="{}" cy="{}" r="1.6"/>', (run[0].split(",") for run in runs if len(run) == 1)
    )
    return format_html(
        '<svg class="desk-spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<path class="desk-spark-foot" d="M{} {}H{}"/>{}{}</svg>',
        *(WIDTH, HEIGHT, WIDTH, HEIGHT),
        _said(glance),
        *(EDGE, HEIGHT - EDGE, WIDTH - EDGE),
        *(lines, dots),
    )


def _runs(glance: Glance) -> list[list[str]]:
    """Points of each unbroken stretch of days that answered."""
    runs: list[list[str]] = []
    for step, day in enumerate(glance.period.dates):
        worst = glance.pains.get(day)
        if worst is None:
            continue
        if not runs or day - timedelta(days=1) not in glance.pains:
            runs.append([])
        runs[-1].append(f"{EDGE + step * STEP:.1f},{HEIGHT - EDGE - worst * RISE:.1f}")
    return runs


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

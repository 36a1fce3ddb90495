"""Alert quality: for each pattern, how often it fired at this clinic and what people made of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.accounts.models import User
from journal.admin import moments, record, rules, words
from journal.admin.chips import URGENCY_WORDS, chip
from journal.admin.desk import clinician_of, person
from journal.admin.site import OsteonAdminSite
from journal.content.engine import BY_PATTERN
from journal.content.rule import Urgency
from journal.models import Entry, Flag, FlagAction

PERIODS = ("30", "90", "365")
USUAL = "90"
USEFUL = [FlagAction.Outcome.CONTACTED, FlagAction.Outcome.REFERRED, FlagAction.Outcome.EMERGENCY_CARE]
ANSWERS = [FlagAction.Kind.ACKNOWLEDGE, FlagAction.Kind.RESOLVE]


class Median(Aggregate):
    """Of whole rows; nulls are left out."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Row:
    """One pattern. `answered` counts flags that somebody acknowledged or closed; `median` is None without."""

    pattern: str
    fired: int
    waiting: int
    answered: int
    median: timedelta | None
    contacted: int
    referred: int
    emergency_care: int
    known: int
    false_alarm: int
    withdrawn: int
    said_useful: int
    said_useless: int

    @property
    def useful(self) -> int:
        return self.contacted + self.referred + self.emergency_care

    @property
    def closed(self) -> int:
        return self.useful + self.known + self.false_alarm


def rows(*, viewer: User, since: datetime) -> list[Row]:
    """Patterns of the viewer's clinic with a flag raised since then, in the order of the rule table."""
    done = FlagAction.objects.filter(flag=OuterRef("pk"), kind__in=ANSWERS)
    # A flag is resolved once: joined, the deed is read once, and not anew by each count that asks for it.
    resolved = FilteredRelation("actions", condition=Q(actions__kind=FlagAction.Kind.RESOLVE))
    flags = _flags(viewer, since).annotate(
        answered_at=Subquery(done.order_by("at").values("at")[:1]), resolved=resolved
    )
    waited = ExpressionWrapper(F("answered_at") - F("raised_at"), output_field=DurationField())
    found: Any = (  # the stubs lose the outcomes' columns
        flags.order_by()
        .values("pattern")
        .annotate(
            fired=Count("pk"),
            waiting=Count("pk", filter=Q(status=Flag.Status.OPEN)),
            answered=Count("answered_at"),
            median=Median(waited),
            withdrawn=Count("pk", filter=Q(status=Flag.Status.SUPERSEDED)),
            said_useful=Count("pk", filter=Q(resolved__useful=True)),
            said_useless=Count("pk", filter=Q(resolved__useful=False)),
            **{
                outcome.name.lower(): Count("pk", filter=Q(resolved__outcome=outcome.value))
                for outcome in FlagAction.Outcome
            },
        )
    )
    by_pattern = {row["pattern"]: Row(**row) for row in found}
    # A pattern that today's table doesn't know comes last.
    return [
        by_pattern[one]
        for one in [*BY_PATTERN, *sorted(by_pattern.keys() - BY_PATTERN.keys())]
        if one in by_pattern
    ]


def _flags(viewer: User, since: datetime) -> QuerySet[Flag]:
    return Flag.objects.visible_to(viewer).filter(raised_at__gte=since)


def page(request: HttpRequest, site: OsteonAdminSite) -> HttpResponse:
    """Counts of a clinic alone: no patient is named, so no look at a patient is recorded."""
    if clinician_of(request) is None:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    chosen = request.GET.get("days", USUAL)
    chosen = chosen if chosen in PERIODS else USUAL
    since = timezone.now() - timedelta(days=int(chosen))
    found = rows(viewer=person(request), since=since)
    context = {
        **site.each_context(request),
        "title": _("Alert quality"),
        "lines": [_line(row) for row in found],
        "budget": _budget(person(request), since, sum(row.fired for row in found)),
        "periods": [(days, record.words(int(days)), days == chosen) for days in PERIODS],
        "useful_means": ", ".join(words.of(outcome.label).lower() for outcome in USEFUL),
    }
    return TemplateResponse(request, "desk/quality.html", context)


def _line(row: Row) -> dict[str, Any]:
    rule = BY_PATTERN.get(row.pattern)
    urgency = rule.urgency if rule else Urgency.SAME_DAY
    return {
        "name": rules.name(row.pattern),
        "urgency": chip(urgency.value, URGENCY_WORDS[urgency]),
        "row": row,
        "median": "–" if row.median is None else moments.span(row.median),
        "share": f"{100 * row.useful / row.closed:.0f}\u00a0%" if row.closed else "–",
        "said": _said(row),
    }


def _said(row: Row) -> str:
    """What those who closed it answered when asked whether it was useful."""
    asked = row.said_useful + row.said_useless
    return _("%(n)s of %(all)s") % {"n": row.said_useful, "all": asked} if asked else "–"


def _budget(viewer: User, since: datetime, fired: int) -> str:
    """What the alerts cost, in one sentence."""
    # By what the index of days holds: a large clinic's entries of a year are counted, and none is read.
    said = Entry.objects.current().visible_to(viewer).filter(local_date__gte=since.date())
    counted = said.aggregate(entries=Count("patient"), patients=Count("patient", distinct=True))
    entries, patients = counted["entries"], counted["patients"]
    if not entries:
        return _("%(n)s flags; no entry arrived in this time.") % {"n": fired}
    return _(
        "%(n)s flags from %(entries)s entries of %(patients)s patients: %(share)s for every 100 entries."
    ) % {
        "n": fired,
        "entries": entries,
        "patients": patients,
        "share": moments.decimal(f"{100 * fired / entries:.1f}"),
    }

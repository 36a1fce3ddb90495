"""The visit summary: one page on one patient and one period, for print. Notes of clinicians are not on it."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal import load
from journal.accounts.models import Patient
from journal.admin import addresses, chips, moments, reading, record, rules, words
from journal.admin.desk import clinician_of
from journal.admin.plots import body, timeline
from journal.content import plan, vocabulary
from journal.content.rule import Urgency
from journal.insight import reading as insight
from journal.insight.days import Told
from journal.insight.periods import LENGTHS, Period, chosen
from journal.models import CareItem, Flag, FlagAction

# What fits on one page, whatever was logged; each list says how much it leaves out.
PLACES, FLAGS, ITEMS, SIGNS, FALLS = 6, 5, 5, 4, 4
UNRESOLVED = (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED)
SENTENCE, LINE, ITEM = 150, 220, 60  # letters


def context(request: HttpRequest, patient: Patient, as_of: datetime) -> dict[str, Any]:
    period = record.period_of(request, patient, as_of)
    told = insight.told(patient, period)
    pain_map = body.pains(told, "pain-map")
    return {
        **record.person(patient, as_of),
        "clinic": patient.clinic,
        "by": clinician_of(request),
        "first": moments.day(told.period.first),
        "last": moments.day(told.period.last),
        "period_words": record.words(period.length),
        "periods": [(days, record.words(days), days == chosen(request.GET.get("days"))) for days in LENGTHS],
        "figures": record.figures(told),
        "line": timeline.draw(told, name="time-line", short=True),
        "pain_map": pain_map,
        "pains": _few(pain_map.rows, PLACES),
        "flags": _few(_flags(patient, period), FLAGS),
        "about": _about(patient, told),
        "plan": _few(_plan(patient, told.period), ITEMS),
        "back": addresses.of_patient(patient.pk),
    }


def _few(rows: list[Any], most: int) -> dict[str, Any]:
    """The first of them, and how many are left out."""
    return {"rows": rows[:most], "more": max(len(rows) - most, 0)}


def _flags(patient: Patient, period: Period) -> list[dict[str, Any]]:
    """Flags still unresolved, then those met in the period, with what came of them; withdrawn ones not."""
    closing = FlagAction.objects.filter(kind=FlagAction.Kind.RESOLVE)
    met = Q(last_met__gte=period.first, day__lte=period.last)
    found = Flag.objects.filter(met | Q(status__in=UNRESOLVED), patient=patient)
    standing = found.exclude(status=Flag.Status.SUPERSEDED).by_urgency()
    flags = list(standing.prefetch_related(Prefetch("actions", closing, to_attr="closing")))
    return [
        {
            "heading": rules.name(flag.pattern),
            "urgency": str(chips.URGENCY_WORDS[Urgency(flag.urgency)]),
            "day": moments.day(flag.day),
            "why": Truncator(words.why_plain(flag)).chars(SENTENCE),
            "state": _state(flag),
        }
        for flag in sorted(flags, key=lambda flag: flag.status not in UNRESOLVED)
    ]


def _state(flag: Flag) -> str:
    closing: list[FlagAction] = flag.closing  # type: ignore[attr-defined]
    outcome = f": {words.of(closing[0].get_outcome_display()).lower()}" if closing else ""
    return f"{words.of(flag.get_status_display()).lower()}{outcome}"


def _about(patient: Patient, told: Told) -> list[tuple[str, str]]:
    """The rest of what was told, a line each. A question never asked in the period is said to be so."""
    history = load.profile(patient).on(told.period.last).history
    known = [reading.words(code) for code in vocabulary.LISTS["history"] if code in history]
    lines = [
        (_("Known conditions"), ", ".join(known) or _("none recorded")),
        (_("Nerve symptoms"), _asked(told, "neuro", _signs(told))),
        (_("Falls"), _asked(told, "falls", _falls(told))),
        (_("Medicines logged"), _asked(told, "medications", _medicines(told))),
        (_("Measured height"), _height(patient, told.period)),
    ]
    return [(name, Truncator(value).chars(LINE)) for name, value in lines]


def _asked(told: Told, question: str, parts: list[str]) -> str:
    if not told.answered(question, told.period):
        return _("not asked in this time")
    return "; ".join(parts) or _("none")


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def _signs(told: Told) -> list[str]:
    found = told.signs_in(told.period)
    parts = [f"{reading.nerve(sign._asdict())} ({_days(days)})" for sign, days in list(found.items())[:SIGNS]]
    return parts + _and_more(len(found) - SIGNS)


def _falls(told: Told) -> list[str]:
    days = [one for day, one in sorted(told.days.items()) if day in told.period and one.falls]
    hurt = _("with an injury")
    parts = [moments.day(one.day) + (f" ({hurt})" if one.injuries else "") for one in days[-FALLS:]]
    near = sum(one.near_falls for day, one in told.days.items() if day in told.period)
    parts += [ngettext("%(n)s near-fall", "%(n)s near-falls", near) % {"n": near}] if near else []
    return _and_more(len(days) - FALLS) + parts


def _medicines(told: Told) -> list[str]:
    counted = {code: sum(day in told.period for day in days) for code, days in told.medicines.items()}
    often = sorted((code for code in counted if counted[code]), key=lambda code: (-counted[code], code))
    return [f"{reading.words(code)} ({_days(counted[code])})" for code in often]


def _and_more(left: int) -> list[str]:
    return [_("and %(n)s more") % {"n": left}] if left > 0 else []


def _height(patient: Patient, period: Period) -> str:
    readings = insight.heights(patient, Period.ending(period.last, record.HEIGHT_DAYS))
    if not readings:
        return _("not measured in the last 12 months")
    day, cm = list(readings.items())[-1]
    text = f"{moments.decimal(f'{cm:.1f}')} cm, {moments.day(day)}"
    peak = patient.peak_height_cm
    if peak is None or float(peak) <= cm:
        return text
    return (
        text
        + "; "
        + _("%(cm)s cm below the tallest adult height") % {"cm": moments.decimal(f"{float(peak) - cm:.1f}")}
    )


def _plan(patient: Patient, period: Period) -> list[str]:
    return [
        Truncator(", ".join(filter(None, (_planned(item), item.dose)))).chars(ITEM)
        for item in CareItem.objects.filter(patient=patient).current(period.last)
    ]


def _planned(item: CareItem) -> str:
    return f"{words.of(plan.KINDS[item.kind].label)}: {words.planned(item.kind, item.code)}"

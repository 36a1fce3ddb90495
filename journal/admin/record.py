"""What one patient's page shows, over a period chosen by links."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.accounts.models import Patient
from journal.admin import (
    addresses,
    care_lines,
    chips,
    looks,
    moments,
    panels,
    plan_lines,
    reading,
    rules,
    said,
    tasks,
)
from journal.admin import words as said_by_code
from journal.admin.plots import body, heights, timeline
from journal.content import facts
from journal.content.rule import Urgency
from journal.insight import reading as insight
from journal.insight.days import Told
from journal.insight.periods import LENGTHS, Period, chosen
from journal.models import Fact, Flag, Note

CLOSED_SHOWN = 20
EVENTS_SHOWN = 52  # two alphabets; the lists below hold the rest
HEIGHT_DAYS = 365  # heights are measured seldom: always at least a year of them
FACTS_ON_THE_LINE = ("medicine", "injection", "fracture")


def period_of(request: HttpRequest, patient: Patient, as_of: datetime) -> Period:
    """`?days=` 7, 28, 90 or 365, up to the patient's own day."""
    today = as_of.astimezone(patient.timezone).date()
    return Period.ending(today, chosen(request.GET.get("days")))


def context(request: HttpRequest, patient: Patient, as_of: datetime) -> dict[str, Any]:
    """Everything on the page. The number of statements does not depend on how much was logged."""
    period = period_of(request, patient, as_of)
    told = insight.told(patient, period)
    known = care_lines.facts_of(patient)
    every = Flag.objects.filter(patient=patient).select_related("owner__user").by_urgency()
    unresolved = list(every.unresolved())
    closed = every.exclude(status__in=[Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED])
    found = {
        **person(patient, as_of),
        **care_lines.context(patient, period.last, known),
        "periods": [(days, words(days), days == chosen(request.GET.get("days"))) for days in LENGTHS],
        "days_shown": period.length,
        "period_words": words(period.length),
        "unresolved_flags": [flag_line(flag, as_of) for flag in unresolved],
        "closed_flags": [
            flag_line(flag, as_of) for flag in closed.order_by("-raised_at", "id")[:CLOSED_SHOWN]
        ],
        "figures": figures(told),
        "said": said.entries(patient, told, said.part_of(request.GET.get("entries"))),
        "looks": looks.lately(patient),
        "tasks": tasks.lines(patient, period.last),
        "panels": panels.of("patient", panels.Asked(request, patient, as_of, told.period)),
        "address": addresses.of_patient(patient.pk),
        "summary_address": reverse("admin:accounts_patient_summary", args=[patient.pk]),
        "export_address": reverse("admin:accounts_patient_export", args=[patient.pk]),
        **plots(patient, told, unresolved, known),
    }
    return {**found, "places": places(found)}


def places(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The sections of the page that lie far down, as links at its head."""
    return [
        ("flags", _("Flags")),
        ("line", _("Days")),
        ("pain", _("Body")),
        ("care-plan", _("Care plan")),
        ("entries", _("Entries")),
        ("notes", _("Notes")),
        ("messages", _("Messages")),
        ("facts", _("Facts")),
        *((panel.name, panel.title) for panel in found["panels"][:1]),
        ("looks", _("Who looked")),
    ]


def person(patient: Patient, as_of: datetime) -> dict[str, Any]:
    today = as_of.astimezone(patient.timezone).date()
    return {
        "patient": patient,
        "age": moments.age(patient.born, today),
        "enrolled": moments.day(patient.enrolled_at.astimezone(patient.timezone).date()),
        "now": moments.local(as_of, patient.timezone),
        "zone": patient.timezone.key,
    }


def words(days: int) -> str:
    return _("12 months") if days == 365 else ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def flag_line(flag: Flag, as_of: datetime) -> dict[str, Any]:
    return {
        "address": reverse("admin:journal_flag_change", args=[flag.pk]),
        "heading": rules.name(flag.pattern),
        "urgency": chips.urgency(flag),
        "status": chips.status(flag),
        "why": said_by_code.why(flag),
        "day": moments.day(flag.day),
        "met": len(flag.days_met),
        "owner": flag.owner,
        "time_to_act": chips.time_to_act(flag, as_of),
        "exercise": chips.exercise(flag),
        "unsupported": chips.unsupported(flag),
    }


def plots(patient: Patient, told: Told, lit: Sequence[Flag], known: Sequence[Fact]) -> dict[str, Any]:
    """The time line with the evidence of these flags, both body maps, and the heights."""
    period = told.period
    raised = Flag.objects.filter(patient=patient, day__lte=period.last, last_met__gte=period.first)
    year = Period(min(period.first, period.last - timedelta(days=HEIGHT_DAYS - 1)), period.last)
    peak = patient.peak_height_cm
    return {
        "line": timeline.draw(
            told,
            name="time-line",
            flags=events_of(raised.order_by("day", "pattern")[:EVENTS_SHOWN], period),
            notes=_notes(patient, period, known),
            lit=timeline.Lit(frozenset(entry for flag in lit for entry in flag.entry_ids)),
        ),
        "pain_map": body.pains(told, "pain-map"),
        "nerve_map": body.nerves(told, "nerve-map"),
        "heights": heights.draw(
            insight.heights(patient, year),
            peak=float(peak) if peak is not None else None,
            period=Period(year.first, told.period.last),
            name="heights",
        ),
        "height_days": words(year.length),
    }


def events_of(flags: Sequence[Flag] | Any, period: Period) -> list[timeline.Event]:
    """Each flag at the day on which it was raised, or first met in the period, with a letter."""
    found = list(flags)
    return [
        timeline.Event(
            day=_first_in(flag, period),
            sign=sign,
            text=f"{rules.name(flag.pattern)} ({str(chips.URGENCY_WORDS[Urgency(flag.urgency)]).lower()}), "
            f"{moments.day(flag.day)}, {said_by_code.of(flag.get_status_display()).lower()}",
            kind="flag-closed" if flag.status in ("resolved", "superseded") else f"flag-{flag.urgency}",
            address=reverse("admin:journal_flag_change", args=[flag.pk]),
        )
        for sign, flag in zip(timeline.letters(len(found)), found, strict=True)
    ]


def _first_in(flag: Flag, period: Period) -> date:
    if flag.day in period:
        return flag.day
    days = [date.fromisoformat(day) for day in flag.days_met]
    return next((day for day in days if day in period), flag.last_met)


def _notes(patient: Patient, period: Period, known: Sequence[Fact]) -> list[timeline.Event]:
    """Notes of clinicians, and what they recorded of medicines and fractures, numbered by day."""
    inside = {"patient": patient, "withdrawal": None}
    noted = Note.objects.filter(**inside, day__gte=period.first, day__lte=period.last)[:EVENTS_SHOWN]
    begun = [
        (fact.since, fact)
        for fact in care_lines.standing(known)
        if fact.kind in FACTS_ON_THE_LINE and fact.since and fact.since in period
    ]
    found = [(note.day, reading.capital(said_by_code.note(note.code))) for note in noted]
    found += [
        (
            since,
            plan_lines.titled(
                said_by_code.of(facts.KINDS[fact.kind].label), said_by_code.fact(fact.kind, fact.code)
            ),
        )
        for since, fact in begun[:EVENTS_SHOWN]
    ]
    return [
        timeline.Event(day, str(number), f"{text}, {moments.day(day)}")
        for number, (day, text) in enumerate(sorted(found), start=1)
    ]


def figures(told: Told) -> list[tuple[str, str, str]]:
    """Name, value and comparison of what is told in one number. A question not asked gives no zero."""
    now, before = told.period, told.before
    return [
        (
            _("Days logged"),
            _("%(n)s of %(all)s") % {"n": told.logged(now), "all": told.possible(now)},
            _("before: %(n)s of %(all)s") % {"n": told.logged(before), "all": told.possible(before)},
        ),
        _worst(told),
        _falls(told),
        (
            _("Movement a day, median"),
            _minutes(told.minutes(now)),
            _("before: %(n)s") % {"n": _minutes(told.minutes(before))},
        ),
        (
            _("Exercise, of days asked"),
            _share(*exercised(told, now)),
            _("before: %(n)s") % {"n": _share(*exercised(told, before))},
        ),
    ]


def _worst(told: Told) -> tuple[str, str, str]:
    def worst(period: Period) -> str:
        if not told.answered("pains", period):
            return _("not asked")
        days = [
            ache.severity for found in told.pains.values() for day, ache in found.items() if day in period
        ]
        return _("%(n)s of 10") % {"n": max(days, default=0)}

    return _("Worst pain"), worst(told.period), _("before: %(n)s") % {"n": worst(told.before)}


def _falls(told: Told) -> tuple[str, str, str]:
    def falls(period: Period) -> str:
        asked = told.answered("falls", period)
        return str(sum(one.falls for one in asked)) if asked else _("not asked")

    near = sum(one.near_falls for one in told.answered("falls", told.period))
    more = ngettext("%(n)s near-fall", "%(n)s near-falls", near) % {"n": near}
    before = _("before: %(n)s") % {"n": falls(told.before)}
    return _("Falls"), falls(told.period), f"{more}; {before}" if near else before


def _minutes(minutes: float | None) -> str:
    return _("not asked") if minutes is None else _("%(n)s min") % {"n": moments.decimal(f"{minutes:g}")}


def exercised(told: Told, period: Period) -> tuple[int, int]:
    """Days with an exercise, of the days that answered about movement or exercises."""
    asked = [
        one for day, one in told.days.items() if day in period and one.answered & {"activity", "exercises"}
    ]
    return sum(bool(one.exercise_minutes or one.exercises_done) for one in asked), len(asked)


def _share(part: int, whole: int) -> str:
    return _("%(n)s of %(all)s") % {"n": part, "all": whole} if whole else _("not asked")

"""What a flag's page tells beside the flag: its days, what would have kept it silent, the background."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal import load
from journal.accounts.models import Patient
from journal.admin import chips, moments, panels, reading, record, rules, words
from journal.admin.plots import timeline
from journal.content import engine, vocabulary, what_if
from journal.content.history import History
from journal.insight import reading as insight
from journal.insight.days import Place, Told
from journal.insight.periods import Period
from journal.models import Entry, Flag, FlagAction

DAYS = 28  # before the day of the flag, as each card asks
AFTER = 14  # shown after it, as far as time has come
FALL_DAYS = 365
MEDICINE_DAYS = 14
EARLIER = 8
CHANGES = 12


def context(request: HttpRequest, flag: Flag, as_of: datetime, evidence: Sequence[Entry]) -> dict[str, Any]:
    patient = flag.patient
    today = as_of.astimezone(patient.timezone).date()
    last = max(flag.last_met, min(today, flag.day + timedelta(days=AFTER)))
    told = insight.told(patient, Period(flag.day - timedelta(days=DAYS), last), compared=False)
    history = load.history(patient, since=flag.day)
    shown = places_of(evidence, told)
    return {
        "line": timeline.draw(
            told,
            name="evidence-line",
            flags=record.events_of([flag], told.period),
            lit=timeline.Lit(frozenset(flag.entry_ids), baselines(history, shown, flag.day)),
            places=shown or None,
        ),
        "unless": unless(flag, history),
        "background": background(patient, told, flag),
        "earlier": earlier(flag),
        "panels": panels.of("flag", panels.Asked(request, flag, as_of, told.period)),
    }


def places_of(evidence: Sequence[Entry], told: Told) -> list[Place]:
    """The places that the evidence names, worst first."""
    named: set[Place] = set()
    for entry in evidence:
        for pain in entry.report.get("pains") or ():
            named.update(insight.places(pain["site"], pain.get("side")))
    there = [change.now.place for change in told.changes() if change.now.place in named]
    return there[: timeline.MOST_PLACES]


def baselines(history: History, places: Sequence[Place], day: date) -> dict[Place, float]:
    """The usual level of each place before the flag's day, where there are days enough to say (G5)."""
    found = {place: history.at(day).baseline(*place, day) for place in places}
    return {place: base.value for place, base in found.items() if base.valid}


# --- what would have kept it silent ---


def unless(flag: Flag, history: History) -> dict[str, Any]:
    """Sentences, or why there are none."""
    rule = engine.BY_PATTERN.get(flag.pattern)
    if rule is None:
        return {"lines": [], "note": _("The rule that raised it is no longer in use.")}
    if rule.find_after is not None:
        return {
            "lines": [
                _("An entry, or an answer of the clinic to the urgent flag, within the days it waited.")
            ],
            "note": "",
        }
    keys = [key for key, days in flag.met.items() if flag.day.isoformat() in days]
    found = what_if.changes(rule, history, flag.day, keys)
    if found is None:
        return {"lines": [], "note": _("What is known now would not raise it.")}
    note = (
        ""
        if found
        else _("No single answer decided: without any one of them it would still have been raised.")
    )
    return {"lines": [in_words(change) for change in found[:CHANGES]], "note": note}


def in_words(change: what_if.Change) -> str:
    item = change.item
    if change.kind == "known":
        return _("If this were not known: %(what)s.") % {"what": reading.words(item)}
    if change.kind == "younger":
        return _("If the patient were under the age that the rule asks for.")
    if change.kind == "entry":
        return _("Without the entry of %(day)s.") % {"day": moments.day(change.day)} if change.day else ""
    if change.kind == "standing":
        return _("If the patient could stand on both legs.")
    if change.field == "pains":
        return _of_a_pain(change)
    return _("Without: %(what)s.") % {"what": _named(change.field, item)}


def _of_a_pain(change: what_if.Change) -> str:
    item = change.item
    where = reading.capital(reading.place(item["site"], item.get("side")))
    if change.kind == "less":
        return _("%(where)s at %(limit)s of 10 or less, instead of %(was)s.") % {
            "where": where,
            "limit": change.limit,
            "was": item["severity"],
        }
    if change.kind == "gradual":
        return _("%(where)s coming on slowly instead of suddenly.") % {"where": where}
    return _("Without the pain: %(where)s.") % {"where": where.lower()}


def _named(field: str, item: Any) -> str:
    if field == "height_cm":
        return _("the measured height of %(cm)s cm") % {"cm": moments.decimal(f"{item:g}")}
    return reading.LISTS[field][1](item)


# --- the background ---


def background(patient: Patient, told: Told, flag: Flag) -> list[tuple[str, str]]:
    """Falls in a year, medicines in two weeks, days logged, known conditions: up to the day of the flag."""
    since = flag.day - timedelta(days=MEDICINE_DAYS - 1)
    medicines = [
        reading.words(code)
        for code, days in told.medicines.items()
        if any(since <= day <= flag.day for day in days)
    ]
    asked = any(since <= one.day <= flag.day for one in told.answered("medications", told.period))
    known = load.profile(patient).on(flag.day).history
    codes = [reading.words(code) for code in vocabulary.LISTS["history"] if code in known]
    return [
        (_("Falls in the 12 months before"), falls(patient, flag.day)),
        (
            _("Medicines in the 14 days before"),
            (", ".join(medicines) or _("none")) if asked else _("not asked"),
        ),
        (_("Known on that day"), ", ".join(codes) or _("nothing recorded")),
        (_("In the plot"), timeline.logged(told)),
    ]


def falls(patient: Patient, day: date) -> str:
    """Falls and the days they were on, counted by the database."""
    rows = Entry.objects.current().filter(
        patient=patient, fell=True, local_date__gt=day - timedelta(days=FALL_DAYS), local_date__lte=day
    )
    days = sorted({one.isoformat() for one in rows.values_list("local_date", flat=True)})
    if not days:
        return _("none logged")
    counted = ngettext("on %(n)s day", "on %(n)s days", len(days)) % {"n": len(days)}
    return f"{counted}: " + ", ".join(moments.day(date.fromisoformat(one)) for one in days[-5:])


def earlier(flag: Flag) -> list[dict[str, Any]]:
    """The patient's other flags, newest first, with who dealt with them last."""
    others = Flag.objects.filter(patient=flag.patient_id).exclude(pk=flag.pk).order_by("-raised_at", "id")
    deeds = FlagAction.objects.select_related("by").order_by("-at", "-id")
    found = others.prefetch_related(Prefetch("actions", deeds, to_attr="deeds"))[:EARLIER]
    return [
        {
            "address": reverse("admin:journal_flag_change", args=[one.pk]),
            "heading": rules.name(one.pattern),
            "same": one.pattern == flag.pattern,
            "day": moments.day(one.day),
            "status": chips.status(one),
            "dealt": _dealt(one),
        }
        for one in found
    ]


def _dealt(flag: Flag) -> str:
    deeds: list[FlagAction] = flag.deeds  # type: ignore[attr-defined]
    if not deeds:
        return _("nobody has answered it")
    last = deeds[0]
    outcome = f" ({words.of(last.get_outcome_display()).lower()})" if last.outcome else ""
    return f"{words.of(last.get_kind_display()).lower()}{outcome}: {last.by}, {moments.day(last.day)}"

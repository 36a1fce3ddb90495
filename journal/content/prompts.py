"""What a clinician is reminded of beside the flags: told by the record, without a threshold, and no alarm.

For these things no source sets a line that a rule could draw, so nothing is raised and nobody is chased; they
stand on the patient's page until the record no longer says them. A change here changes no flag.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from journal.content import vocabulary
from journal.content.facts import INJECTION_COVERS, Stated
from journal.content.patient import Document
from journal.content.wording import full_day

LOOKED_AT = 28  # days: what the patient's page shows

Said = Sequence[tuple[date, Document]]  # local day and document of each entry
Look = Callable[[Said, Sequence[Stated], date], str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to bring up; `look` gives the sentence, or nothing when the record says nothing of it."""

    code: str
    seeds: tuple[str, ...]
    look: Look


def standing(said: Iterable[tuple[date, Document]], known: Sequence[Stated], today: date) -> list[str]:
    """The sentences that the last four weeks and the facts on record give today."""
    first = today - timedelta(days=LOOKED_AT - 1)
    lately = sorted(((day, report) for day, report in said if first <= day), key=lambda one: one[0])
    return [sentence for prompt in PROMPTS if (sentence := prompt.look(lately, known, today))]


def _strong_medicine(said: Said, known: Sequence[Stated], today: date) -> str:
    days = {day for day, report in said if "opioid" in (report.get("medications") or ())}
    begun = [
        fact.since
        for fact in known
        if (fact.kind, fact.code) == ("medicine", "opioid") and (fact.until is None or fact.until >= today)
    ]
    since = min((day for day in begun if day), default=None)
    if not days and not begun:
        return ""
    parts = [
        f"logged on {len(days)} of the last {LOOKED_AT} days" if days else "",
        f"on record since {full_day(since)}" if since else "on record" if begun else "",
    ]
    return (
        f"Strong (opioid) pain medicine: {', '.join(filter(None, parts))}. It is meant for a short time and "
        "raises the risk of falls: is it still needed, and who reviews it?"
    )


def _jaw(said: Said, known: Sequence[Stated], today: date) -> str:
    signs = {code: day for day, report in said for code in report.get("jaw") or ()}
    if not signs:
        return ""
    named = ", ".join(f"{vocabulary.label(code)} (last on {full_day(day)})" for code, day in signs.items())
    return (
        f"Jaw and teeth: {named}. Does the dentist know of every bone medicine, and does the prescriber know "
        "of this, before a tooth is taken out?"
    )


def _denosumab(said: Said, known: Sequence[Stated], today: date) -> str:
    given = [f.since for f in known if (f.kind, f.code) == ("injection", "denosumab") and f.since]
    last = max(given, default=None)
    if last is None or (today - last).days <= INJECTION_COVERS:
        return ""
    return (
        f"Denosumab: the last injection on record was on {full_day(last)}, more than six months ago. Was the "
        "next one given? It should not end without a medicine that follows on."
    )


PROMPTS = (
    Prompt("strong_pain_medicine", ("000-23", "004-17"), _strong_medicine),
    Prompt("jaw_and_teeth", ("X-04",), _jaw),
    Prompt("denosumab_overdue", ("X-05",), _denosumab),
)

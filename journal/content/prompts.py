"""What a clinician is reminded of beside the flags: told by the record, without a threshold, and no alarm.

For these things no source sets a line that a rule could draw, so nothing is raised and nobody is chased; they
stand on the patient's page until the record no longer says them. A change here changes no flag.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from journal.content.facts import INJECTION_COVERS, Stated
from journal.content.patient import Document
from journal.content.wording import Param, Templates, Why
from journal.content.wording import said as said_of

LOOKED_AT = 28  # days: what the patient's page shows

Said = Sequence[tuple[date, Document]]  # local day and document of each entry
Look = Callable[[Said, Sequence[Stated], date], Why]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to bring up; `look` gives the sentences, or none when the record says nothing of it."""

    code: str
    seeds: tuple[str, ...]
    look: Look
    texts: Templates  # English; other languages have the same in their file of texts


def standing(
    said: Iterable[tuple[date, Document]], known: Sequence[Stated], today: date
) -> list[tuple[str, Why]]:
    """What the last four weeks and the facts on record give today, by the code of the prompt."""
    first = today - timedelta(days=LOOKED_AT - 1)
    lately = sorted(((day, report) for day, report in said if first <= day), key=lambda one: one[0])
    return [(prompt.code, why) for prompt in PROMPTS if (why := prompt.look(lately, known, today))]


def _strong_medicine(said: Said, known: Sequence[Stated], today: date) -> Why:
    days = {day for day, report in said if "opioid" in (report.get("medications") or ())}
    begun = [
        fact.since
        for fact in known
        if (fact.kind, fact.code) == ("medicine", "opioid") and (fact.until is None or fact.until >= today)
    ]
    since = min((day for day in begun if day), default=None)
    if not days and not begun:
        return ()
    named = {
        (True, True): "both" if since else "logged_and_on_record",
        (True, False): "logged",
        (False, True): "since" if since else "on_record",
    }[bool(days), bool(begun)]
    values: dict[str, Param] = {"days": len(days)} if days else {}
    return (
        *said_of(named, **values, **({"since": since.isoformat()} if since else {})),
        *said_of("question"),
    )


def _jaw(said: Said, known: Sequence[Stated], today: date) -> Why:
    signs = {code: day for day, report in said for code in report.get("jaw") or ()}
    if not signs:
        return ()
    named = [one for code, day in signs.items() for one in said_of("sign", sign=code, day=day.isoformat())]
    return (*named, *said_of("question"))


def _denosumab(said: Said, known: Sequence[Stated], today: date) -> Why:
    given = [f.since for f in known if (f.kind, f.code) == ("injection", "denosumab") and f.since]
    last = max(given, default=None)
    if last is None or (today - last).days <= INJECTION_COVERS:
        return ()
    return (*said_of("last", day=last.isoformat()), *said_of("question"))


_STRONG = "Strong (opioid) pain medicine: "
_LOGGED = f"{_STRONG}logged on {{days}} of the last {LOOKED_AT} days"
PROMPTS = (
    Prompt(
        "strong_pain_medicine",
        ("000-23", "004-17"),
        _strong_medicine,
        {
            "both": f"{_LOGGED}, on record since {{since:day}}.",
            "logged_and_on_record": f"{_LOGGED}, on record.",
            "logged": f"{_LOGGED}.",
            "since": f"{_STRONG}on record since {{since:day}}.",
            "on_record": f"{_STRONG}on record.",
            "question": (
                "It is meant for a short time and raises the risk of falls: is it still needed, and who "
                "reviews it?"
            ),
        },
    ),
    Prompt(
        "jaw_and_teeth",
        ("000-28", "X-04"),
        _jaw,
        {
            "sign": "Jaw and teeth: {sign:label}, last on {day:day}.",
            "question": (
                "Does the dentist know of every bone medicine, and does the prescriber know of this, before "
                "a tooth is taken out?"
            ),
        },
    ),
    Prompt(
        "denosumab_overdue",
        ("X-05",),
        _denosumab,
        {
            "last": ("Denosumab: the last injection on record was on {day:day}, more than six months ago."),
            "question": "Was the next one given? It should not end without a medicine that follows on.",
        },
    ),
)

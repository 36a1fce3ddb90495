"""A new ache in thigh, groin or hip while on bone-protecting medicine."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.wording import said

SEVERE = 3  # D
DAYS, BACK = 2, 13  # D
CLEAN = (42, 14)  # D: none in [D-42, D-14]
LOGGED_BACK = 180  # D
SITES = frozenset({"thigh", "groin", "hip"})
MEDICINES = ("bisphosphonate", "denosumab")


def find(history: History, day: date) -> tuple[Finding, ...]:
    if not history.on(day).aches or not _treated(history, day):
        return ()
    return tuple(found for side in ("left", "right") if (found := _on(side, history, day)))


def _treated(history: History, day: date) -> bool:
    if history.profile.has("antiresorptive"):
        return True
    return any(code in one.medications for one in history.span(day, LOGGED_BACK) for code in MEDICINES)


def _on(side: str, history: History, day: date) -> Finding | None:
    aches = _aches(history, side, day, BACK)
    days = days_of(aches)
    if len(days) < DAYS or days[-1] != day or _aches(history, side, day, *CLEAN):
        return None
    worst = max(a.severity for a in aches)
    return Finding(
        key=f"{side}-leg",
        entry_ids=entries_of(*aches),
        arm="a",
        why=said(side=side, days=len(days)),
        why_clinician=(
            f"{side.capitalize()} thigh, groin or hip up to {worst}/10 on {len(days)} of 14 days, none in "
            "the four weeks before; on bone-protecting medicine."
        ),
        numbers={"days": len(days), "severity": worst},
    )


def _aches(history: History, side: str, day: date, back: int, to: int = 0) -> list[Ache]:
    # A worn hip hurts there anyway.
    arthritis = history.profile.has("osteoarthritis_hip")
    sites = SITES - {"hip"} if arthritis else SITES
    found = history.aches(day, back, to)
    return [a for a in found if a.site in sites and side in a.sides and a.severity >= SEVERE]


RULE = Rule(
    pattern="thigh-pain-antiresorptive",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="event",
    key="region",
    owner="doctor",
    holds_exercise=False,
    title="A new ache in thigh or groin",
    advice=(
        "A new ache in the thigh or groin while on bone medicine should be X-rayed, both sides: please "
        "ask your doctor within two days. Do not stop the medicine by yourself. Go easy on that leg. Call "
        "the emergency number if it suddenly gives way or you cannot stand on it."
    ),
    why={
        "why": (
            "You logged pain in your {side:side} thigh, groin or hip on {days} days, new within six weeks."
        ),
    },
    clinician="Drug and years if known; the other side; full-length femur image of both legs.",
    sources=(
        Source("Regulator advice: report new thigh, hip or groin pain; check the other femur", "S"),
        Source("ASBMR 2013: 3.2 to 50 per 100,000 person-years, about 100 with long use", "V"),
        Source("Bubbear 2016: prodromal pain is common", "V"),
        Source("Two days, clean four weeks", "D"),
    ),
    seeds=("000-28", "003-10", "003-11", "X-03"),
    window="[D-13, D]; none in [D-42, D-14]; medicine logged in [D-180, D]",
    reach=LOGGED_BACK,
    covers=(Covers("insufficiency-fracture", "same"),),
    needs=(SITES,),
    find=find,
)

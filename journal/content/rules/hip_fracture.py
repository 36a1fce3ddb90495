"""A painful groin, hip or thigh on which no weight can be put."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SITES = frozenset({"groin", "hip", "thigh"})
SEVERE = 4  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    today = history.on(day)
    if not today.cannot_stand:
        return ()
    return tuple(found for side in ("left", "right") if (found := _on(side, history, day)))


def _on(side: str, history: History, day: date) -> Finding | None:
    today = history.on(day)
    items = [a for a in today.aches if a.site in SITES and side in a.sides and a.severity >= SEVERE]
    if not items:
        return None
    worst = max(items, key=lambda a: a.severity)
    falls = len([t for one in history.span(day, 2) for t in one.falls])
    return Finding(
        key=f"{side}-leg",
        entry_ids=tuple(dict.fromkeys((*(a.entry_id for a in items), *today.cannot_stand))),
        arm="a",
        why=said(where=(worst.site, side)),
        why_clinician=(
            f"{place(worst.site, side).capitalize()} {worst.severity}/10, cannot stand; "
            f"falls in 3 days: {falls}."
        ),
        numbers={"severity": worst.severity, "falls_in_3_days": falls},
    )


RULE = Rule(
    pattern="hip-fracture",
    version=1,
    urgency=Urgency.EMERGENCY_NOW,
    kind="event",
    key="region",
    owner="emergency-service",
    holds_exercise=True,
    title="Please call for emergency help",
    advice=(
        "A painful hip, groin or thigh that you cannot stand on may be a broken bone. Do not try to walk. "
        "Call the emergency number now. Keep the leg still and warm, and have nothing to eat or drink "
        "until you are told you may. This journal is not an emergency service: nobody may be reading it "
        "right now."
    ),
    why={
        "why": "You told us about pain in your {where:place} and that you cannot put weight on your legs.",
    },
    clinician=(
        "Falls of the last days; time of the last entry; who lives with the patient; blood thinner; ring "
        "them."
    ),
    sources=(
        Source(
            "Clinical teaching: groin pain and no weight-bearing; 2 to 10% of hip fractures are hidden", "S"
        ),
        Source("NICE CG124, pathway", "R"),
        Source("Severity 4", "D"),
    ),
    seeds=("000-07", "003-10"),
    window="the day",
    reach=2,
    covers=(
        Covers("limb-fracture-suspected", "same"),
        Covers("thigh-pain-antiresorptive", "same"),
        Covers("insufficiency-fracture", "same"),
        Covers("serious-fall"),
    ),
    needs=(SITES, frozenset({"cannot_stand"})),
    find=find,
)

"""A leg that suddenly hurts and is cold or pale."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SITES = frozenset({"thigh", "calf", "shin", "ankle", "foot", "leg"})
SEVERE = 4  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    items = [
        a
        for a in history.aches(day)
        if a.site in SITES and a.severity >= SEVERE and a.is_sudden and "cold_pale" in a.quality
    ]
    return tuple(
        Finding(
            key=f"{side}-leg",
            entry_ids=entries_of(*mine),
            arm="a",
            why=said(where=(mine[0].site, side)),
            why_clinician=f"Sudden pain {mine[0].severity}/10, {place(mine[0].site, side)}, cold or pale.",
            numbers={"severity": max(a.severity for a in mine)},
        )
        for side in ("left", "right")
        if (mine := [a for a in items if side in a.sides])
    )


RULE = Rule(
    pattern="limb-ischaemia",
    version=1,
    urgency=Urgency.EMERGENCY_NOW,
    kind="event",
    key="region",
    owner="emergency-service",
    holds_exercise=True,
    title="Please call the emergency number now",
    advice=(
        "A leg that suddenly hurts and is cold or pale may have lost its blood supply, and hours matter. "
        "Call the emergency number now. Do not warm or raise the leg, and do not wait for your "
        "physiotherapist. This journal is not an emergency service: nobody may be reading it right now."
    ),
    why={
        "why": "You logged sudden pain with a cold or pale {where:place}.",
    },
    clinician="Earlier walking-cramp days; known artery disease; irregular heartbeat. Vascular emergency.",
    sources=(
        Source("Royal College of Emergency Medicine training module: six Ps", "V"),
        Source("Irreversible damage within about 4 to 6 hours", "S"),
        Source("Severity 4", "D"),
    ),
    seeds=("000-15",),
    window="the day",
    reach=0,
    covers=(Covers("new-numbness", "same"), Covers("new-leg-weakness", "same")),
    needs=(SITES, frozenset({"sudden"}), frozenset({"cold_pale"})),
    find=find,
)

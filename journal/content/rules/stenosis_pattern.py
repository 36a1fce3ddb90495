"""Leg pain on walking or standing that goes when sitting or bending forward."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_SITES
from journal.content.wording import said

SEVERE = 3  # D
DAYS, BACK = 3, 13  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    aches = [a for a in history.aches(day, BACK) if _is_typical(a)]
    days = days_of(aches)
    if history.profile.has("lumbar_stenosis") or len(days) < DAYS or days[-1] != day:
        return ()
    both = {side for a in aches for side in a.sides} >= {"left", "right"}
    return (
        Finding(
            entry_ids=entries_of(*aches),
            arm="a",
            why=said(days=len(days)),
            why_clinician=(
                f"Leg pain with walking or standing, eased by sitting or bending forward, on {len(days)} "
                f"of 14 days; {'both legs' if both else 'one leg'}."
            ),
            numbers={"days": len(days), "both_legs": "yes" if both else "no"},
        ),
    )


def _is_typical(ache: Ache) -> bool:
    in_leg = ache.site in LEG_SITES or ache.into_leg
    upright = ache.worse("walking", "standing") and ache.better("sitting", "bending_forward")
    return in_leg and ache.severity >= SEVERE and upright


RULE = Rule(
    pattern="stenosis-pattern",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="Leg pain that eases when you sit",
    advice=(
        "Leg pain that goes when you sit often comes from the spine. Sit and lean forward for relief, and "
        "walk in short stretches. We will examine you within two weeks. Call the emergency number for "
        "weakness in both legs, numbness between the legs, or a change in bladder or bowel control."
    ),
    why={
        "why": (
            "You logged leg pain on {days} days that comes with walking or standing and goes with sitting."
        ),
    },
    clinician="Walking minutes; both sides; relief in flexion. Tell from leg-artery pain by standing still.",
    sources=(
        Source("Suri 2010: no pain seated LR 7.4, bending forward 6.4, both legs 6.3, over 70 2.0", "V"),
        Source("Day counts", "D"),
    ),
    seeds=("000-11", "000-18", "001-10", "003-15"),
    window="[D-13, D]",
    reach=BACK,
    needs=(frozenset({"walking", "standing"}), frozenset({"sitting", "bending_forward"})),
    find=find,
)

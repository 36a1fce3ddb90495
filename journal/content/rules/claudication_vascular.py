"""Cramp on walking that stops when standing still."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SITES = frozenset({"calf", "thigh", "buttock"})
SEVERE = 3  # D
DAYS, BACK = 3, 13  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    aches = [a for a in history.aches(day, BACK) if _is_typical(a)]
    days = days_of(aches)
    if history.profile.has("pad") or len(days) < DAYS or days[-1] != day:
        return ()
    where = ", ".join(sorted({place(a.site, side) for a in aches for side in a.sides}))
    return (
        Finding(
            entry_ids=entries_of(*aches),
            arm="a",
            why=said(days=len(days)),
            why_clinician=(
                f"Pain on walking, gone on standing still or resting, on {len(days)} of 14 days: {where}."
            ),
            numbers={"days": len(days)},
        ),
    )


def _is_typical(ache: Ache) -> bool:
    if ache.site not in SITES or ache.severity < SEVERE or ache.is_sudden:
        return False
    walking = ache.worse("walking") and not ache.worse("standing", "weight_bearing")
    return walking and ache.better("standing_still", "rest") and not ache.better("sitting", "bending_forward")


RULE = Rule(
    pattern="claudication-vascular",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="doctor",
    holds_exercise=False,
    title="Leg cramp when walking",
    advice=(
        "Cramp on walking that stops when you stand still can come from the leg arteries. Book your "
        "doctor; this is routine. Be seen the same day if the pain comes at rest or at night in the foot, "
        "or if the skin changes. Call the emergency number if the leg suddenly becomes cold and pale."
    ),
    why={
        "why": "You logged leg pain on {days} days that comes with walking and stops when you stand still.",
    },
    clinician="Distance; side; smoking; diabetes; pulses and ankle pressures.",
    sources=(
        Source("NICE CG147: about 20% over 60 have some arterial disease; in most it stays stable", "V"),
        Source("Emergency textbook: settles within 2 to 5 minutes of rest", "V"),
        Source("Day counts", "D"),
    ),
    seeds=("000-15",),
    window="[D-13, D]",
    reach=BACK,
    needs=(SITES, frozenset({"walking"}), frozenset({"standing_still", "rest"})),
    find=find,
)

"""Numbness where one sits, or bladder or bowel change with back or leg signs: hospital now.

The nerves at the end of the spine can be pressed so hard that hours decide. Doubt goes to the hospital.
"""

from datetime import date, timedelta

from journal.content.history import History
from journal.content.items import Ache, placed
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, LEG_SITES, SENSORY
from journal.content.wording import full_day, said

SEVERE = 4  # D
COMPANY_DAYS = 13  # D: [D-13, D]
LOW_BACK = frozenset({"lumbar", "sacrum", "buttock"})
FAR_FROM_SPINE = frozenset({"ankle", "foot"})  # two numb feet alone point to the nerves of the feet


def find(history: History, day: date) -> tuple[Finding, ...]:
    arms = {
        "a": _saddle(history, day),
        "b": _control_with_company(history, day),
        "c": _both_legs_numb(history, day),
        "d": _both_legs_hurt(history, day),
    }
    true = {arm: ids for arm, ids in arms.items() if ids}
    if not true:
        return ()
    named = "; ".join(_WHAT[arm] for arm in true).capitalize()
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for ids in true.values() for one in ids)),
            arm="+".join(true),
            why=said(arms=tuple(true)),
            why_clinician=f"{named}. First days: {_first_days(history, day)}.",
            numbers={"window_days": COMPANY_DAYS + 1},
        ),
    )


_WHAT = {
    "a": "numbness between the legs",
    "b": "change in bladder or bowel control with back or leg symptoms",
    "c": "numbness or tingling in both legs with back pain",
    "d": "sudden pain running into both legs",
}


def _saddle(history: History, day: date) -> tuple[str, ...]:
    return tuple(sign.entry_id for sign in history.on(day).signs_of("saddle_numbness"))


def _control_with_company(history: History, day: date) -> tuple[str, ...]:
    new = tuple(s for s in ("bladder_change", "bowel_change") if history.newly(s, day))
    if not new:
        return ()
    company = [a.entry_id for a in _low_back(history, day)]
    company += [a.entry_id for a in history.aches(day, COMPANY_DAYS) if a.into_leg and a.severity >= SEVERE]
    company += [
        s.entry_id
        for s in history.signs(day, COMPANY_DAYS)
        if s.symptom in SENSORY | {"weakness"} and s.regions & LEG_REGIONS
    ]
    if not company:
        return ()
    return (*(s.entry_id for s in history.on(day).signs_of(*new)), *company)


def _both_legs_numb(history: History, day: date) -> tuple[str, ...]:
    counted = [
        s
        for s in history.on(day).signs
        if s.kind == "sensory" and s.site in LEG_SITES and s.site not in FAR_FROM_SPINE
    ]
    both = {region for s in counted for region in s.regions} >= LEG_REGIONS
    back = _low_back(history, day) if both else []
    if not (back and any(history.is_new("sensory", region, day) for region in LEG_REGIONS)):
        return ()
    return (*(s.entry_id for s in counted), *(a.entry_id for a in back))


def _both_legs_hurt(history: History, day: date) -> tuple[str, ...]:
    items = [a for a in history.aches(day) if a.into_leg and a.severity >= SEVERE]
    both = {side for a in items for side in a.sides} >= {"left", "right"}
    # "one of these items": a sudden one must itself have a side, or it says nothing of either leg.
    sudden = any(a.is_sudden and a.sides for a in items)
    return tuple(a.entry_id for a in items if a.sides) if both and sudden else ()


def _low_back(history: History, day: date) -> list[Ache]:
    return [a for a in history.aches(day, COMPANY_DAYS) if a.site in LOW_BACK and a.severity >= SEVERE]


def _first_days(history: History, day: date) -> str:
    """First day of each nerve symptom in 28 days: the hospital asks whether it is under 14 days old."""
    first: dict[str, date] = {}
    for sign in history.signs(day, 28):
        first.setdefault(placed(sign), sign.day)
    since = (f"{what} since {full_day(when)} ({_ago(day - when)})" for what, when in first.items())
    return ", ".join(since) or "no nerve symptom logged in 28 days"


def _ago(gap: timedelta) -> str:
    return f"{gap.days} days before" if gap.days > 1 else "the day before" if gap.days else "that day"


RULE = Rule(
    pattern="cauda-equina",
    version=1,
    urgency=Urgency.EMERGENCY_NOW,
    kind="event",
    key="the whole patient",
    owner="emergency-service",
    holds_exercise=True,
    title="Please go to hospital now",
    advice=(
        "Numbness between the legs, or a change in bladder, bowel or sexual feeling together with back or "
        "leg symptoms, needs a hospital check now. Call the emergency number or go to an emergency "
        "department. Do not wait for your physiotherapist, and do not drive yourself. This journal is not "
        "an emergency service: nobody may be reading it right now."
    ),
    why={
        "why": "You told us about {arms:comma}.",
        "a": "numbness between the legs",
        "b": "a change in bladder or bowel control together with back or leg symptoms",
        "c": "numbness or tingling in both legs together with back pain",
        "d": "sudden pain running into both legs",
    },
    clinician=(
        "Which arm fired; the side of each leg symptom; first day of each symptom and days since (the 14-day "
        "question); the last normal bladder report. Same-day hospital and MRI; do not wait for retention."
    ),
    sources=(
        Source(
            "BMJ Best Practice: back or leg pain with bladder, bowel, saddle or two-leg symptoms; same day",
            "V",
        ),
        Source("GIRFT national pathway, February 2023", "V"),
        Source("NHS Lothian: sudden two-sided sciatica, or one-sided becoming two-sided", "V"),
        Source("Severity 4 and 14-day window", "D"),
    ),
    seeds=("000-13", "001-12", "001-15", "X-01"),
    window="the day; company in [D-13, D]; new against [D-28, D-1]",
    reach=28,
    covers=tuple(
        Covers(pattern)
        for pattern in (
            "bladder-bowel-change",
            "new-numbness",
            "new-leg-weakness",
            "neuro-progression",
            "radicular-leg-pain",
        )
    ),
    needs=(SENSORY | {"saddle_numbness", "bladder_change", "bowel_change", "radiates_to"},),
    find=find,
)

"""Spine pain that wakes at night together with weight loss or sweats, or after a past cancer."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.wording import said

SEVERE = 4  # D
NIGHT_DAYS, NIGHT_BACK = 3, 13  # D
LOSS_BACK = 27  # D
CANCER_DAYS, CANCER_BACK = 2, 6  # D
LOSS = ("weight_loss", "night_sweats")


def find(history: History, day: date) -> tuple[Finding, ...]:
    found = [f for f in (_with_loss(history, day), _after_cancer(history, day)) if f]
    if not found:
        return ()
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for f in found for one in f.entry_ids)),
            arm="+".join(f.arm for f in found),
            why=found[0].why,
            why_clinician=" ".join(f.why_clinician for f in found),
            numbers={name: number for f in found for name, number in f.numbers.items()},
        ),
    )


def _is_night_pain(ache: Ache) -> bool:
    return ache.is_axial and ache.severity >= SEVERE and ache.worse("night", "rest")


def _with_loss(history: History, day: date) -> Finding | None:
    pains = [a for a in history.aches(day, NIGHT_BACK) if _is_night_pain(a)]
    nights = days_of(pains)
    if len(nights) < NIGHT_DAYS:
        return None
    lost = [one for one in history.span(day, LOSS_BACK) if one.says(*LOSS)]
    if not lost or (day not in nights and lost[-1].date != day):
        return None
    named = [one for d in lost for code in LOSS for one in d.systemic.get(code, ())]
    return Finding(
        entry_ids=tuple(dict.fromkeys((*entries_of(*pains), *named))),
        arm="a",
        why=said("loss"),
        why_clinician=(
            f"Spinal pain of 4 or more, worse at night or rest, on {len(nights)} of 14 days; weight loss or "
            f"night sweats on {len(lost)} of 28."
        ),
        numbers={"night_pain_days": len(nights), "loss_days": len(lost)},
    )


def _after_cancer(history: History, day: date) -> Finding | None:
    if not history.profile.has("cancer_history"):
        return None
    pains = [a for a in history.aches(day, CANCER_BACK) if _is_night_pain(a) or _is_high(a)]
    days = days_of(pains)
    if len(days) < CANCER_DAYS or day not in days:
        return None
    return Finding(
        entry_ids=entries_of(*pains),
        arm="b",
        why=said("cancer", days=len(days)),
        why_clinician=(
            f"Cancer history; spinal pain of 4 or more (upper spine, or at night) on {len(days)} of 7 days."
        ),
        numbers={"spinal_pain_days_in_7": len(days)},
    )


def _is_high(ache: Ache) -> bool:
    return ache.site in {"neck", "thoracic"} and ache.severity >= SEVERE


RULE = Rule(
    pattern="malignancy-suspected",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="state",
    key="the whole patient",
    owner="doctor",
    holds_exercise=True,
    title="Please call your doctor today",
    advice=(
        "Pain that keeps you awake together with weight loss, or upper-back pain after a past cancer, has "
        "many possible causes and must be checked soon. Call your doctor or your cancer team today. Call "
        "the emergency number for weakness, numbness, or a change in bladder or bowel control. This "
        "journal is not an emergency service."
    ),
    why={
        "loss": (
            "You logged back or neck pain at night or at rest on several days, and weight loss or night "
            "sweats."
        ),
        "cancer": (
            "You logged back or neck pain on {days} days of a week, and a past cancer is on your record."
        ),
    },
    clinician=(
        "Night-pain days; weight entries; kind of cancer if known. Cancer and thoracic pain: coordinator "
        "in 24 h."
    ),
    sources=(
        Source("Downie 2013: cancer history, spinal malignancy in 33% (22 to 46)", "V"),
        Source(
            "NICE CG75 list: thoracic or cervical, unremitting or night pain with cancer, within 24 hours",
            "V",
        ),
        Source("AAFP 2021: weight loss in older adults, cancer behind up to a third", "V"),
        Source("Day counts", "D"),
    ),
    seeds=("X-06",),
    window="night pain in [D-13, D], loss in [D-27, D]; with cancer history [D-6, D]",
    reach=LOSS_BACK,
    covers=(Covers("persistent-pain"),),
    needs=(frozenset({"night", "rest", "neck", "thoracic", *LOSS}),),
    find=find,
)

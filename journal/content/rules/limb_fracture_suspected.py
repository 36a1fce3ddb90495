"""Pain in a limb or the pelvis after a fall, out of nowhere, or without being able to stand."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, entries_of, regions_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

HIP_SITES = frozenset({"groin", "hip", "thigh"})
AFTER_FALL = HIP_SITES | {"knee", "shin", "ankle", "foot", "shoulder", "arm", "wrist", "hand"}
UNLOADED = frozenset({"sacrum", "buttock", "knee", "shin", "ankle", "foot"})
STRONG = 7
SEVERE = 4  # D
RISE = 2
FALL_DAYS = 2  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    found: dict[str, dict[str, list[Ache]]] = {}
    for ache in history.aches(day):
        for site, side in ache.places:
            for arm in _arms(history, ache, side):
                (region,) = regions_of(site, side)
                found.setdefault(region, {}).setdefault(arm, []).append(ache)
    return tuple(_finding(history, day, region, arms) for region, arms in sorted(found.items()))


def _arms(history: History, ache: Ache, side: str | None) -> str:
    """The letters that are true of this item on this side."""
    if ache.severity < SEVERE:
        return ""
    sudden = ache.site in HIP_SITES and ache.is_sudden and ache.severity >= STRONG
    fell = ache.site in AFTER_FALL and any(one.falls for one in history.span(ache.day, FALL_DAYS))
    arms = ""
    if sudden or fell:
        base = history.baseline(ache.site, side, ache.day)
        arms += "a" if sudden and base.is_clearly_below(ache.severity) else ""
        arms += "b" if fell and (not base.valid or base.is_below_by(RISE, ache.severity)) else ""
    return arms + ("c" if ache.site in UNLOADED and history.on(ache.day).cannot_stand else "")


def _finding(history: History, day: date, region: str, arms: dict[str, list[Ache]]) -> Finding:
    aches = [ache for items in arms.values() for ache in items]
    worst = max(aches, key=lambda a: a.severity)
    side = None if region == "trunk" else region.partition("-")[0]
    falls = [t for one in history.span(day, FALL_DAYS) for t in one.falls] if "b" in arms else []
    stands = history.on(day).cannot_stand if "c" in arms else ()
    base = history.baseline(worst.site, side, day)
    usual = f"usual {base.value:g}" if base.valid else "no usual level known"
    return Finding(
        key=region,
        entry_ids=tuple(dict.fromkeys((*entries_of(*aches, *falls), *stands))),
        arm="+".join(sorted(arms)),
        why=said(where=(worst.site, side), arms=tuple(sorted(arms))),
        why_clinician=f"{place(worst.site, side).capitalize()} {worst.severity}/10 ({usual}), {_told(arms)}.",
        numbers={"severity": worst.severity, "baseline": base.value, "baseline_days": len(base.days)},
    )


def _told(arms: dict[str, list[Ache]]) -> str:
    words = {"a": "sudden and strong", "b": "within two days of a fall", "c": "with no standing possible"}
    return " and ".join(words[arm] for arm in sorted(arms))


RULE = Rule(
    pattern="limb-fracture-suspected",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="region",
    owner="doctor",
    holds_exercise=True,
    title="Please have this looked at today",
    advice=(
        "Pain like this after a fall, or out of nowhere, may come from a broken bone even if you can "
        "still move. Have it looked at today and ask about an X-ray. Rest and support the part. If you "
        "cannot stand, do not try again: call for help or the emergency number. This journal is not an "
        "emergency service."
    ),
    why={
        "why": "You logged pain in your {where:place}, {arms:and}.",
        "a": "sudden and strong",
        "b": "within two days of a fall",
        "c": "with no standing possible",
    },
    clinician="Details of the fall; side; bearing-weight answers day by day; a stable hip fracture may walk.",
    sources=(
        Source("GLOW: falls before 68 to 86% of non-vertebral fractures", "V"),
        Source("Sacral fractures: 25 women, mean delay to diagnosis 9 days", "V"),
        Source("A person with a stable hip fracture may walk", "S"),
        Source("Severity 4, two days, two points", "D"),
    ),
    seeds=("000-03", "002-04", "003-11", "004-04"),
    window="the day against its usual of [D-28, D-1]; falls in [D-2, D]",
    reach=28,
    covers=(Covers("thigh-pain-antiresorptive", "same"), Covers("insufficiency-fracture", "same")),
    needs=(AFTER_FALL | UNLOADED,),
    find=find,
)

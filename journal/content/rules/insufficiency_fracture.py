"""New pain at one place that comes with standing or load, on three days of a week."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of, regions_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SITES = frozenset({"sacrum", "groin", "hip", "thigh", "knee", "shin", "ankle", "foot"})
SEVERE = 4  # D
DAYS, BACK = 3, 6  # D
CLEAN_DAYS, CLEAN = 3, (35, 7)  # D: at least three answered days in [D-35, D-7]


def find(history: History, day: date) -> tuple[Finding, ...]:
    loaded = [a for a in history.aches(day, BACK) if _is_loaded(a) and not history.is_soreness(a)]
    places = sorted({p for a in loaded if a.day == day for p in a.places}, key=lambda p: (p[0], p[1] or ""))
    found: dict[str, Finding] = {}  # G9: places of one region are one key; the first in order speaks for it
    for where in places:
        finding = _at(where, [a for a in loaded if where in a.places], history, day)
        if finding:
            found.setdefault(finding.key, finding)
    return tuple(found.values())


def _is_loaded(ache: Ache) -> bool:
    return ache.site in SITES and ache.severity >= SEVERE and ache.worse("weight_bearing", "standing")


def _at(where: tuple[str, str | None], aches: list[Ache], history: History, day: date) -> Finding | None:
    site, side = where
    days = days_of(aches)
    before = [one.worst.get(where, 0) for one in history.answered("pains", day, *CLEAN)]
    if len(days) < DAYS or len(before) < CLEAN_DAYS or max(before) >= SEVERE:
        return None
    (region,) = regions_of(site, side)
    worst = max(a.severity for a in aches)
    return Finding(
        key=region,
        entry_ids=entries_of(*aches),
        arm="a",
        why=said(where=where, days=len(days)),
        why_clinician=(
            f"{place(site, side).capitalize()} up to {worst}/10 with load on {len(days)} of 7 days; below "
            f"{SEVERE} on all {len(before)} answered days of the four weeks before."
        ),
        numbers={"days": len(days), "severity": worst, "clean_days": len(before)},
    )


RULE = Rule(
    pattern="insufficiency-fracture",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="event",
    key="region (the trunk for the sacrum)",
    owner="physiotherapist",
    holds_exercise=False,
    title="New pain when you stand on it",
    advice=(
        "Bone pain that is new and comes with standing can come from a small break that X-rays miss at "
        "first. Put less load on it; we will examine you within two days. If you can no longer stand on "
        "it, call the emergency number."
    ),
    why={
        "why": "You logged pain in your {where:place} that comes with standing, on {days} days of a week.",
    },
    clinician="Load pattern; swelling; vitamin D; steroids. A normal X-ray does not end the question.",
    sources=(
        Source("Sacral fractures: 25 women, mean delay to diagnosis 9 days", "V"),
        Source("Counts and windows", "D"),
    ),
    seeds=("003-11", "004-05"),
    window="[D-6, D]; clean in [D-35, D-7]; exercise soreness left out",
    reach=35,
    needs=(SITES, frozenset({"weight_bearing", "standing"})),
    find=find,
)

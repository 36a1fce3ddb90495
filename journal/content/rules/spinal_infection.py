"""Fever within two days of back or neck pain that is new, worse, or bad at night and at rest."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import AXIAL_SITES, site
from journal.content.wording import said, short_day

SEVERE = 4  # D
RISE = 2  # Farrar 2001 (V)
DAYS = 2  # D: [D-2, D]
FEVER = ("fever", "chills")


def find(history: History, day: date) -> tuple[Finding, ...]:
    window = tuple(history.span(day, DAYS))
    fevers = [one for one in window if one.says(*FEVER)]
    if not fevers:
        return ()
    pains = [ache for one in window for ache in one.aches if _counts(history, ache)]
    today = history.on(day).says(*FEVER) or any(ache.day == day for ache in pains)
    if not (pains and today):
        return ()
    hot = [one for d in fevers for code in FEVER for one in d.systemic.get(code, ())]
    worst = max(pains, key=lambda a: a.severity)
    base = history.baseline(worst.site, None, worst.day)
    usual = f"usual {base.value:g}" if base.valid else "no usual level known"
    days = ", ".join(short_day(one.date) for one in fevers)
    night = ", worse at night or rest" if worst.worse("night", "rest") else ""
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys((*hot, *entries_of(*pains)))),
            arm="a",
            why=said(),
            why_clinician=(
                f"Fever or chills on {days}; {site(worst.site)} {worst.severity}/10 on "
                f"{short_day(worst.day)}, {usual}{night}."
            ),
            numbers={"severity": worst.severity, "baseline": base.value, "baseline_days": len(base.days)},
        ),
    )


def _counts(history: History, ache: Ache) -> bool:
    if not ache.is_axial or ache.severity < SEVERE:
        return False
    base = history.baseline(ache.site, None, ache.day)
    return ache.worse("night", "rest") or not base.valid or base.is_below_by(RISE, ache.severity)


RULE = Rule(
    pattern="spinal-infection",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="the whole patient",
    owner="doctor",
    holds_exercise=True,
    title="Fever with back pain: please be seen today",
    advice=(
        "Fever together with new or worse back pain should be checked today: contact your doctor or an "
        "urgent-care line. Call the emergency number if you feel very ill or confused, or if your legs, "
        "bladder or bowel are affected. This journal is not an emergency service."
    ),
    why={
        "why": "You logged fever or chills together with back or neck pain.",
    },
    clinician=(
        "Temperature in the note; diabetes; steroids; recent injections or infections. Absent fever "
        "excludes nothing."
    ),
    sources=(
        Source("Yusuf 2019: 2,224 cases, spinal pain 72%, fever 55%; no accuracy of single flags", "V"),
        Source("Severity, windows, two points", "D"),
    ),
    seeds=("X-06",),
    window="[D-2, D]; each pain day against its usual of the 28 days before",
    reach=DAYS + 28,
    covers=(Covers("malignancy-suspected"), Covers("back-pain-rise")),
    needs=(AXIAL_SITES.union(FEVER),),
    find=find,
)

"""Sudden strong pain in the middle or lower back, clearly above the usual, with or without a fall."""

from datetime import date

from journal.content.history import Baseline, History
from journal.content.items import Ache
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SITES = ("thoracic", "lumbar")
STRONG = 7  # Enthoven 2016 (V)
MODERATE = 5  # D: with an amplifier
OLD = 75  # Enthoven 2016 (V)
FALL_DAYS = 2  # D: [D-2, D]


def find(history: History, day: date) -> tuple[Finding, ...]:
    amplifiers = _amplifiers(history, day)
    enough = MODERATE if amplifiers else STRONG
    strong = [a for a in history.aches(day) if a.is_sudden and a.severity >= enough]
    for site in SITES if strong else ():
        base = history.baseline(site, None, day)
        items = [a for a in strong if a.site == site and base.is_clearly_below(a.severity)]
        if items:
            return (_finding(history, max(items, key=lambda a: a.severity), base, amplifiers),)
    return ()


def _amplifiers(history: History, day: date) -> dict[str, tuple[str, ...]]:
    """What makes moderate pain count, each with the entries that say so."""
    found: dict[str, tuple[str, ...]] = {}
    age = history.profile.age_on(day)
    if age is not None and age >= OLD:
        found["age 75 or more"] = ()
    if history.profile.has("long_term_steroid"):
        found["long-term steroid"] = ()
    if history.profile.has("prior_vertebral_fracture"):
        found["earlier spine fracture"] = ()
    tumbles = tuple(t.entry_id for one in history.span(day, FALL_DAYS) for t in one.tumbles)
    if tumbles:
        found["fall or near-fall in 3 days"] = tumbles
    return found


def _finding(history: History, ache: Ache, base: Baseline, amplifiers: dict[str, tuple[str, ...]]) -> Finding:
    usual = f"usual {base.value:g}/10 from {len(base.days)} days" if base.valid else "no usual level known"
    also = f"; {', '.join(amplifiers)}" if amplifiers else ""
    told = said(
        "usual" if base.valid else "alone", now=ache.severity, where=(ache.site, None), usual=base.value
    )
    return Finding(
        entry_ids=tuple(dict.fromkeys((ache.entry_id, *(one for ids in amplifiers.values() for one in ids)))),
        arm="a" if ache.severity >= STRONG else "b",
        why=told,
        why_clinician=f"{place(ache.site, None).capitalize()} {ache.severity}/10, sudden; {usual}{also}.",
        numbers={"severity": ache.severity, "baseline": base.value, "baseline_days": len(base.days)},
    )


RULE = Rule(
    pattern="sudden-back-pain",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="the whole patient",
    owner="doctor",
    holds_exercise=True,
    title="Please have your back checked today",
    advice=(
        "Sudden strong back pain can come from a broken bone in the spine, even without a fall. Contact "
        "your doctor or an urgent-care line today. Avoid bending, twisting and lifting; lie down for "
        "short spells and keep moving gently as you can. Call the emergency number if you notice numbness "
        "between the legs, a change in bladder or bowel control, weakness in a leg, chest pain, "
        "breathlessness, or tearing pain with collapse. This journal is not an emergency service."
    ),
    why={
        "usual": (
            "You logged sudden pain of {now} out of 10 in your {where:place}, clearly more than your "
            "usual {usual:g}."
        ),
        "alone": "You logged sudden pain of {now} out of 10 in your {where:place}.",
    },
    clinician=(
        "Onset and trigger in the note; worse standing, walking or changing position and better lying; "
        "amplifiers; which red-flag questions were answered. For the examination: fist percussion, lying "
        "flat, forward bending in supine. Ask about a spine image."
    ),
    sources=(
        Source("Enthoven 2016: severity 7, age 75, trauma, thoracic site", "V"),
        Source("Downie 2013, Henschke 2009: steroids, age, trauma, several together", "V"),
        Source("Farrar 2001: 2 points are a meaningful change", "V"),
        Source("Cut at 5 with an amplifier", "D"),
    ),
    seeds=("000-04", "001-08", "001-14", "002-05", "002-09", "002-10", "002-11", "002-12", "004-03", "X-08"),
    window="the day against its usual of [D-28, D-1]; falls in [D-2, D]",
    reach=28,
    covers=(Covers("back-pain-rise"),),
    needs=(frozenset(SITES), frozenset({"sudden"})),
    find=find,
)

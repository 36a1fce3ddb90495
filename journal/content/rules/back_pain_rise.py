"""Back pain clearly above the usual, less abrupt than sudden-back-pain."""

from datetime import date
from itertools import groupby

from journal.content.history import Baseline, History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said, short_day

SITES = ("thoracic", "lumbar")
WEEK = 6  # [D-6, D]
LEAST, RISE = 4, 2
LOAD = ("standing", "walking", "changing_position", "weight_bearing")  # seed 002


def find(history: History, day: date) -> tuple[Finding, ...]:
    for site in SITES:
        # Every arm needs a pain of the day itself that is as strong as the weakest of them asks.
        worst = history.value(site, None, day)
        if worst is None or worst < LEAST:
            continue
        base = history.baseline(site, None, day)
        least = max(LEAST, base.value + RISE) if base.valid else LEAST
        if worst < least:
            continue
        week = [
            a
            for a in history.aches(day, WEEK)
            if a.site == site and a.severity >= least and not history.is_soreness(a)
        ]
        arms = _risen(week, base, day) if base.valid else _unknown(week, day)
        if arms:
            return (_finding(site, base, arms, day),)
    return ()


def _risen(week: list[Ache], base: Baseline, day: date) -> dict[str, list[Ache]]:
    """Arms that compare with the baseline of the day, also for the earlier days of the week.

    Of strength, arm b asks no more than `find` has asked of all that is in `week`.
    """
    jump = [a for a in week if a.day == day and a.severity >= 8 and base.is_below_by(4, a.severity)]
    loaded = [a for a in week if _is_mechanical(a)]
    strong = [a for a in week if a.severity >= 6 and base.is_below_by(3, a.severity)]
    arms = {
        "a": jump,
        "b": loaded if _on_days(loaded, 2, day) else [],
        "c": strong if _on_days(strong, 3, day) else [],
    }
    return {arm: aches for arm, aches in arms.items() if aches}


def _unknown(week: list[Ache], day: date) -> dict[str, list[Ache]]:
    """Without a baseline only an onset that is sudden or not stated counts: gradual shows no change."""
    today = [a for a in week if a.day == day]
    arms = {
        "d": [a for a in today if a.severity >= 7 and a.onset is None],
        "e": [a for a in today if a.severity >= 5 and a.is_sudden],
    }
    return {arm: aches for arm, aches in arms.items() if aches}


def _is_mechanical(ache: Ache) -> bool:
    return ache.worse(*LOAD) and ache.better("lying")


def _on_days(aches: list[Ache], count: int, day: date) -> bool:
    days = days_of(aches)
    return len(days) >= count and days[-1] == day


def _finding(site: str, base: Baseline, arms: dict[str, list[Ache]], day: date) -> Finding:
    aches = sorted((a for items in arms.values() for a in items), key=lambda a: (a.day, a.entry_id))
    now = max(a.severity for a in aches if a.day == day)
    usual = f"usual {base.value:g}/10 from {len(base.days)} days" if base.valid else "no usual level known"
    curve = ", ".join(
        f"{short_day(d)}: {max(a.severity for a in items)}" for d, items in groupby(aches, lambda a: a.day)
    )
    return Finding(
        entry_ids=entries_of(*aches),
        arm="+".join(arms),
        why=said("usual" if base.valid else "alone", now=now, where=(site, None), usual=base.value),
        why_clinician=f"{place(site, None).capitalize()} {now}/10; {usual}; by day {curve}.",
        numbers={"severity": now, "baseline": base.value, "baseline_days": len(base.days)},
    )


RULE = Rule(
    pattern="back-pain-rise",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="event",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="Your back pain is stronger than usual",
    advice=(
        "Your back pain is clearly stronger than your usual; we will contact you within two days. Avoid "
        "bending, twisting and lifting until then. Call the emergency number if you notice numbness "
        "between the legs, a change in bladder or bowel control, weakness in a leg, chest pain or "
        "breathlessness. If the pain becomes much worse, contact your doctor today."
    ),
    why={
        "usual": (
            "You logged pain of {now} out of 10 in your {where:place}, clearly more than your usual "
            "{usual:g}."
        ),
        "alone": "You logged pain of {now} out of 10 in your {where:place}.",
    },
    clinician=(
        "The seven baseline days; on which days the pain came with load and went with lying; spine image?"
    ),
    sources=(
        Source("Farrar 2001: 2 points or 30% are a meaningful change", "V"),
        Source("Thresholds chosen on synthetic patients: 83 of 90 slow fractures, 227 flags", "D"),
    ),
    seeds=("000-04", "002-01", "002-11", "002-12"),
    window="[D-6, D] against the usual of [D-28, D-1]",
    reach=28,
    needs=(frozenset(SITES),),
    find=find,
)

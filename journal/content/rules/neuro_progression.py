"""Numbness or tingling in a leg that has spread to more places, or tingling that has become numbness."""

from collections.abc import Iterable
from datetime import date

from journal.content.history import History
from journal.content.items import Sign
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, SENSORY, site
from journal.content.vocabulary import region as words
from journal.content.wording import said


def find(history: History, day: date) -> tuple[Finding, ...]:
    return tuple(found for region in sorted(LEG_REGIONS) if (found := _in(region, history, day)))


def _in(region: str, history: History, day: date) -> Finding | None:
    now = history.on(day).signs_in(region, "sensory")
    sites = sorted(_sites(now))
    numb = "numbness" in [s.symptom for s in now]
    if len(sites) < 2 and not numb:  # one place that tingles is no more than there was on any day before
        return None
    earlier = [one for one in history.span(day, 28, 1) if one.signs_in(region, "sensory")]
    if not earlier:
        return None
    most = max([len(_sites(one.signs_in(region, "sensory"))) for one in earlier])
    wider = len(sites) > most
    # "where those days had only tingling" is read of the leg, as "those days" are sensory days of the leg.
    was_numb = any(s.symptom == "numbness" for one in earlier for s in one.signs_in(region, "sensory"))
    deeper = numb and not was_numb
    if not wider and not deeper:
        return None
    where = words(region)
    return Finding(
        key=region,
        entry_ids=tuple(dict.fromkeys(s.entry_id for s in now)),
        arm="+".join(arm for arm, true in (("a", wider), ("b", deeper)) if true),
        why=said(where=region),
        why_clinician=(
            f"{where.capitalize()}: {len(sites)} sites today ({', '.join(map(site, sites))}), at most {most} "
            f"on {len(earlier)} earlier days{'; numbness where there was only tingling' if deeper else ''}."
        ),
        numbers={"sites_now": len(sites), "sites_before": most, "earlier_days": len(earlier)},
    )


def _sites(signs: Iterable[Sign]) -> set[str]:
    return {s.site for s in signs if s.site}


RULE = Rule(
    pattern="neuro-progression",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="event",
    key="region",
    owner="physiotherapist",
    holds_exercise=False,
    title="The numb area has changed",
    advice=(
        "The numb or tingling area has grown or changed, so we want to examine it within two days. Call "
        "the emergency number if you notice numbness between the legs, a change in bladder or bowel "
        "control, symptoms in both legs, or a leg that becomes weak."
    ),
    why={
        "why": "The numb or tingling area in your {where:region} has grown or changed.",
    },
    clinician="Sites per day; power, reflexes and sensation; ask about bladder, bowel and saddle.",
    sources=(
        Source("IFOMPT 2020: progression over time rather than single findings", "V"),
        Source("Logic of both arms", "D"),
    ),
    seeds=("000-13", "001-05", "001-15", "002-08"),
    window="the day against [D-28, D-1]",
    reach=28,
    needs=(SENSORY,),
    find=find,
)

"""A leg that gives way, or unsteady walking, for the first time in four weeks."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, site
from journal.content.vocabulary import region as words
from journal.content.wording import said

GAIT = "gait"


def find(history: History, day: date) -> tuple[Finding, ...]:
    legs = [region for region in history.new_regions("giving_way", day) if region in LEG_REGIONS]
    found = [_leg(history, region, day) for region in legs]
    if history.newly("unsteady_gait", day):
        found.append(_gait(history, day))
    return tuple(found)


def _leg(history: History, region: str, day: date) -> Finding:
    signs = history.on(day).signs_in(region, "giving_way")
    sites = sorted({s.site for s in signs if s.site})
    where = words(region)
    return Finding(
        key=region,
        entry_ids=entries_of(*signs),
        arm="a",
        why=said(where=region),
        why_clinician=f"Giving way, {where} ({', '.join(map(site, sites))}); none in the 28 days before.",
        numbers={"sites": ", ".join(sites)},
    )


def _gait(history: History, day: date) -> Finding:
    return Finding(
        key=GAIT,
        entry_ids=entries_of(*history.on(day).signs_of("unsteady_gait")),
        arm="b",
        why=said("gait"),
        why_clinician="New unsteady walking; none in the 28 days before.",
    )


RULE = Rule(
    pattern="new-giving-way",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="state",
    key="region, or gait",
    owner="physiotherapist",
    holds_exercise=False,
    title="Unsteady, or a leg giving way",
    advice=(
        "Use a stick or a rail, and no ladders. We will contact you within two days. Tell us if it "
        "happens again or if you fall. Call the emergency number if a leg becomes weak, or for a sudden "
        "change in face, arm or speech."
    ),
    why={
        "why": "You logged that your {where:region} gave way.",
        "gait": "You logged new unsteady walking.",
    },
    clinician="Pain at knee or hip; weakness; falls; sedatives. Gait and balance assessment.",
    sources=(
        Source("NICE NG249: gait and balance problems call for assessment", "V"),
        Source("28 days", "D"),
    ),
    seeds=("003-03", "003-08", "003-12", "000-33"),
    window="the day; new against [D-28, D-1]",
    reach=28,
    needs=(frozenset({"giving_way", "unsteady_gait"}),),
    find=find,
)

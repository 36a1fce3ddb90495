"""Weakness of a leg that was not there in the last four weeks."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, site
from journal.content.vocabulary import region as words
from journal.content.wording import said


def find(history: History, day: date) -> tuple[Finding, ...]:
    # Judged by region (G13). Two weak legs on one day are acute-neuro-deficit, which covers both (G11).
    new = [region for region in history.new_regions("weakness", day) if region in LEG_REGIONS]
    return tuple(_finding(history, region, day) for region in new)


def _finding(history: History, region: str, day: date) -> Finding:
    signs = history.on(day).signs_in(region, "weakness")
    sites = sorted({s.site for s in signs if s.site})
    numb = sum(bool(one.signs_in(region, "sensory")) for one in history.span(day, 28, 1))
    where = words(region)
    return Finding(
        key=region,
        entry_ids=entries_of(*signs),
        arm="a",
        why=said(where=region),
        why_clinician=(
            f"New weakness, {where} ({', '.join(map(site, sites))}); numbness or tingling there on {numb} of "
            "the 28 days before."
        ),
        numbers={"sites": ", ".join(sites), "sensory_days_before": numb},
    )


RULE = Rule(
    pattern="new-leg-weakness",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="region",
    owner="doctor",
    holds_exercise=True,
    title="New weakness in a leg",
    advice=(
        "A foot that drops, or a leg that has become weak, needs an examination today or tomorrow: "
        "contact your doctor today. Do not use stairs alone. Call the emergency number if both legs are "
        "affected, or if bladder or bowel control changes or numbness between the legs appears. This "
        "journal is not an emergency service."
    ),
    why={
        "why": "You logged new weakness in your {where:region}.",
    },
    clinician=(
        "Site (foot drop); days of numbness or radiating pain before; power and reflexes; saddle and bladder."
    ),
    sources=(
        Source("NHS Lothian spinal pathway: severe or progressing motor loss, acute foot drop", "V"),
        Source("Other UK pathways", "S"),
        Source("NICE CKS sciatica", "R"),
    ),
    seeds=("001-03", "003-01"),
    window="the day; new against [D-28, D-1]",
    reach=28,
    covers=(
        Covers("new-giving-way", "same"),
        Covers("new-numbness", "same"),
        Covers("neuro-progression", "same"),
    ),
    needs=(frozenset({"weakness"}),),
    find=find,
)

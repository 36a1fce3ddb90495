"""Numbness or tingling in a leg, an arm or the trunk that was not there in the last four weeks."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import SENSORY, site
from journal.content.vocabulary import region as words
from journal.content.wording import said


def find(history: History, day: date) -> tuple[Finding, ...]:
    # The face belongs to acute-neuro-deficit.
    regions = [r for r in history.new_regions("sensory", day) if not r.endswith("-face")]
    return tuple(_finding(history, region, day) for region in regions)


def _finding(history: History, region: str, day: date) -> Finding:
    signs = history.on(day).signs_in(region, "sensory")
    what = sorted({s.symptom for s in signs})
    sites = sorted({s.site for s in signs if s.site})
    where = words(region)
    return Finding(
        key=region,
        entry_ids=tuple(dict.fromkeys(s.entry_id for s in signs)),
        arm="a",
        why=said(what=what, where=region),
        why_clinician=(
            f"{' and '.join(what).capitalize()}, {where} ({', '.join(map(site, sites))}); none there in the "
            "28 days before."
        ),
        numbers={"sites": ", ".join(sites)},
    )


RULE = Rule(
    pattern="new-numbness",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="state",
    key="region",
    owner="physiotherapist",
    holds_exercise=False,
    title="New numbness or tingling",
    advice=(
        "Osteoporosis itself does not make a limb numb; a nerve may be irritated, and that is worth an "
        "examination. We will contact you within two days. Call the emergency number if you notice "
        "numbness between the legs, a change in bladder or bowel control, symptoms in both legs, or "
        "trouble with face, arm or speech."
    ),
    why={
        "why": "You logged new {what:and} ({where:region}).",
        "numbness": "numbness",
        "tingling": "tingling",
    },
    clinician=(
        "Map of regions; numbness or tingling; radiating pain; earlier back-pain flags; power and reflexes."
    ),
    sources=(
        Source("A band of numbness round the trunk can be the spinal cord", "R"),
        Source("28 days without it", "D"),
    ),
    seeds=("000-12", "001-01", "001-02", "001-05", "001-06", "001-07"),
    window="the day; new against [D-28, D-1]",
    reach=28,
    covers=(Covers("radicular-leg-pain", "same"),),
    needs=(SENSORY,),
    find=find,
)

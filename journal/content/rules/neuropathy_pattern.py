"""Tingling or numbness in both feet, and nowhere else, in a person with diabetes."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, SENSORY
from journal.content.wording import said

FEET = frozenset({"ankle", "foot"})
SEVERE = 4  # D
BACK = 13  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    profile = history.profile
    if not profile.has("diabetes") or profile.has("peripheral_neuropathy"):
        return ()
    signs = history.on(day).signs
    only_feet = all(s.kind == "sensory" and s.site in FEET for s in signs)
    both = {region for s in signs for region in s.regions} >= LEG_REGIONS
    back_pain = any(a.is_axial and a.severity >= SEVERE for a in history.aches(day, BACK))
    if not (both and only_feet) or back_pain:
        return ()
    return (
        Finding(
            entry_ids=entries_of(*signs),
            arm="a",
            why=said(),
            why_clinician=(
                "Numbness or tingling in both feet, nowhere else; no spinal pain of 4 or more in two weeks."
            ),
        ),
    )


RULE = Rule(
    pattern="neuropathy-pattern",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="doctor",
    holds_exercise=False,
    title="Tingling in both feet",
    advice=(
        "Tingling in both feet often comes from the nerves in diabetes. Ask for a foot check within two "
        "weeks, and look at your feet every day. Be seen the same day for a wound, and tell us at once if "
        "it spreads upwards or a leg becomes weak."
    ),
    why={
        "why": "You logged tingling or numbness in both feet.",
    },
    clinician="Symmetry; burning; nights. Asymmetry or a start that is not distal points elsewhere.",
    sources=(
        Source("Distal, symmetrical, worse at night", "V"),
        Source("Without diabetes on record the numbness flag stays", "D"),
    ),
    seeds=("000-16",),
    window="the day; no axial pain of 4 or more in [D-13, D]",
    reach=BACK,
    covers=(Covers("new-numbness", "any", LEG_REGIONS),),
    needs=(FEET, SENSORY),
    find=find,
)

"""The rule table and the coverage table, written out once more: a change here is a clinical decision."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.content.engine import BY_PATTERN, REACH_DAYS, RULES
from journal.content.history import History
from journal.content.rule import Rule
from journal.content.vocabulary import LEG_REGIONS
from tests.content.build import on
from tests.content.strategies import LAST, Facts, facts

TIERS = {
    "emergency-now": "cauda-equina acute-neuro-deficit hip-fracture limb-ischaemia gi-bleed",
    "same-day": "sudden-back-pain limb-fracture-suspected new-leg-weakness spinal-infection "
    "malignancy-suspected serious-fall calf-swelling silent-after-flag",
    "within-48h": "back-pain-rise new-numbness new-giving-way neuro-progression thigh-pain-antiresorptive "
    "insufficiency-fracture bladder-bowel-change",
    "within-2-weeks": "recurrent-falls height-loss radicular-leg-pain stenosis-pattern claudication-vascular "
    "neuropathy-pattern persistent-pain activity-drop nsaid-overuse mood-and-fear fatigue-heavy-legs",
    "information": "height-recheck",
}
STATES = (
    "malignancy-suspected new-numbness new-giving-way height-loss radicular-leg-pain stenosis-pattern "
    "claudication-vascular neuropathy-pattern persistent-pain activity-drop nsaid-overuse mood-and-fear "
    "fatigue-heavy-legs"
)
ANY, SAME = "any", "same"
COVERAGE = {
    ("cauda-equina", ANY): "bladder-bowel-change new-numbness new-leg-weakness neuro-progression "
    "radicular-leg-pain",
    ("acute-neuro-deficit", ANY): "new-leg-weakness new-numbness new-giving-way neuro-progression",
    ("hip-fracture", SAME): "limb-fracture-suspected thigh-pain-antiresorptive insufficiency-fracture",
    ("hip-fracture", ANY): "serious-fall",
    ("limb-fracture-suspected", SAME): "thigh-pain-antiresorptive insufficiency-fracture",
    ("limb-ischaemia", SAME): "new-numbness new-leg-weakness",
    ("gi-bleed", ANY): "nsaid-overuse",
    ("sudden-back-pain", ANY): "back-pain-rise",
    ("spinal-infection", ANY): "malignancy-suspected back-pain-rise",
    ("malignancy-suspected", ANY): "persistent-pain",
    ("new-leg-weakness", SAME): "new-giving-way new-numbness neuro-progression",
    ("new-numbness", SAME): "radicular-leg-pain",
    ("thigh-pain-antiresorptive", SAME): "insufficiency-fracture",
    ("neuropathy-pattern", ANY): "new-numbness",
    ("height-loss", ANY): "height-recheck",
}


def test_every_pattern_has_its_tier_and_the_table_its_order() -> None:
    table = [(pattern, tier) for tier, patterns in TIERS.items() for pattern in patterns.split()]
    assert {(r.pattern, r.urgency.value) for r in RULES} == set(table)
    assert [r.urgency.rank for r in RULES] == sorted(r.urgency.rank for r in RULES)


def test_state_patterns_are_those_of_the_table() -> None:
    assert {r.pattern for r in RULES if r.kind == "state"} == set(STATES.split())


def test_coverage_is_that_of_the_table() -> None:
    live = {(r.pattern, c.scope, c.pattern) for r in RULES for c in r.covers}
    table = {(who, scope, what) for (who, scope), whats in COVERAGE.items() for what in whats.split()}
    assert live == table


def test_only_the_neuropathy_of_the_feet_covers_some_keys_only() -> None:
    limited = {(r.pattern, c.keys) for r in RULES for c in r.covers if c.keys is not None}
    assert limited == {("neuropathy-pattern", LEG_REGIONS)}


def test_only_activity_drop_yields_to_urgent_flags() -> None:
    assert [r.pattern for r in RULES if r.yields_to_urgent] == ["activity-drop"]


def test_who_must_act_at_once_is_no_physiotherapist() -> None:
    assert {r.owner for r in RULES if r.urgency == "emergency-now"} == {"emergency-service"}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.pattern)
@given(said=facts(), offset=st.integers(0, LAST))
@settings(max_examples=8, deadline=None)
def test_a_rule_looks_no_farther_back_than_it_says(rule: Rule, said: Facts, offset: int) -> None:
    profile, entries, _ = said
    day = max((e.day for e in entries if e.day <= on(offset)), default=entries[0].day)
    near = [e for e in entries if e.day >= day - timedelta(days=rule.reach)]
    whole = History(profile, entries)
    assert rule.find(History(profile, near, whole.heights(day)), day) == rule.find(whole, day)


def test_the_reach_of_the_engine_is_that_of_its_farthest_rule() -> None:
    assert REACH_DAYS == BY_PATTERN["recurrent-falls"].reach == 364

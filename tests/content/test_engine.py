"""The life of a flag: G9 to G11, G15, and a rule that crashes."""

from dataclasses import replace
from datetime import date

import pytest

from journal.content.engine import BY_PATTERN, RULES, evaluate
from journal.content.history import History
from journal.content.rule import Finding, Rule, Urgency
from tests.content.build import acted, day, history, nerve, on, pain, quiet, raised, run

NUMB = day(neuro=[nerve("numbness", "calf")])
SADDLE = day(neuro=[nerve("saddle_numbness", "saddle")])


def low(*offsets: int) -> dict[int, dict[str, object]]:
    """Low mood on so many days that the state rule holds on each of these from the fourth on."""
    return {n: day(systemic=["low_mood"]) for n in offsets}


def days_of(pattern: str, days: dict[int, dict[str, object]], **more: object) -> list[int]:
    return sorted(offset for _, offset in raised(days, only=pattern, **more))  # type: ignore[arg-type]


def test_an_event_within_14_days_joins_its_open_flag() -> None:
    (flag,) = run({0: SADDLE, 14: SADDLE, 28: SADDLE}).flags[:1]
    assert flag.met == {"whole": (on(0), on(14), on(28))}
    assert flag.last_met == on(28)
    assert flag.entry_ids == ("0.0", "14.0", "28.0")


def test_an_event_after_15_days_is_a_new_flag() -> None:
    assert days_of("cauda-equina", {0: SADDLE, 15: SADDLE}) == [0, 15]


def test_a_resolved_event_is_raised_again_from_the_next_day() -> None:
    days = {0: SADDLE, 3: SADDLE, 4: SADDLE}
    assert days_of("cauda-equina", days, actions=[acted("resolve", "cauda-equina", 0, 3)]) == [0, 4]


def test_acknowledging_an_event_does_not_silence_it() -> None:
    days = {0: SADDLE, 15: SADDLE}
    assert days_of("cauda-equina", days, actions=[acted("acknowledge", "cauda-equina", 0, 1)]) == [0, 15]


def test_an_acknowledged_state_joins_for_90_days() -> None:
    days = low(0, 1, 2, 3, *range(40, 44), *range(90, 96))
    alone = days_of("mood-and-fear", days)
    assert alone == [3, 43, 93]
    seen = [acted("acknowledge", "mood-and-fear", 3, 4)]
    assert days_of("mood-and-fear", days, actions=seen) == [3]


def test_the_acknowledgement_ends_after_90_days() -> None:
    seen = [acted("acknowledge", "mood-and-fear", 3, 4)]
    in_time = low(0, 1, 2, 3, *range(91, 95))
    late = low(0, 1, 2, 3, *range(92, 96))
    assert days_of("mood-and-fear", in_time, actions=seen) == [3]
    assert days_of("mood-and-fear", late, actions=seen) == [3, 95]


def test_a_resolved_state_stays_quiet_for_28_days() -> None:
    done = [acted("resolve", "mood-and-fear", 3, 10)]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(35, 39)), actions=done) == [3]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(36, 40)), actions=done) == [3, 39]


def test_a_report_on_the_day_of_the_resolution_still_joins() -> None:
    done = [acted("resolve", "mood-and-fear", 3, 4)]
    (flag,) = run(low(0, 1, 2, 3, 4, 5), actions=done).flags
    assert flag.met["whole"] == (on(3), on(4))


def test_regions_of_one_day_form_one_flag_and_of_two_days_two() -> None:
    both = day(neuro=[nerve("numbness", "foot", "both")])
    (flag,) = run({0: both}).flags
    assert flag.keys == ("left-leg", "right-leg")
    right = day(neuro=[nerve("numbness", "calf", "right")])
    assert days_of("new-numbness", {0: NUMB, 5: right}) == [0, 5]


def test_an_action_holds_for_all_keys_of_its_flag() -> None:
    both = day(neuro=[nerve("numbness", "foot", "both")])
    right = day(neuro=[nerve("numbness", "calf", "right")])
    done = [acted("resolve", "new-numbness", 0, 30, "left-leg", "right-leg")]
    assert days_of("new-numbness", {0: both, 50: right}, actions=done) == [0]


def test_an_action_follows_a_flag_that_late_data_moved() -> None:
    """Resolved when the flag stood on day 4; a late entry shows that it began on day 3."""
    done = [acted("resolve", "mood-and-fear", 4, 6)]
    days = low(0, 1, 2, 3, 4, *range(21, 26))
    assert days_of("mood-and-fear", days, actions=done) == [3]
    elsewhere = [acted("resolve", "mood-and-fear", 4, 6, "another-key")]
    assert days_of("mood-and-fear", days, actions=elsewhere) == [3, 24]


def test_a_covered_pattern_is_shown_under_the_covering_flag() -> None:
    days = {0: day(neuro=[nerve("saddle_numbness", "saddle"), nerve("bladder_change")])}
    (flag,) = run(days).flags
    assert flag.pattern == "cauda-equina"
    assert flag.covered == {"bladder-bowel-change": (on(0),)}


def test_an_open_flag_covers_for_14_days_after_it_was_last_met() -> None:
    fourteen, fifteen = {0: SADDLE, 14: NUMB}, {0: SADDLE, 15: NUMB}
    assert days_of("new-numbness", fourteen) == []
    assert days_of("new-numbness", fifteen) == [15]
    (flag,) = [f for f in run(fourteen).flags if f.pattern == "cauda-equina"]
    assert flag.entry_ids == ("0.0", "14.0")


def test_a_resolved_flag_covers_no_longer_from_the_next_day() -> None:
    done = [acted("resolve", "cauda-equina", 0, 2)]
    assert days_of("new-numbness", {0: SADDLE, 2: NUMB}, actions=done) == []
    assert days_of("new-numbness", {0: SADDLE, 3: NUMB}, actions=done) == [3]


def broken(_history: History, _day: date) -> tuple[Finding, ...]:
    raise ZeroDivisionError("what the patient wrote")


def test_a_crashing_rule_costs_neither_the_others_nor_the_entry() -> None:
    rules = [replace(BY_PATTERN["sudden-back-pain"], needs=(), find=broken), BY_PATTERN["cauda-equina"]]
    result = evaluate(history({0: SADDLE}), as_of=on(0), rules=rules)
    assert [f.pattern for f in result.flags] == ["cauda-equina"]
    (failure,) = result.failures
    assert (failure.pattern, failure.day, failure.error_type) == (
        "sudden-back-pain",
        on(0),
        "ZeroDivisionError",
    )
    assert "wrote" not in repr(failure)


def test_an_entry_of_a_later_day_than_the_clock_is_judged_too() -> None:
    """A traveller's phone may already be in tomorrow; an emergency does not wait for the clinic's clock."""
    assert ("cauda-equina", 1) in raised({1: SADDLE}, as_of=0)


def test_nobody_logs_nothing_is_raised() -> None:
    assert raised({}) == set()
    assert raised({0: quiet(), 40: quiet()}) == set()


def test_urgency_is_ordered_from_information_to_emergency() -> None:
    assert max(Urgency) is Urgency.EMERGENCY_NOW
    assert sorted(Urgency, reverse=True) == list(Urgency)
    assert Urgency.SAME_DAY > Urgency.WITHIN_48H


def live_rules() -> list[Rule]:
    return list(RULES)


@pytest.mark.parametrize("rule", live_rules(), ids=lambda r: r.pattern)
def test_a_live_rule_is_complete(rule: Rule) -> None:
    assert rule.title
    assert rule.advice
    assert rule.clinician
    assert rule.sources
    assert rule.window
    assert rule.version >= 1
    urgent = rule.urgency in {Urgency.EMERGENCY_NOW, Urgency.SAME_DAY}
    assert rule.holds_exercise is urgent
    if urgent:
        assert "not an emergency service" in rule.advice
    assert "you have a" not in rule.advice.lower()


def test_every_pattern_is_live_once() -> None:
    assert len({rule.pattern for rule in RULES}) == len(RULES)


def test_what_the_patient_reads_names_no_illness() -> None:
    days = {0: day(pains=[pain("lumbar", 9, onset="sudden")])}
    (flag,) = run(days).flags
    assert flag.why == "You logged sudden pain of 9 out of 10 in your lower back."
    assert "9/10" in flag.why_clinician


def test_a_flag_of_yesterday_covers() -> None:
    assert days_of("new-numbness", {0: SADDLE, 1: NUMB}) == []


def test_the_first_resolution_of_a_flag_is_the_one_that_counts() -> None:
    twice = [acted("resolve", "mood-and-fear", 3, 10), acted("resolve", "mood-and-fear", 3, 30)]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(36, 40)), actions=twice) == [3, 39]


def test_acknowledging_a_new_flag_says_nothing_of_the_old_one() -> None:
    seen = [acted("acknowledge", "mood-and-fear", 43, 43)]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(40, 44)), actions=seen) == [3, 43]


def test_what_a_covered_pattern_covers_is_shown_under_the_flag_on_top() -> None:
    neuro = [nerve("saddle_numbness", "saddle"), nerve("weakness", "foot"), nerve("giving_way", "knee")]
    (flag,) = run({0: day(neuro=neuro)}).flags
    assert flag.pattern == "cauda-equina"
    assert set(flag.covered) == {"new-leg-weakness", "new-giving-way"}


def test_a_joined_report_prolongs_the_cover() -> None:
    assert days_of("new-numbness", {0: SADDLE, 14: SADDLE, 28: NUMB}) == []
    assert days_of("new-numbness", {0: SADDLE, 14: SADDLE, 29: NUMB}) == [29]


def test_a_joined_key_prolongs_the_cover_of_its_own_region_only() -> None:
    def weak(side: str) -> dict[str, object]:
        return day(neuro=[nerve("weakness", "foot", side)])

    def gave(side: str) -> dict[str, object]:
        return day(neuro=[nerve("giving_way", "knee", side)])

    days = {0: weak("left"), 10: gave("left"), 14: gave("right")}
    assert days_of("new-giving-way", days) == [14]
    assert days_of("new-giving-way", {0: weak("left"), 15: gave("left")}) == [15]


def test_the_numbers_of_several_keys_carry_their_key() -> None:
    both = day(pains=[pain("groin", 6), pain("hip", 5, "right")], can_bear_weight=False)
    (flag,) = [f for f in run({0: both}).flags if f.pattern == "hip-fracture"]
    assert flag.numbers["left-leg severity"] == 6
    assert flag.numbers["right-leg severity"] == 5


def test_an_action_of_the_very_day_follows_a_flag_that_moved_to_it() -> None:
    done = [acted("resolve", "mood-and-fear", 2, 3)]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(28, 32)), actions=done) == [3]
    before = [acted("resolve", "mood-and-fear", 2, 2)]
    assert days_of("mood-and-fear", low(0, 1, 2, 3, *range(28, 32)), actions=before) == [3, 31]

"""Same facts, same flags (G8): whatever the order, and wherever an evaluation is taken up again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from journal.content import reach
from journal.content.engine import REACH_DAYS, RULES, RaisedFlag, evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from tests.content.build import nerve, on
from tests.content.strategies import LAST, Facts, facts, reports

LONG = 500  # days: longer than anything is looked back for


@given(facts(), st.integers(0, LAST))
@settings(max_examples=120, deadline=None)
def test_taking_up_an_evaluation_at_any_day_gives_the_same_flags(said: Facts, split: int) -> None:
    profile, entries, actions = said
    whole = evaluate(History(profile, entries), as_of=on(LAST), actions=actions)
    since = on(split)
    near = [e for e in entries if (since - e.day).days <= REACH_DAYS]
    older = History(profile, entries).heights(since)
    part = evaluate(
        History(profile, near, older_heights=older),
        as_of=on(LAST),
        actions=actions,
        since=since,
        known=[f for f in whole.flags if f.day < since],
    )
    assert not whole.failures
    assert part.flags == whole.flags


@given(facts(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_arrival_does_not_matter(said: Facts, shuffle: Any) -> None:
    profile, entries, actions = said
    mixed = list(entries)
    shuffle.shuffle(mixed)
    once = evaluate(History(profile, entries), as_of=on(LAST), actions=actions)
    again = evaluate(History(profile, mixed), as_of=on(LAST), actions=list(reversed(actions)))
    assert again == once


@given(facts(), st.integers(0, LAST))
@settings(max_examples=60, deadline=None)
def test_a_later_day_never_changes_an_earlier_flag(said: Facts, day: int) -> None:
    profile, entries, _ = said
    whole = evaluate(History(profile, entries), as_of=on(LAST))
    until = evaluate(History(profile, [e for e in entries if e.day <= on(day)]), as_of=on(day))
    keep = {(f.pattern, f.day, f.keys, f.why) for f in whole.flags if f.day <= on(day)}
    assert {(f.pattern, f.day, f.keys, f.why) for f in until.flags} == keep


def changed(entries: list[Entry], data: st.DataObject, last: int) -> tuple[list[Entry], list[reach.Told]]:
    """One entry added, deleted, moved or told otherwise; and what changed by that."""
    target = data.draw(st.sampled_from(entries))
    stays, more = data.draw(st.sampled_from([(True, True), (False, True), (False, False)]))
    said = Report.model_validate(data.draw(reports)).document()
    told = replace(
        target, id="new" if stays else target.id, day=on(data.draw(st.integers(0, last))), report=said
    )
    after = [e for e in entries if stays or e != target] + ([told] if more else [])
    return after, [reach.Told(e.day, e.report) for e in (target, told) if (e in entries) != (e in after)]


@given(facts(), st.data())
@settings(max_examples=80, deadline=None)
def test_an_entry_that_is_edited_moved_or_deleted_leaves_no_trace(said: Facts, data: st.DataObject) -> None:
    profile, entries, actions = said
    old = evaluate(History(profile, entries), as_of=on(LAST), actions=actions)
    after, changes = changed(entries, data, LAST)
    assume(changes)
    since = min(one.day for one in changes)
    new = History(profile, after)
    again = evaluate(new, as_of=on(LAST), actions=actions, since=since, known=old.flags)
    assert again == evaluate(new, as_of=on(LAST), actions=actions)


@given(facts(LONG), st.data())
@settings(max_examples=200, deadline=None)
def test_judging_only_what_a_change_can_reach_gives_the_flags_of_all_days(
    said: Facts, data: st.DataObject
) -> None:
    profile, entries, actions = said
    old = evaluate(History(profile, entries), as_of=on(LONG), actions=actions)
    after, changes = changed(entries, data, LONG)
    assume(changes)
    since = min(one.day for one in changes)
    read, until = reach.needed(after, since), reach.until(changes)
    near = History(profile, [e for e in read if until is None or e.day <= until])
    more: Any = {"as_of": on(LONG), "actions": actions, "since": since, "known": old.flags}
    part = evaluate(near, days=reach.days(changes, near), until=until, **more)
    if not part.settled:
        rest = History(profile, read)
        part = evaluate(rest, days=reach.days(changes, rest), **more)
    assert part.settled
    assert part.flags == evaluate(History(profile, after), as_of=on(LONG), actions=actions).flags


@pytest.mark.parametrize("later", [61, 70, 84, 85])
def test_a_region_taken_back_from_a_flag_of_long_ago_is_gone(later: int) -> None:
    """The flag still stands, with one region less than was known of it."""
    both, left = (
        Report.model_validate({"neuro": [nerve("numbness", "calf", side)]}).document()
        for side in ("both", "left")
    )
    first = Entry("first", on(0), datetime(2026, 1, 5, 9, tzinfo=UTC), both)
    last = Entry("last", on(later), datetime(2026, 6, 1, 9, tzinfo=UTC), {"pains": []})
    old = evaluate(History(Profile(), [first, last]), as_of=on(later))
    after = History(Profile(), [replace(first, report=left), last])
    changes = [reach.Told(on(0), both), reach.Told(on(0), left)]
    told: Any = {"days": reach.days(changes, after), "since": on(0), "known": old.flags}
    part = evaluate(after, as_of=on(later), until=reach.until(changes), **told)
    assert part.flags == evaluate(after, as_of=on(later)).flags
    assert [flag.keys for flag in part.flags] == [("left-leg",)]


def test_an_entry_moved_far_back_leaves_the_silence_that_it_had_broken() -> None:
    """The flag of the day before stands as it was; that nobody has been heard of since is new."""
    weak = Report.model_validate({"neuro": [nerve("weakness", "foot", "right")]}).document()
    flagged = Entry("flagged", on(109), datetime(2026, 4, 24, 9, tzinfo=UTC), weak)
    moved = Entry("moved", on(110), datetime(2026, 4, 25, 9, tzinfo=UTC), {"pains": []})
    old = evaluate(History(Profile(), [flagged, moved]), as_of=on(LONG))
    after = History(Profile(), [replace(moved, day=on(0)), flagged])
    changes = [reach.Told(on(110), moved.report), reach.Told(on(0), moved.report)]
    told: Any = {"days": reach.days(changes, after), "since": on(0), "known": old.flags}
    part = evaluate(after, as_of=on(LONG), until=reach.until(changes), **told)
    assert "silent-after-flag" in [flag.pattern for flag in part.flags]
    assert part.flags == evaluate(after, as_of=on(LONG)).flags


@given(facts())
@settings(max_examples=40, deadline=None)
def test_a_patient_judged_day_by_day_ends_with_the_flags_of_the_whole(said: Facts) -> None:
    profile, entries, actions = said
    flags: tuple[RaisedFlag, ...] = ()
    for offset in range(LAST + 1):
        today = on(offset)
        known = History(profile, [e for e in entries if e.day <= today])
        done = [a for a in actions if a.day <= today]
        flags = evaluate(known, as_of=today, actions=done, since=today, known=flags).flags
    assert flags == evaluate(History(profile, entries), as_of=on(LAST), actions=actions).flags


@given(facts())
@settings(max_examples=120, deadline=None)
def test_a_rule_that_is_not_asked_would_have_found_nothing(said: Facts) -> None:
    profile, entries, _ = said
    history = History(profile, entries)
    for day in history.dates:
        for rule in RULES:
            assert rule.is_asked(history.on(day).codes) or not rule.find(history, day)

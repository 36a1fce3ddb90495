"""Same facts, same flags (G8): whatever the order, and wherever an evaluation is taken up again."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.content.engine import REACH_DAYS, RaisedFlag, evaluate
from journal.content.history import History
from journal.content.report import Report
from tests.content.build import on
from tests.content.strategies import LAST, Facts, facts, reports


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
        before=[f for f in whole.flags if f.day < since],
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


@given(facts(), st.data())
@settings(max_examples=80, deadline=None)
def test_an_entry_that_is_edited_moved_or_deleted_leaves_no_trace(said: Facts, data: st.DataObject) -> None:
    profile, entries, actions = said
    old = evaluate(History(profile, entries), as_of=on(LAST), actions=actions)
    target = data.draw(st.sampled_from(entries))
    edited = [e for e in entries if e != target]
    if data.draw(st.booleans()):
        report = Report.model_validate(data.draw(reports))
        edited.append(replace(target, day=on(data.draw(st.integers(0, LAST))), report=report))
    since = min([target.day, *(e.day for e in edited if e.id == target.id)])
    new = History(profile, edited)
    again = evaluate(new, as_of=on(LAST), actions=actions, since=since, before=old.flags)
    assert again == evaluate(new, as_of=on(LAST), actions=actions)


@given(facts())
@settings(max_examples=40, deadline=None)
def test_a_patient_judged_day_by_day_ends_with_the_flags_of_the_whole(said: Facts) -> None:
    profile, entries, actions = said
    flags: tuple[RaisedFlag, ...] = ()
    for offset in range(LAST + 1):
        today = on(offset)
        known = History(profile, [e for e in entries if e.day <= today])
        done = [a for a in actions if a.day <= today]
        flags = evaluate(known, as_of=today, actions=done, since=today, before=flags).flags
    assert flags == evaluate(History(profile, entries), as_of=on(LAST), actions=actions).flags

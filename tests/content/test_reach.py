"""What an evaluation may leave unread: leaving it out changes no flag."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.content import reach
from journal.content.engine import evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from tests.content.build import fall, on, pain
from tests.content.strategies import reports

LAST = 520
# Seldom facts, so that some lie inside and some outside of each long window.
seldom = st.fixed_dictionaries(
    {},
    optional={
        "falls": st.lists(st.sampled_from([fall(), fall(near=True)]), max_size=2),
        "medications": st.lists(st.sampled_from(["bisphosphonate", "denosumab", "nsaid_oral"]), max_size=1),
        "height_cm": st.sampled_from([161.0, 160.0, 157.5]),
        "pains": st.lists(st.sampled_from([pain("thigh", 4), pain("lumbar", 3)]), max_size=1),
        "systemic": st.sampled_from([[], ["stooped_posture"]]),
    },
)


@st.composite
def long_histories(draw: st.DrawFn) -> list[Entry]:
    days = sorted(draw(st.lists(st.integers(0, LAST), min_size=4, max_size=40)))
    found = []
    for number, day in enumerate(days):
        at = datetime.combine(on(day), time(8), UTC) + timedelta(seconds=number)
        said: Any = draw(st.one_of(seldom, seldom, reports))
        found.append(Entry(f"e{number}", on(day), at, Report.model_validate(said).document()))
    return found


profiles = st.builds(
    Profile, history=st.frozensets(st.just("antiresorptive")), peak_height_cm=st.sampled_from([None, 164.0])
)


@given(long_histories(), profiles, st.integers(300, LAST))
@settings(max_examples=300, deadline=None)
def test_leaving_out_what_is_not_needed_changes_no_flag(
    entries: list[Entry], profile: Profile, split: int
) -> None:
    since = on(split)
    whole = evaluate(History(profile, entries), as_of=on(LAST))
    before = [flag for flag in whole.flags if flag.day < since]
    part = History(profile, reach.needed(entries, since))
    assert evaluate(part, as_of=on(LAST), since=since, known=before).flags == whole.flags


def entry(day: int, **said: Any) -> Entry:
    return Entry(
        str(day), on(day), datetime.combine(on(day), time(8), UTC), Report.model_validate(said).document()
    )


def kept(*entries: Entry, since: int) -> list[int]:
    return [int(one.id) for one in reach.needed(entries, on(since))]


def test_each_fact_is_needed_up_to_its_limit_and_no_longer() -> None:
    near, year, half = reach.NEAR_DAYS, reach.FALLS_DAYS, reach.MEDICINE_DAYS
    assert kept(entry(500 - near, note="n"), entry(500 - near - 1, note="n"), since=500) == [500 - near]
    assert kept(entry(500 - year, falls=[fall()]), entry(499 - year, falls=[fall()]), since=500) == [
        500 - year
    ]
    assert kept(entry(300, falls=[fall(near=True)]), since=500) == []
    taken = {"medications": ["denosumab"]}
    assert kept(entry(500 - half, **taken), since=500) == [500 - half]
    assert kept(entry(499 - half, **taken), since=500) == []
    assert kept(entry(400, **taken), entry(401, **taken), since=500) == [401]
    high = {"height_cm": 160.0}
    assert kept(entry(3, **high), entry(63, **high), entry(64, **high), since=500) == [3, 63]


def test_three_years_need_no_more_than_one() -> None:
    def written(years: int) -> int:
        days = range(1095 - 365 * years, 1095)
        return len(kept(*(entry(day, pains=[], medications=["denosumab"]) for day in days), since=1094))

    assert written(3) == written(1) < 70


@given(reports)
@settings(max_examples=200, deadline=None)
def test_a_stored_document_reads_the_same_from_text_as_from_its_parts(said: Any) -> None:
    """The database hands the text over; parsing it in one go must lose and add nothing."""
    report = Report.model_validate(said)
    again = Report.model_validate_json(json.dumps(report.document()))
    assert again == report
    assert again.document() == report.document()

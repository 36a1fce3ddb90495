"""Same facts, same flags (G8): whatever the order, and wherever an evaluation is taken up again."""

from datetime import UTC, datetime, time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.content.engine import REACH_DAYS, Action, evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from tests.content.build import fall, nerve, on, pain, walk

LAST = 150
# Few codes, so that rules fire, join, cover and repeat often.
pains = st.sampled_from(
    [
        pain("lumbar", 3),
        pain("lumbar", 6, worse_with=["standing", "night"], better_with=["lying"]),
        pain("lumbar", 8, onset="sudden"),
        pain("groin", 5, worse_with=["weight_bearing"]),
        pain("thigh", 4, side="right", worse_with=["walking"], better_with=["sitting"]),
        pain("buttock", 5, side="both", onset="sudden", radiates_to="calf"),
        pain("calf", 5, quality=["swelling"]),
    ]
)
nerves = st.sampled_from(
    [
        nerve("tingling", "foot"),
        nerve("numbness", "calf"),
        nerve("weakness", "foot", "right"),
        nerve("giving_way", "knee"),
        nerve("bladder_change"),
        nerve("saddle_numbness", "saddle"),
        nerve("unsteady_gait"),
    ]
)
reports = st.fixed_dictionaries(
    {},
    optional={
        "pains": st.lists(pains, max_size=2),
        "neuro": st.lists(nerves, max_size=2),
        "falls": st.lists(st.sampled_from([fall(), fall(injury=True), fall(near=True)]), max_size=1),
        "can_bear_weight": st.sampled_from([True, True, False]),
        "activity": st.lists(st.sampled_from([walk(5), walk(40)]), max_size=1),
        "systemic": st.lists(st.sampled_from(["fever", "low_mood", "fatigue", "weight_loss"]), max_size=1),
        "medications": st.lists(st.just("nsaid_oral"), max_size=1),
        "height_cm": st.sampled_from([160.0, 157.5]),
    },
)
profiles = st.frozensets(
    st.sampled_from(["antiresorptive", "cancer_history", "diabetes", "prior_vertebral_fracture"]), max_size=2
)


@st.composite
def facts(draw: st.DrawFn) -> tuple[Profile, list[Entry], list[Action]]:
    # Close days with a few long gaps, so that windows end inside and outside the data.
    gaps = draw(st.lists(st.sampled_from([0, 1, 1, 1, 2, 3, 9, 20]), min_size=1, max_size=40))
    entries, day = [], 0
    for number, gap in enumerate(gaps):
        day = min(day + gap, LAST)
        at = datetime.combine(on(day), time(8, number), UTC)
        entries.append(Entry(f"e{number}", on(day), at, Report.model_validate(draw(reports))))
    profile = Profile(on(0).replace(year=1950), draw(profiles))
    return profile, entries, _actions(draw, profile, entries)


def _actions(draw: st.DrawFn, profile: Profile, entries: list[Entry]) -> list[Action]:
    """What clinicians did with flags as they stood, some of which the later facts have moved by a day."""
    flags = evaluate(History(profile, entries), as_of=on(LAST)).flags
    chosen: Any = st.lists(st.sampled_from(flags), max_size=4) if flags else st.just([])
    return [
        Action(
            flag.pattern,
            on(max(0, (flag.day - on(0)).days + draw(st.sampled_from([0, 0, 0, 1, -1])))),
            frozenset(flag.keys),
            draw(st.sampled_from(["acknowledge", "resolve"])),
            on((flag.day - on(0)).days + draw(st.integers(0, 30))),
        )
        for flag in draw(chosen)
    ]


@given(facts(), st.integers(0, LAST))
@settings(max_examples=120, deadline=None)
def test_taking_up_an_evaluation_at_any_day_gives_the_same_flags(
    said: tuple[Profile, list[Entry], list[Action]], split: int
) -> None:
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
def test_the_order_of_arrival_does_not_matter(
    said: tuple[Profile, list[Entry], list[Action]], shuffle: Any
) -> None:
    profile, entries, actions = said
    mixed = list(entries)
    shuffle.shuffle(mixed)
    once = evaluate(History(profile, entries), as_of=on(LAST), actions=actions)
    again = evaluate(History(profile, mixed), as_of=on(LAST), actions=list(reversed(actions)))
    assert again == once


@given(facts(), st.integers(0, LAST))
@settings(max_examples=60, deadline=None)
def test_a_later_day_never_changes_an_earlier_flag(
    said: tuple[Profile, list[Entry], list[Action]], day: int
) -> None:
    profile, entries, _ = said
    whole = evaluate(History(profile, entries), as_of=on(LAST))
    until = evaluate(History(profile, [e for e in entries if e.day <= on(day)]), as_of=on(day))
    keep = {(f.pattern, f.day, f.keys, f.why) for f in whole.flags if f.day <= on(day)}
    assert {(f.pattern, f.day, f.keys, f.why) for f in until.flags} == keep

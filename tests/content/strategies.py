"""Random histories in which rules fire, join, cover and repeat often."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from journal.content.engine import Action, evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from tests.content.build import fall, nerve, on, pain, walk

LAST = 150
Facts = tuple[Profile, list[Entry], list[Action]]
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
def facts(draw: st.DrawFn, last: int = LAST) -> Facts:
    # Runs of the same report let the patterns fire that need many days; gaps end windows inside and outside.
    run = st.tuples(reports, st.integers(1, 12), st.sampled_from([0, 1, 1, 1, 2, 3, 9, 20]))
    entries: list[Entry] = []
    day = 0
    for report, length, gap in draw(st.lists(run, min_size=2, max_size=8)):
        for _ in range(length):
            day = min(day + gap, last)
            at = datetime.combine(on(day), time(8), UTC) + timedelta(seconds=len(entries))
            entries.append(Entry(f"e{len(entries)}", on(day), at, Report.model_validate(report).document()))
    profile = Profile(on(0).replace(year=1950), draw(profiles))
    return profile, entries, _actions(draw, profile, entries, last)


def _actions(draw: st.DrawFn, profile: Profile, entries: list[Entry], last: int) -> list[Action]:
    """What clinicians did with flags as they stood, some of which the later facts have moved by a day."""
    flags = evaluate(History(profile, entries), as_of=on(last)).flags
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

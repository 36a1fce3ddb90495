"""The product and a second, literal reading of the cards come to the same flags, on any journey."""

from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from journal.content import vocabulary
from tests.content import journeys, second_reading
from tests.content.build import Said, nerve, pain
from tests.content.journeys import Journey

# Making a found journey smaller takes minutes: `second_reading.Life` shows by itself what was met when.
AS_FOUND = (Phase.explicit, Phase.reuse, Phase.generate)
# Gaps in days at which some window ends, or begins, or has just been left.
GAPS = (0, 1, 1, 1, 1, 2, 2, 3, 4, 6, 7, 8, 13, 14, 15, 27, 28, 29, 35, 60, 61)
LISTS = vocabulary.LISTS
SIDES = st.sampled_from(["left", "left", "right", "both"])
CODES = sorted(set(LISTS["history"]) - {"osteoporosis", "chronic_pain_known"})
# What rules look for together; the rest of the vocabulary is drawn now and then.
SITES = ("lumbar", "lumbar", "thoracic", "neck", "sacrum", "buttock", "groin", "hip", "thigh", "knee", "calf")
WORSE = ("walking", "standing", "weight_bearing", "night", "rest", "changing_position")
BETTER = ("lying", "sitting", "bending_forward", "standing_still", "rest")
QUALITY = ("soreness", "swelling", "cold_pale", "aching")


def few(*codes: str, most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(codes), max_size=most, unique=True)


@st.composite
def pains(draw: st.DrawFn) -> Said:
    site = draw(st.one_of(st.sampled_from(SITES), st.sampled_from(sorted(LISTS["site"]))))
    side = "midline" if site in second_reading.MIDLINE else draw(SIDES)
    into = draw(st.sampled_from([None, None, "calf", "foot", "arm"]))
    return pain(
        site,
        draw(st.sampled_from([2, 3, 4, 4, 5, 6, 7, 8, 10])),
        draw(SIDES) if into and side == "midline" else side,
        onset=draw(st.sampled_from([None, "gradual", "sudden"])),
        quality=draw(few(*QUALITY)),
        radiates_to=into,
        worse_with=draw(few(*WORSE)),
        better_with=draw(few(*BETTER)),
    )


@st.composite
def nerves(draw: st.DrawFn) -> Said:
    symptom = draw(st.sampled_from(LISTS["symptom"]))
    if symptom == "saddle_numbness":
        return nerve(symptom, "saddle")
    if symptom not in {"numbness", "tingling", "weakness", "giving_way"}:
        return nerve(symptom)
    site = draw(st.sampled_from(["foot", "ankle", "calf", "thigh", "hand", "arm", "face", "thoracic"]))
    return {"symptom": symptom, "site": site, "side": None if site == "thoracic" else draw(SIDES)}


def some(items: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=most)


movement = st.builds(
    lambda kind, minutes: {"type": kind, "minutes": minutes},
    st.sampled_from(["walking", "housework", "resistance"]),
    st.sampled_from([5, 9, 10, 20, 40]),
)
tumbles = st.builds(
    lambda kind, injury: {"kind": kind, "injury": injury}, st.sampled_from(LISTS["fall"]), st.booleans()
)
reports = st.fixed_dictionaries(
    {},
    optional={
        "pains": some(pains()),
        "neuro": some(nerves()),
        "falls": some(tumbles),
        "can_bear_weight": st.sampled_from([True, None, False]),
        "activity": some(movement),
        "systemic": few(*LISTS["systemic"], most=3),
        "medications": few(*LISTS["medications"]),
        "height_cm": st.sampled_from([162.0, 160.1, 160.0, 158.1, 158.0]),
    },
)


@st.composite
def days_of(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Runs of much the same report that come back after a gap: what needs many days has them."""
    items: list[dict[str, Any]] = []
    day = 0
    known = draw(st.lists(reports, min_size=1, max_size=2))
    for _ in range(draw(st.integers(2, 6))):
        report, gap = draw(st.sampled_from(known)), draw(st.sampled_from(GAPS))
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3, 4, 8]))):
            said = dict(report)
            if said.get("pains"):
                more = draw(st.sampled_from([0, 0, 0, 0, -1, 1, 2, 4]))
                said["pains"] = [
                    {**one, "severity": max(0, min(10, one["severity"] + more))} for one in said["pains"]
                ]
            items.append({"day": day, "time": "09:30", "entry": said})
            day += gap
        day += draw(st.sampled_from(GAPS))
    return items


@st.composite
def told(draw: st.DrawFn) -> Journey:
    """A journey with corrections, in any order of arrival, and with clinicians who act on its flags."""
    items = draw(days_of())
    for name in draw(few("a", "b", "c")):
        item = draw(st.sampled_from(items))
        if "entry_id" not in item:
            item |= {"entry_id": name, "seq": draw(st.integers(0, 3))}
            items.append({**item, "seq": draw(st.integers(4, 6)), "entry": draw(reports)})
    last = max(item["day"] for item in items)
    journey: Journey = {
        "id": "told",
        "start_date": "2026-01-05",
        "patient": {
            "age": draw(st.sampled_from([74, 75])),
            "history": draw(few(*CODES)),
            "timezone": "Europe/London",
            "peak_height_cm": draw(st.sampled_from([None, 162.0])),
        },
        "days": items,
        "arrival_order": draw(st.permutations(range(len(items)))),
        "as_of": {"day": last + draw(st.integers(0, 4)), "time": "12:00"},
    }
    found = sorted(second_reading.flags(journey))
    return journey | {"clinician": [draw(acts(found)) for _ in range(draw(st.integers(0, 3))) if found]}


@st.composite
def acts(draw: st.DrawFn, found: list[tuple[str, str, int]]) -> dict[str, Any]:
    pattern, _, day = draw(st.sampled_from(found))
    after = draw(st.sampled_from([0, 0, 1, 2, 3, 5, 14, 15, 28, 29]))
    action = draw(st.sampled_from(["acknowledge", "resolve"]))
    return {"day": day + after, "time": "18:00", "action": action, "pattern": pattern}


@pytest.mark.parametrize("journey", journeys.load(), ids=lambda j: f"{j['id']}")
def test_the_second_reader_expects_what_the_public_journeys_expect(journey: Journey) -> None:
    expected = {(f["pattern"], f["urgency"], f["on_day"]) for f in journey["expect"]["flags"]}
    assert second_reading.flags(journey) == expected


@given(told())
@settings(max_examples=100, deadline=None, phases=AS_FOUND)
def test_two_readers_of_the_cards_come_to_the_same_flags(journey: Journey) -> None:
    start = date.fromisoformat(journey["start_date"])
    found = journeys.evaluated(journey, start)
    assert not found.failures
    flags = {(flag.pattern, flag.urgency.value, (flag.day - start).days) for flag in found.flags}
    assert flags == second_reading.flags(journey)

"""Journeys through the actions and the database: same facts, same flags, whatever the order (G8)."""

import copy
import json
import random
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from journal.accounts.models import Clinic, Patient
from journal.management import journeys
from tests.content import journeys as pure

pytestmark = pytest.mark.django_db
PUBLIC = journeys.load(pure.PUBLIC)


def test_all_public_journeys_end_with_their_flags_and_leave_nothing_behind() -> None:
    out = StringIO()
    call_command("replay", pure.PUBLIC, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"journeys": 20, "passed": 20, "failed": []}
    assert not Patient.objects.exists()
    assert not Clinic.objects.exists()


def test_a_journey_that_differs_is_told_with_what_differs(tmp_path: Path) -> None:
    changed = copy.deepcopy(PUBLIC[0])
    changed["expect"]["flags"] = [
        {"pattern": "sudden-back-pain", "urgency": "emergency-now", "on_day": 5},
        {"pattern": "silent-after-flag", "urgency": "same-day", "on_day": 7},
        {"pattern": "hip-fracture", "urgency": "emergency-now", "on_day": 5},
    ]
    file, out = tmp_path / "journeys.json", StringIO()
    file.write_text(json.dumps([changed, PUBLIC[5]]))
    with pytest.raises(SystemExit) as ended:
        call_command("replay", file, "--json", stdout=out)
    assert ended.value.code == 1
    [failed] = json.loads(out.getvalue())["failed"]
    assert failed == {
        "id": "P01",
        "missing": ["hip-fracture on day 5"],
        "unexpected": [],
        "wrong_urgency": ["sudden-back-pain on day 5: same-day, not emergency-now"],
        "wrong_day": ["silent-after-flag on day 8, not 7"],
        "error": None,
    }


def hip_journey() -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in PUBLIC if one["id"] == "P06")
    return copy.deepcopy(found)


def versions(*numbers: int | None) -> dict[str, Any]:
    """The entry of the broken hip as the first version to arrive, and one that says "none" as the others."""
    journey = hip_journey()
    last = journey["days"][-1]
    harmless = {**last["entry"], "pains": [], "falls": [], "can_bear_weight": True}
    journey["days"][-1:] = [
        {**last, "entry_id": "e", "seq": number, "entry": harmless if place else last["entry"]}
        for place, number in enumerate(numbers)
    ]
    return journey


@pytest.mark.parametrize(
    ("numbers", "flagged"),
    [
        ((1, 2), False),
        ((2, 1), True),  # a lower version that comes later never wins
        ((0, 1), False),
        ((7, 3, 6), True),
        ((None, 1), False),  # no number is lower than any
        ((1, 1), True),  # the same version again changes nothing, whatever it says
    ],
)
def test_the_highest_version_counts_in_whatever_order_versions_arrive(
    numbers: tuple[int | None, ...], flagged: bool
) -> None:
    journey = versions(*numbers)
    if not flagged:
        journey["expect"]["flags"] = []
    assert journeys.replay(journey) == journeys.Result("P06")


def test_an_entry_may_be_named_like_the_place_of_another() -> None:
    journey = hip_journey()
    journey["days"][0] |= {"entry_id": "1", "seq": 1}
    assert journeys.replay(journey).passed


def test_keys_that_are_null_or_unknown_are_left_alone() -> None:
    journey = hip_journey() | {"arrival_order": None, "clinician": None, "comment": "x", "id": 6}
    journey["patient"] |= {"weight_kg": 60, "peak_height_cm": None}
    for item in journey["days"]:
        item |= {"tz": None, "entry_id": None, "seq": None, "comment": "y"}
    del journey["title"]
    assert journeys.replay(journey) == journeys.Result("6")


def test_an_item_that_arrives_more_than_400_days_late_is_still_taken() -> None:
    journey = hip_journey()
    early = {**copy.deepcopy(journey["days"][-1]), "day": -420}
    journey["days"].append(early)
    journey["expect"]["flags"] += [
        {"pattern": "hip-fracture", "urgency": "emergency-now", "on_day": -420},
        {"pattern": "silent-after-flag", "urgency": "same-day", "on_day": -417},
    ]
    assert journeys.replay(journey) == journeys.Result("P06")


def test_silence_is_due_at_the_start_of_its_day_also_where_that_day_begins_at_one() -> None:
    journey = copy.deepcopy(PUBLIC[0])
    journey["patient"]["timezone"] = "Africa/Cairo"  # on 24 April 2026 there is no time before 01:00
    journey |= {"start_date": "2026-04-16", "as_of": {"day": 8, "time": "00:00"}}
    assert journeys.replay(journey).passed
    before = journey | {"as_of": {"day": 7, "time": "23:59"}}
    assert journeys.replay(before).missing == ["silent-after-flag on day 8"]


UNREADABLE = [
    (lambda one: one["days"][0]["entry"].update(weather="rain"), "/days/0/entry/weather Extra inputs"),
    (lambda one: one["days"][1].update(tz="Mars/Olympus"), "/days/1/tz invalid timezone: Mars/Olympus"),
    (lambda one: one["patient"].update(history=["gout"]), "/patient/profile/history/0 Input should be"),
    (lambda one: one.update(arrival_order=[0, 9]), "arrival_order points outside the 5 items of days"),
    (lambda one: one.update(start_date="2026-02-30"), "/start_date Input should be a valid date"),
    (lambda one: one.pop("as_of"), "/as_of Field required"),
    (lambda one: one.pop("expect"), "/expect Field required"),
    (
        lambda one: one.update(clinician=[{"day": 4, "time": "20:00", "action": "dismiss", "pattern": "x"}]),
        "/clinician/0/action Input should be 'acknowledge' or 'resolve'",
    ),
]


@pytest.mark.parametrize(("breaks", "told"), UNREADABLE, ids=[told for _, told in UNREADABLE])
def test_a_journey_that_cannot_be_read_fails_alone_and_says_where(
    breaks: Any, told: str, tmp_path: Path
) -> None:
    broken, file, out = hip_journey(), tmp_path / "journeys.json", StringIO()
    breaks(broken)
    file.write_text(json.dumps([broken, PUBLIC[0]]))
    with pytest.raises(SystemExit) as ended:
        call_command("replay", file, "--json", stdout=out)
    assert ended.value.code == 1
    summary = json.loads(out.getvalue())
    assert (summary["journeys"], summary["passed"]) == (2, 1)
    assert told in summary["failed"][0]["error"]
    assert "\n" not in summary["failed"][0]["error"]


@pytest.mark.parametrize("text", [b"", b"{", b"{}", b"\xff\xfe", b'"P01"'])
def test_a_file_that_is_no_list_of_journeys_is_one_clear_error(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "journeys.json"
    file.write_bytes(text)
    with pytest.raises(CommandError, match=r"journeys\.json: "):
        call_command("replay", file, "--json")


@pytest.mark.parametrize("one", [None, 5, [], {}, {"id": "X"}])
def test_what_is_no_journey_at_all_fails_without_a_crash(one: Any) -> None:
    assert journeys.replay(one).error


@pytest.mark.parametrize("seed", range(24))
def test_any_order_with_repeats_edits_and_acts_gives_what_the_facts_alone_give(seed: int) -> None:
    """Two journeys in one, shuffled, re-sent, corrected, acted on: the pure evaluation is the oracle."""
    journey = tangled(random.Random(seed))
    start = date.fromisoformat(journey["start_date"])
    evaluation = pure.evaluated(journey, start)
    journey["expect"] = {
        "flags": [
            {"pattern": flag.pattern, "urgency": flag.urgency.value, "on_day": (flag.day - start).days}
            for flag in evaluation.flags
        ]
    }
    result = journeys.replay(journey)
    assert result.passed, result


def tangled(rng: random.Random) -> dict[str, Any]:
    """A journey made of two public ones, and of what phones and clinicians do to it."""
    first, second = rng.sample(PUBLIC, 2)
    journey: dict[str, Any] = copy.deepcopy(first)
    journey["days"] += copy.deepcopy(second["days"])
    last = max(item["day"] for item in journey["days"])
    for number, item in enumerate(rng.sample(journey["days"], min(4, len(journey["days"])))):
        item |= {"entry_id": f"e{number}", "seq": 1}
        corrected = copy.deepcopy(item) | {"seq": 2, "day": max(0, item["day"] - rng.choice([0, 0, 1]))}
        for pain in corrected["entry"]["pains"] or []:
            pain["severity"] = rng.randint(0, 10)
        journey["days"].append(corrected)
    order = list(range(len(journey["days"])))
    order += rng.sample(order, 5)
    rng.shuffle(order)
    patterns = [flag["pattern"] for flag in (*first["expect"]["flags"], *second["expect"]["flags"])]
    journey["clinician"] = [
        {
            "day": rng.randint(1, last + 2),
            "time": "18:00",
            "action": rng.choice(["acknowledge", "resolve"]),
            "pattern": pattern,
        }
        for pattern in patterns
    ]
    return journey | {"id": "tangled", "arrival_order": order, "as_of": {"day": last + 6, "time": "12:00"}}


def test_nothing_that_time_brings_after_the_flags_are_read_is_among_them() -> None:
    """An act dated later doesn't let the clock run on: silence would be found on day 8."""
    journey = copy.deepcopy(PUBLIC[0])
    journey["as_of"] = {"day": 7, "time": "12:00"}
    journey["clinician"] = [
        {"day": 30, "time": "09:00", "action": "acknowledge", "pattern": "sudden-back-pain"}
    ]
    journey["expect"]["flags"] = [{"pattern": "sudden-back-pain", "urgency": "same-day", "on_day": 5}]
    result = journeys.replay(journey)
    assert (result.missing, result.unexpected) == ([], [])

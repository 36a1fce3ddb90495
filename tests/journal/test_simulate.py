"""Synthetic patients: repeatable, counted once, and able to tell a good rule from a broken one."""

import io
import json
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from journal.content import engine
from journal.content.report import Report
from journal.management import simulation
from journal.management.invented import assumptions, cohort
from journal.management.invented.events import BY_KEY, EVENTS

# Seen by way of events that are meant for another pattern first.
UNDER = {"neuro-progression"}


def simulated(**more: Any) -> dict[str, Any]:
    asked = {"patients": 34, "days": 110, "seed": 1} | more
    tally = simulation.run(**asked, processes=1, told=lambda _: None)
    return simulation.report(tally, **asked)


def said(*options: str) -> str:
    out = io.StringIO()
    call_command("simulate", "--days", "60", *options, stdout=out)
    return out.getvalue()


def test_the_same_seed_gives_the_same_document_however_many_processes() -> None:
    alone = said("--patients", "22", "--processes", "1", "--json")
    together = said("--patients", "22", "--processes", "2", "--json")
    assert json.loads(alone) == json.loads(together)
    assert json.loads(alone) != json.loads(
        said("--patients", "22", "--processes", "1", "--json", "--seed", "2")
    )


def test_a_patient_is_the_same_in_a_small_and_in_a_large_cohort() -> None:
    assert simulation.piece(3, 6, 60, 1) == _sum(simulation.piece(n, n + 1, 60, 1) for n in (5, 3, 4))


def _sum(tallies: Any) -> simulation.Tally:
    total = simulation.Tally()
    for one in tallies:
        total.add(one)
    return total


def test_what_is_written_is_what_a_phone_may_send() -> None:
    for event in EVENTS:
        change = event.written(Random(event.key))
        for since in range(event.lasts):
            document: dict[str, Any] = {}
            change(document, since, Random(since))
            Report.model_validate(document)


def test_every_event_is_meant_for_patterns_that_exist() -> None:
    assert len(BY_KEY) == len(EVENTS)
    for event in EVENTS:
        assert event.meant
        assert event.meant | event.also <= engine.BY_PATTERN.keys()
    # No rule without something that it should see; silence follows from other events.
    assert {p for e in EVENTS for p in e.meant} | {"silent-after-flag"} >= engine.BY_PATTERN.keys() - UNDER


def test_the_numbers_add_up() -> None:
    found = simulated()
    assert sum(row["flags"] for row in found["patterns"]) == found["flags"]
    assert sum(row["flags"] for row in found["urgencies"]) == found["flags"]
    assert sum(row["false"] for row in found["patterns"]) == sum(row["false"] for row in found["personas"])
    assert sum(row["patients"] for row in found["personas"]) == found["patients"]
    assert sum(row["entries"] for row in found["personas"]) == found["entries"]
    eventful = sum(row["happened"] for row in found["events"])
    assert eventful + found["without_an_event"]["patients"] == found["patients"]
    for row in found["events"]:
        assert row["seen"] == sum(row["seen_by"].values())
        assert bool(row["missed_but_raised"]) == (row["seen"] < row["happened"])


def test_flags_of_patients_to_whom_nothing_happened_are_all_false() -> None:
    found = simulated()
    false = sum(row["false"] for row in found["patterns"])
    assert 0 < sum(found["without_an_event"]["flags"].values()) <= false < found["flags"]


def test_a_rule_that_sees_nothing_costs_its_sensitivity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _seen("stomach bleed") == 1
    rules = tuple(rule for rule in engine.RULES if rule.pattern != "gi-bleed")
    usual = engine.evaluate.__kwdefaults__ or {}
    monkeypatch.setattr(engine.evaluate, "__kwdefaults__", usual | {"rules": rules})
    assert _seen("stomach bleed") == 0


def _seen(key: str) -> float:
    """The share seen, among the first patients of the cohort who have the event."""
    tally = simulation.Tally()
    place = list(BY_KEY).index(key)
    for number in range(place, place + 4 * len(EVENTS), len(EVENTS)):
        tally.add(simulation.piece(number, number + 1, 90, 1))
    assert tally.events[key] > 1
    return sum(count for (event, _, _), count in tally.seen.items() if event == key) / tally.events[key]


def test_no_event_is_given_where_there_is_no_time_to_see_it() -> None:
    found = simulated(days=30)
    assert found["events"] == []
    assert found["without_an_event"]["patients"] == 34


def test_answered_flags_are_answered_as_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answering, silence is told; everybody answering, never."""
    place = list(BY_KEY).index("stroke")
    numbers = range(place, place + 6 * len(EVENTS), len(EVENTS))
    told = {}
    for share in (0.0, 1.0):
        monkeypatch.setattr(assumptions, "TENDED", share)
        found = [
            simulation.answered(cohort.patient(number, days=90, seed=1), Random(1)) for number in numbers
        ]
        told[share] = sum(flag.pattern == "silent-after-flag" for one in found for flag in one.flags)
    assert told[0.0] > 0 == told[1.0]


def test_all_that_is_assumed_is_printed_with_its_reason() -> None:
    text = said("--patients", "2", "--processes", "1")
    assert text.startswith("2 patients, 60 days, seed 1: ")
    for one in assumptions.ASSUMPTIONS:
        assert f"{one.what}: {round(one.value, 3):g}. {one.reason}" in text
    for event in EVENTS:
        assert event.what in text


@pytest.mark.parametrize("wrong", [("--patients", "0"), ("--days", "0"), ("--processes", "0")])
def test_nonsense_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="at least one"):
        said(*wrong)

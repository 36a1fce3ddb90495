"""Journeys through the actions and the database: same facts, same flags, whatever the order (G8)."""

import copy
import json
import random
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

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
    }


def test_a_journey_that_can_not_be_replayed_fails_alone_and_says_why(tmp_path: Path) -> None:
    wrong, torn = copy.deepcopy(PUBLIC[0]), copy.deepcopy(PUBLIC[5])
    wrong["days"][0]["entry"]["pains"] = [{"site": "wing", "severity": 11}]
    del torn["patient"]["timezone"]
    file, out = tmp_path / "journeys.json", StringIO()
    file.write_text(json.dumps([wrong, torn, PUBLIC[6]]))
    with pytest.raises(SystemExit):
        call_command("replay", file, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["journeys"], told["passed"]) == (3, 1)
    errors = {failed["id"]: failed["error"] for failed in told["failed"]}
    assert "/pains/0/site" in errors[wrong["id"]]
    assert "/pains/0/severity" in errors[wrong["id"]]
    assert errors[torn["id"]] == "it has no 'timezone'"


@pytest.mark.parametrize("content", ["nothing", "{}", "[1]", '[{"title": "x"}]'])
def test_a_file_of_no_journeys_is_refused_in_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "journeys.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=r"journeys\.json"):
        call_command("replay", file, stdout=StringIO())


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
    journey = copy.deepcopy(first)
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

"""What can be planned, and what to think about twice."""

from datetime import date, timedelta
from typing import Any

import pytest

from journal.content import library, plan
from journal.content.plan import Planned, UnfitItemError

START = date(2026, 3, 10)
LATER = START + timedelta(days=30)


@pytest.mark.parametrize(
    ("kind", "code", "said", "words"),
    [
        ("exercise", "jumping", {}, "nothing that can be planned"),
        ("exercise", "other", {}, "say in words"),
        ("exercise", "balance", {"tags": ("magic",)}, "Unknown safety tag"),
        ("exercise", "balance", {"rrule": "every day"}, "rhythm can't be read"),
        ("exercise", "balance", {"hours_a_day": 2}, "leave the hours a day empty"),
        ("brace", "fracture", {}, "the last day is missing"),
        ("brace", "fracture", {"ends": LATER, "hours_a_day": 25}, "from 1 to 24"),
        ("rest", "short", {}, "the last day is missing"),
        ("rest", "short", {"ends": START + timedelta(days=8)}, "7 days at most"),
        ("goal", "own", {"text": "Walk to the lake"}, "the day of the review is missing"),
        ("goal", "own", {"review_on": LATER}, "the text is missing"),
        ("task", "review", {"review_on": START - timedelta(days=1)}, "before the first day"),
        ("medicine", "supplement", {}, "the text is missing"),
        ("referral", "doctor", {"ends": START - timedelta(days=1)}, "before it begins"),
    ],
)
def test_what_misses_something_can_not_be_planned(
    kind: str, code: str, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnfitItemError, match=words):
        plan.check(Planned(kind, code, START, **said))


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("exercise", "balance", {"dose": "ten minutes", "rrule": "FREQ=DAILY", "tags": ("balance",)}),
        ("exercise", "other", {"text": "Rise from a chair ten times"}),
        ("brace", "fracture", {"ends": LATER, "hours_a_day": 24}),
        ("rest", "short", {"ends": START + timedelta(days=7)}),
        ("goal", "own", {"text": "Walk to the lake", "review_on": LATER}),
        ("referral", "talk_therapy", {}),
        ("medicine", "supplement", {"text": "As your doctor advised"}),
    ],
)
def test_what_is_whole_can_be_planned(kind: str, code: str, said: dict[str, Any]) -> None:
    plan.check(Planned(kind, code, START, **said))


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        (["loaded_flexion"], 1),
        (["twist"], 1),
        (["impact"], 1),
        (["twist", "loaded_flexion"], 2),
        (["balance", "prone"], 0),
        ([], 0),
    ],
)
def test_bending_under_load_twisting_and_impact_warn_after_a_spine_fracture(
    tags: list[str], count: int
) -> None:
    assert len(plan.warnings(tags, {"prior_vertebral_fracture"})) == count
    assert plan.warnings(tags, {"osteoporosis", "prior_hip_fracture"}) == ()


def test_swimming_is_never_called_bone_loading() -> None:
    assert plan.CODES["exercise", "swimming"].tags == ("not_bone_loading",)


def test_each_text_and_tag_that_a_code_names_exists() -> None:
    texts = {item.id for item in library.items()}
    for code in plan.CODES.values():
        assert code.library in {"", *texts}
        assert set(code.tags) <= set(plan.TAGS)

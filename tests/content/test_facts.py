"""Which codes of the profile follow from what is stated, and what can't be stated."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from journal.content import facts
from journal.content.facts import Stated, UnfitFactError

TODAY = date(2026, 3, 10)
START = date(2025, 1, 1)


def after(days: int, start: date = START) -> date:
    return start + timedelta(days=days)


def spans(kind: str, code: str, **said: Any) -> dict[str, Any]:
    return facts.spans([Stated(kind, code, **said)])


@pytest.mark.parametrize("code", ["bisphosphonate", "denosumab", "other_antiresorptive"])
def test_a_bone_medicine_counts_until_a_year_after_its_stop(code: str) -> None:
    assert spans("medicine", code, since=START) == {"antiresorptive": ((START, None),)}
    stopped = spans("medicine", code, since=START, until=after(100))
    assert stopped == {"antiresorptive": ((START, after(100 + 366)),)}


def test_an_anabolic_is_no_antiresorptive() -> None:
    assert spans("medicine", "anabolic", since=START) == {}


def test_an_injection_counts_for_half_a_year_and_the_year_after() -> None:
    assert spans("injection", "denosumab", since=START) == {"antiresorptive": ((START, after(183 + 366)),)}


@pytest.mark.parametrize(("length", "counts"), [(89, False), (90, True), (400, True)])
def test_a_steroid_course_counts_from_three_months_on_and_for_good(length: int, counts: bool) -> None:
    found = spans("medicine", "steroid_oral", since=START, until=after(length))
    assert found == ({"long_term_steroid": ((after(90), None),)} if counts else {})


def test_steroids_still_taken_count_from_three_months_on() -> None:
    assert spans("medicine", "steroid_oral", since=START) == {"long_term_steroid": ((after(90), None),)}


def test_a_blood_thinner_counts_while_it_is_taken() -> None:
    found = spans("medicine", "anticoagulant", since=START, until=after(10))
    assert found == {"anticoagulant": ((START, after(10)),)}


def test_a_fracture_is_an_earlier_one_from_the_next_day_on() -> None:
    assert spans("fracture", "spine", since=START) == {"prior_vertebral_fracture": ((after(1), None),)}
    assert spans("fracture", "hip") == {"prior_hip_fracture": ((None, None),)}
    assert spans("fracture", "wrist", since=START) == {}


def test_facts_of_one_code_are_joined_and_those_without_dates_apply_always() -> None:
    found = facts.spans([Stated("history", "diabetes", since=START), Stated("history", "diabetes")])
    assert found == {"diabetes": ((None, None), (START, None))}
    assert facts.always(found) == {"diabetes"}


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (Stated("mood", "low"), "nothing that can be recorded"),
        (Stated("history", "vampirism"), "nothing that can be recorded"),
        (Stated("injection", "denosumab"), "the day is missing"),
        (Stated("t_score", "total_hip", since=START), "the number is missing"),
        (Stated("t_score", "total_hip", since=START, number=Decimal("-9.1")), "from -9 to 9"),
        (Stated("peak_height", "peak_height", number=Decimal("99.9")), "from 100 to 230"),
        (Stated("fracture", "spine", since=START, until=TODAY), "leave the last day empty"),
        (Stated("medicine", "sedative", fragility=False), "leave fragility empty"),
        (Stated("medicine", "other"), "say in words"),
        (Stated("medicine", "opioid", since=after(1, TODAY)), "lies in the future"),
        (Stated("medicine", "opioid", since=START, until=after(-1)), "before it began"),
        (Stated("born", "born", since=date(1905, 1, 1)), "too far back"),
    ],
)
def test_what_contradicts_itself_can_not_be_stated(stated: Stated, words: str) -> None:
    with pytest.raises(UnfitFactError, match=words):
        facts.check(stated, TODAY)


@pytest.mark.parametrize(
    "stated",
    [
        Stated("history", "diabetes"),
        Stated("medicine", "anabolic", since=START, course_months=24),
        Stated("medicine", "opioid", since=START, until=START),
        Stated("next_scan", "dxa", since=date(2027, 1, 1)),
        Stated("t_score", "total_hip", since=TODAY, number=Decimal(0)),
        Stated("fracture", "wrist", side="left", fragility=False),
        Stated("peak_height", "peak_height", number=Decimal(230)),
    ],
)
def test_what_a_clinician_knows_can_be_stated(stated: Stated) -> None:
    facts.check(stated, TODAY)

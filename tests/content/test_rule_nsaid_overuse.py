"""nsaid-overuse: many days, or a few with an added risk."""

import pytest

from journal.content.rules.nsaid_overuse import RULE
from tests.content.build import Said, arms, day, raised

TABLET = day(medications=["nsaid_oral"])


def tablets(*offsets: int) -> dict[int, Said]:
    return dict.fromkeys(offsets, TABLET)


@pytest.mark.parametrize(("count", "arm"), [(11, "a"), (10, "")])
def test_eleven_days_in_a_fortnight(count: int, arm: str) -> None:
    assert arms(RULE, tablets(*range(14 - count, 14))) == arm


def test_the_eleventh_may_lie_thirteen_days_back() -> None:
    assert arms(RULE, tablets(0, *range(4, 14))) == "a"
    assert arms(RULE, tablets(0, *range(5, 15))) == ""


def test_prescribed_tablets_are_not_counted_that_way() -> None:
    assert arms(RULE, tablets(*range(14)), ["nsaid_prescribed"]) == ""


@pytest.mark.parametrize("code", ["peptic_ulcer", "anticoagulant", "long_term_steroid"])
def test_three_days_with_a_risk_on_record(code: str) -> None:
    assert arms(RULE, tablets(0, 3, 6), [code]) == "b"
    assert arms(RULE, tablets(0, 6), [code]) == ""
    assert arms(RULE, tablets(0, 3, 7), [code]) == ""
    assert arms(RULE, tablets(0, 3, 6), [code, "nsaid_prescribed"]) == "b"


@pytest.mark.parametrize("medicine", ["anticoagulant", "steroid_oral"])
@pytest.mark.parametrize(("offset", "arm"), [(4, "b"), (3, "")])
def test_three_days_with_a_risk_logged_that_week(medicine: str, offset: int, arm: str) -> None:
    assert arms(RULE, {**tablets(8, 9, 10), offset: day(medications=[medicine])}) == arm


def test_gel_is_no_tablet_and_without_a_tablet_today_nothing_is_said() -> None:
    gel = dict.fromkeys(range(14), day(medications=["nsaid_topical"]))
    assert arms(RULE, gel) == ""
    assert arms(RULE, {**tablets(*range(12)), 12: day(medications=[])}) == ""


def test_black_stools_cover_it() -> None:
    both = day(medications=["nsaid_oral"], systemic=["black_stools"])
    assert raised({**tablets(*range(10)), 10: both}) == {("gi-bleed", 10)}

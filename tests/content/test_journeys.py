"""The public journeys, as far as their patterns are live."""

import pytest

from journal.content.engine import RULES
from tests.content.journeys import Journey, load, replay

LIVE = {rule.pattern for rule in RULES}


@pytest.mark.parametrize("journey", load(), ids=lambda j: f"{j['id']}")
def test_a_journey_ends_with_its_flags_and_no_other(journey: Journey) -> None:
    outcome = replay(journey)
    assert not outcome.evaluation.failures
    assert not outcome.unexpected
    assert not outcome.forbidden
    assert {flag for flag in outcome.missing if flag[0] in LIVE} == set()

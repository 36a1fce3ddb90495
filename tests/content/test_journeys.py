"""The public journeys: every pattern at least once."""

import pytest

from journal.content.engine import RULES
from tests.content.journeys import Journey, load, replay


@pytest.mark.parametrize("journey", load(), ids=lambda j: f"{j['id']}")
def test_a_journey_ends_with_its_flags_and_no_other(journey: Journey) -> None:
    outcome = replay(journey)
    assert not outcome.evaluation.failures
    assert outcome.missing == set()
    assert outcome.unexpected == set()
    assert outcome.forbidden == set()


def test_every_live_pattern_is_expected_by_some_journey() -> None:
    expected = {flag["pattern"] for journey in load() for flag in journey["expect"]["flags"]}
    assert expected == {rule.pattern for rule in RULES}

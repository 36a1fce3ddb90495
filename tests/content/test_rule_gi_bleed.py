"""gi-bleed: black stools or vomited blood."""

import pytest

from journal.content.rules.gi_bleed import RULE
from tests.content.build import day, found, raised, run


@pytest.mark.parametrize("code", ["black_stools", "vomiting_blood"])
def test_one_report_is_an_emergency(code: str) -> None:
    assert raised({0: day(systemic=[code])}) == {("gi-bleed", 0)}


@pytest.mark.parametrize("code", ["stomach_pain", "jaundice"])
def test_other_stomach_complaints_are_not(code: str) -> None:
    assert found(RULE, {0: day(systemic=[code])}) == set()


def test_it_covers_the_tablets_and_counts_them() -> None:
    days = {n: day(medications=["nsaid_oral"]) for n in range(10)}
    (flag,) = run({**days, 10: day(medications=["nsaid_oral"], systemic=["black_stools"])}).flags
    assert flag.pattern == "gi-bleed"
    assert flag.numbers["nsaid_days_in_14"] == 11
    assert "nsaid-overuse" in flag.covered


def test_tablets_are_counted_over_a_fortnight() -> None:
    tablet, black = day(medications=["nsaid_oral"]), day(systemic=["black_stools"])
    assert run({0: tablet, 13: black}).flags[0].numbers["nsaid_days_in_14"] == 1
    assert run({0: tablet, 14: black}).flags[0].numbers["nsaid_days_in_14"] == 0

"""Every sentence of every rule: plain words for patient and clinician, whatever it is made of."""

import re
from collections.abc import Iterator

import pytest

from journal.content import numbers
from journal.content.engine import BY_PATTERN, RULES
from journal.content.rule import Numbers
from journal.content.wording import ENGLISH, Said, said, stored
from tests.content import journeys
from tests.content.plain_cases import findings

CODE = re.compile(r"\w_\w")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LIMB_KEY = re.compile(r"\b(left|right)-(leg|arm|face)\b")
PATTERNS = [rule.pattern for rule in RULES]


def plain(sentence: str) -> bool:
    named = any(re.search(rf"(?<![\w-]){pattern}(?![\w-])", sentence) for pattern in PATTERNS)
    raw = CODE.search(sentence) or ISO_DATE.search(sentence) or LIMB_KEY.search(sentence) or "{" in sentence
    return not (named or raw) and sentence.endswith(".") and sentence[0] == sentence[0].upper()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_a_rule_says_has_no_code_and_no_machine_date(pattern: str) -> None:
    found = findings(pattern)
    assert found
    for one in found:
        assert plain(ENGLISH.say(BY_PATTERN[pattern].why, one.why))
        assert plain(one.why_clinician), one.why_clinician


@pytest.mark.parametrize("journey", journeys.load(), ids=lambda j: j["id"])
def test_what_a_journey_ends_with_is_plain_too(journey: journeys.Journey) -> None:
    for flag in journeys.replay(journey).evaluation.flags:
        assert plain(flag.why)
        assert plain(flag.why_clinician), flag.why_clinician


@pytest.mark.parametrize(
    "sentence",
    [
        "saddle_numbness was logged.",
        "On 2026-11-21.",
        "After sudden-back-pain.",
        "In the left-leg.",
        "No end",
    ],
)
def test_a_code_would_be_noticed(sentence: str) -> None:
    assert not plain(sentence)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_sentence_and_phrase_of_a_rule_is_used_in_its_plain_cases(pattern: str) -> None:
    def used(why: tuple[Said, ...]) -> Iterator[str]:
        for one in why:
            yield one.template
            for value in one.params.values():
                yield from (
                    (it for it in value if isinstance(it, str)) if isinstance(value, tuple | list) else ()
                )

    named = {name for found in findings(pattern) for name in used(found.why)}
    assert set(BY_PATTERN[pattern].why) <= named


def test_a_sentence_is_the_same_after_it_was_stored() -> None:
    why = said("usual", now=8, where=("thoracic", None), usual=2.5)
    assert stored([one.as_json() for one in why])[0].as_json() == why[0].as_json()
    texts = BY_PATTERN["sudden-back-pain"].why
    assert ENGLISH.say(texts, stored([one.as_json() for one in why])) == ENGLISH.say(texts, why)


def _numbers() -> Iterator[Numbers]:
    yield from (found.numbers for pattern in PATTERNS for found in findings(pattern))
    for journey in journeys.load():
        yield from (flag.numbers for flag in journeys.replay(journey).evaluation.flags)


def test_every_number_has_its_words_and_every_word_its_number() -> None:
    keys = {name.rpartition(" ")[2] for found in _numbers() for name in found}
    assert keys == set(numbers.LABELS)


def test_no_number_is_shown_as_code() -> None:
    for found in _numbers():
        for name, value in found.items():
            shown = f"{numbers.label(name)}: {numbers.value(name, value)}."
            assert not CODE.search(shown), shown
            assert not ISO_DATE.search(shown), shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("loss_cm", 2.0, "Height loss: 2.0 cm"),
        ("left-leg severity", 6, "Left leg: pain: 6 of 10"),
        ("whole days", 3, "Days on which it was logged: 3"),
        ("flag_day", "2026-11-21", "Day of the urgent flag: 21 Nov 2026"),
        ("patterns", "sudden-back-pain", "Urgent flags without an answer: sudden back pain"),
        ("sites", "abdomen, leg", "Places: tummy, leg"),
        ("of_a_former_rule", 4, "Of a former rule: 4"),
    ],
)
def test_a_number_is_shown_in_words(name: str, value: int | float | str, shown: str) -> None:
    assert f"{numbers.label(name)}: {numbers.value(name, value)}" == shown

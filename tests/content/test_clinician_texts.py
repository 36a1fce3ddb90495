"""What rules write for clinicians, in every language that the desk speaks."""

import re

import pytest

from journal.content import texts
from journal.content.engine import BY_PATTERN, RULES
from journal.content.prompts import PROMPTS
from journal.content.texts.clinician import PLACE
from journal.content.wording import places_to_fill
from tests.content import journeys
from tests.content.plain_cases import findings

OTHERS = texts.languages()[1:]
each_language = pytest.mark.parametrize("language", OTHERS)
# Names of patterns stand in the catalogue of the desk, which hands them in.
NAMES = {pattern.replace("-", " "): f"«{pattern}»" for pattern in BY_PATTERN}
DIGITS = re.compile(r"\d+")


@each_language
@pytest.mark.parametrize("pattern", [rule.pattern for rule in RULES])
def test_every_sentence_for_a_clinician_is_said_whole(language: str, pattern: str) -> None:
    for found in findings(pattern):
        _is_said(found.why_clinician, language)


@each_language
@pytest.mark.parametrize("journey", journeys.load(), ids=lambda j: j["id"])
def test_so_is_what_a_journey_ends_with(language: str, journey: journeys.Journey) -> None:
    for flag in journeys.replay(journey).evaluation.flags:
        _is_said(flag.why_clinician, language)


def _is_said(sentence: str, language: str) -> None:
    """With the same numbers in the same order, and as one sentence."""
    said = texts.for_clinician(sentence, language, NAMES)
    assert said, sentence
    assert DIGITS.findall(said) == DIGITS.findall(sentence), said
    assert said.endswith(".")
    assert said != sentence


@each_language
@pytest.mark.parametrize(
    "sentence", ["Hip 9/10 after a fall.", "heron", "", "New weakness, left leg (heron)."]
)
def test_what_no_rule_wrote_is_left_as_it_is(language: str, sentence: str) -> None:
    assert not texts.for_clinician(sentence, language)


def test_english_is_said_as_it_was_written() -> None:
    assert texts.for_clinician("Left groin 9/10, cannot stand.", "en") == "Left groin 9/10, cannot stand."


def test_a_side_a_day_and_a_decimal_are_said_in_spanish() -> None:
    groin = "Left groin 9/10, cannot stand; falls in 3 days: 1."
    assert (
        texts.for_clinician(groin, "es")
        == "Ingle izquierda 9/10, no puede ponerse de pie; caídas en 3 días: 1."
    )
    height = "159.5 cm, 2.4 cm below the first measurements."
    assert texts.for_clinician(height, "es") == "159,5 cm, 2,4 cm por debajo de las primeras medidas."
    fever = "Fever or chills on 10 Jan; lower back 6/10 on 11 Jan, usual 2."
    assert texts.for_clinician(fever, "es") == (
        "Fiebre o escalofríos el 10 ene; parte baja de la espalda 6/10 el 11 ene, habitual 2."
    )


@each_language
def test_a_phrase_says_what_stands_in_its_places(language: str) -> None:
    book = texts.spoken(language).book
    assert book
    for phrase in book.phrases:
        assert sorted(PLACE.findall(phrase.said)) == sorted(phrase.english.groupindex), phrase.said


@each_language
@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.code)
def test_what_to_bring_up_has_the_same_sentences_in_every_language(language: str, prompt: object) -> None:
    first, other = prompt.texts, texts.spoken(language).prompts[prompt.code]  # type: ignore[attr-defined]
    assert set(first) == set(other)
    for name, template in first.items():
        assert places_to_fill(other[name]) == places_to_fill(template), name

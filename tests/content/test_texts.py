"""Every language says everything: titles, advice, sentences with the same values, words for every code."""

import re

import pytest

from journal.content import texts, vocabulary
from journal.content.engine import BY_PATTERN, RULES
from journal.content.rule import Rule
from journal.content.wording import Why, places_to_fill, said
from tests.content.plain_cases import findings

PATTERNS = [*(rule.pattern for rule in RULES), texts.NOT_EVALUATED]
OTHERS = texts.languages()[1:]
each_language = pytest.mark.parametrize("language", OTHERS)
each_pattern = pytest.mark.parametrize("pattern", PATTERNS)
# What an urgent advice must still say in the other language, and what stands for it there.
MUST = {
    "es": {"emergency number": "número de emergencias", "not an emergency service": "servicio de emergencias"}
}


def test_english_and_spanish_are_there() -> None:
    assert texts.languages() == ("en", "es")


@each_language
def test_a_language_knows_the_live_patterns_and_no_other(language: str) -> None:
    assert set(texts.spoken(language).texts) == set(PATTERNS)
    assert texts.spoken(language).reviewer == "not yet reviewed"


@each_language
@each_pattern
def test_every_sentence_is_there_with_the_same_values(language: str, pattern: str) -> None:
    first, other = texts.text(pattern, "en"), texts.text(pattern, language)
    assert set(other.why) == set(first.why)
    for name, template in first.why.items():
        assert _fills(other.why[name]) == _fills(template), name


def _fills(template: str) -> set[tuple[str, str]]:
    """A language may list with commas what another joins with "and"."""
    return {(name, {"comma": "and"}.get(how, how)) for name, how in places_to_fill(template)}


@each_language
@each_pattern
def test_title_and_advice_are_translated_and_say_what_to_do(language: str, pattern: str) -> None:
    first, other = texts.text(pattern, "en"), texts.text(pattern, language)
    assert other.title != first.title
    assert other.advice != first.advice
    assert "\n" not in other.advice
    for words, there in MUST[language].items():
        assert (words in first.advice) <= (there in other.advice.lower()), words


@each_language
@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.pattern)
def test_what_a_rule_finds_is_said_in_plain_words(language: str, rule: Rule) -> None:
    pattern = rule.pattern
    for found in findings(pattern):
        sentence = texts.why(pattern, found.why, language)
        assert sentence
        assert sentence.endswith(".")
        assert not re.search(r"\w_\w|[{}]|\d{4}-\d\d|\b(de|a) el\b", sentence), sentence
        assert sentence != texts.spoken("en").wording.say(BY_PATTERN[pattern].why, found.why)


@each_language
def test_every_code_has_a_label(language: str) -> None:
    codes = {code for listed in vocabulary.LISTS.values() for code in listed}
    wording = texts.spoken(language).wording
    for code in codes:
        assert wording.label(code)
        assert "_" not in wording.label(code)


@each_language
def test_every_place_and_region_has_words(language: str) -> None:
    wording = texts.spoken(language).wording
    for site in vocabulary.LISTS["nerve_site"]:
        sides = ("left", "right", "both") if site in vocabulary.PAIRED_SITES else (None,)
        assert len({wording.place(site, side) for side in sides}) == len(sides)
    for key in ("left-leg", "right-arm", "left-face", "trunk", "gait", "lumbar", "right-knee"):
        assert wording.region(key)


@pytest.mark.parametrize(
    ("pattern", "why", "sentence"),
    [
        (
            "sudden-back-pain",
            said("usual", now=8, where=("lumbar", None), usual=2.5),
            "Usted anotó un dolor repentino de 8 sobre 10 en la parte baja de la espalda, claramente más que "
            "su 2,5 de costumbre.",
        ),
        (
            "bladder-bowel-change",
            said(what=("bladder_change", "bowel_change")),
            "Usted anotó un cambio nuevo en el control de la vejiga y del intestino.",
        ),
        ("new-giving-way", said(where="right-leg"), "Usted anotó que le falló la pierna derecha."),
        ("height-loss", said(cm=2.0), "Su estatura medida ha cambiado 2,0 cm."),
        ("new-giving-way", said("gait"), "Usted anotó una inseguridad nueva al caminar."),
    ],
)
def test_spanish_sentences_read_well(pattern: str, why: Why, sentence: str) -> None:
    assert texts.why(pattern, why, "es") == sentence


def test_a_sentence_that_no_longer_fits_is_not_said() -> None:
    assert texts.why("height-loss", said("former", cm=2.0), "es") is None
    assert texts.why("height-loss", said(inches=2.0), "es") is None
    assert texts.why("former-rule", said(), "es") is None
    assert texts.why("height-loss", (), "es") is None


def test_a_pattern_that_is_no_longer_live_has_words() -> None:
    assert texts.text("former-rule", "es").title == "No se pudo revisar"


def test_an_unknown_language_is_english() -> None:
    assert texts.text("height-loss", "xx") == texts.text("height-loss", "en")


def test_a_known_symptom_is_named_with_its_limb() -> None:
    assert texts.spoken("es").wording.label("known_giving_way_left_leg") == (
        "ya conocido: fallo repentino en la pierna izquierda"
    )

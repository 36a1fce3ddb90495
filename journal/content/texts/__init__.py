"""What a patient reads of a flag, in the languages there are.

English stands in the rules, where the clinician reads it. Each other language is one file beside this one:
title, advice and sentences of every rule, and the words for every code. A text that a language lacks, or a
sentence whose values no longer fit, is said in English.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from journal.content import vocabulary
from journal.content.engine import BY_PATTERN
from journal.content.prompts import PROMPTS
from journal.content.texts.clinician import Book
from journal.content.wording import ENGLISH, Templates, Why, Wording

_HERE = Path(__file__).parent
FIRST = "en"
NOT_EVALUATED = "could-not-be-evaluated"


@dataclass(frozen=True, slots=True)
class Text:
    """What a patient reads of one pattern."""

    title: str
    advice: str
    why: Templates


@dataclass(frozen=True, slots=True)
class Language:
    """One language, whole."""

    wording: Wording
    reviewer: str
    texts: Mapping[str, Text]
    book: Book | None = None  # what rules write for clinicians; English needs none
    prompts: Mapping[str, Templates] = field(default_factory=dict)


_UNCHECKED = Text(
    title="Could not be checked",
    advice=(
        "Your entry is stored but could not be checked. Please call your clinic if anything is new or worse."
    ),
    why={"why": "Your entry is stored, but could not be checked automatically. Your clinic has been told."},
)


def languages() -> tuple[str, ...]:
    """Two-letter codes, English first."""
    return (FIRST, *sorted(path.stem for path in _HERE.glob("*.toml")))


def text(pattern: str, language: str) -> Text:
    """The texts of a pattern; one that is no longer live speaks as one that could not be checked."""
    texts = spoken(language).texts
    return texts.get(pattern) or texts[NOT_EVALUATED]


def why(pattern: str, said: Why, language: str) -> str | None:
    """The sentences in that language; None when it can't say them (then the stored English is shown)."""
    here = spoken(language)
    try:
        return here.wording.say(here.texts[pattern].why, said) or None
    except (KeyError, ValueError, TypeError):
        return None


def for_clinician(sentence: str, language: str, names: Mapping[str, str] | None = None) -> str | None:
    """What a rule wrote for the clinician, in that language; None when it can't say all of it."""
    book = spoken(language).book
    return book.say(sentence, names) if book else sentence


def prompt(code: str, said: Why, language: str) -> str:
    """What to bring up, in that language."""
    here = spoken(language)
    return here.wording.say(here.prompts[code], said)


@cache
def spoken(language: str) -> Language:
    """A language by its code; English for one that is not there."""
    return _file(language) if language in languages()[1:] else _english()


def _english() -> Language:
    live = {rule.pattern: Text(rule.title, rule.advice, rule.why) for rule in BY_PATTERN.values()}
    prompted = {prompt.code: prompt.texts for prompt in PROMPTS}
    return Language(ENGLISH, "not yet reviewed", {**live, NOT_EVALUATED: _UNCHECKED}, prompts=prompted)


def _file(language: str) -> Language:
    said = tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))
    words = _Words(said)
    wording = Wording(
        language=language,
        label=words.label,
        site=words.site,
        place=words.place,
        region=words.region,
        heading=words.heading,
        months=tuple(said["months"]),
        both=said["both"],
        decimal=said["decimal"],
    )
    texts = {
        pattern: Text(one["title"], one["advice"].strip(), one["why"])
        for pattern, one in said["rule"].items()
    }
    return Language(wording, said["reviewer"], texts, Book(wording, said["clinician"]), said["prompt"])


class _Words:
    """The words of one file for codes, places and regions."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said

    def label(self, code: str) -> str:
        known = vocabulary.known_class(code)
        if known is None:
            return str(self.said["labels"][code])
        what, region = known
        return str(self.said["known"]).format(what=self.said["classes"][what], where=self.region(region))

    def place(self, site: str, side: str | None) -> str:
        forms = self.said["places"][site]
        which = {"left": 1, "right": 2, "both": 3}.get(side or "", 0)
        return str(forms[which if len(forms) > 1 else 0])

    def site(self, code: str) -> str:
        """Without an article: "cadera"."""
        return str(self.said["labels"][code]).partition(" (")[0]

    def heading(self, site: str, side: str | None) -> str:
        """The place without its article; where a place has no side of its own, the side comes behind it."""
        forms = self.said["places"][site]
        if side and (len(forms) == 1 or side in ("midline", "both")):
            return f"{self.site(site)}, {self.label(side)}"
        if not side:
            return self.label(site)
        words = self.place(site, side)
        article = next((one for one in self.said["articles"] if words.startswith(one)), "")
        return words.removeprefix(article)

    def region(self, key: str) -> str:
        side, _, what = key.partition("-")
        return (
            self.place(what or key, side)
            if (what or key) in self.said["places"]
            else self.said["regions"][key]
        )

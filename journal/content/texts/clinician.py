"""What a rule wrote for the clinician, in another language.

Rules write that sentence in English, whole, and flags keep it so (decision 32). A language has a book of
phrases, `[clinician]` in its file: the English with its places, and what it says for it. A sentence is taken
apart by them, down to words, numbers and days; one of which anything is left over is told in English.

Places: `{n}` `{m}` `{k}` `{j}` are numbers, `{day}` and `{since}` days, `{the}` a part of the body with its
article, any other letter whatever the book, or a list of it, has words for.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from journal.content import vocabulary
from journal.content.wording import ENGLISH, Wording

NUMBER = r"\d+(?:\.\d+)?"
DAY = r"\d{1,2} [A-Z][a-z]{2}(?: \d{4})?"
TYPED = {**dict.fromkeys("nmkj", NUMBER), **dict.fromkeys(("day", "since"), DAY)}
PLACE = re.compile(r"\{(\w+)\}")
# Between the parts of a list, in the order in which they are tried.
JOINTS = (". ", "; ", ", ", " and ")
SIDES = ("left", "right", "both", None)

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One phrase of the book: how it is recognised, and what is said for it."""

    english: re.Pattern[str]
    said: str


class Book:
    """The phrases of one language."""

    def __init__(self, wording: Wording, phrases: Mapping[str, str]) -> None:
        self.wording = wording
        self.phrases = [
            _Phrase(_pattern(english), said) for english, said in phrases.items() if "{" in english
        ]
        self.bare = {
            **_codes(wording.label),
            **{vocabulary.region(key): wording.region(key) for key in ("trunk", "gait", "whole")},
            **_places(wording.heading),
            **{english.lower(): said for english, said in phrases.items() if "{" not in english},
        }
        self.placed = _places(wording.place)

    def say(self, sentence: str, names: Words | None = None) -> str | None:
        """None when a part of it is not in the book. `names` are words that only the caller knows."""
        said = self._say(sentence.removesuffix("."), names or {})
        return said and f"{said[:1].upper()}{said[1:]}{'.' if sentence.endswith('.') else ''}"

    def _say(self, text: str, names: Words) -> str | None:
        known = self.bare.get(text.lower()) or names.get(text.lower())
        return known or self._number(text) or self._phrase(text, names) or self._list(text, names)

    def _number(self, text: str) -> str | None:
        if re.fullmatch(NUMBER, text):
            return text.replace(".", self.wording.decimal)
        if not re.fullmatch(DAY, text):
            return None
        day, month, *year = text.split()
        return " ".join([day, self.wording.months[ENGLISH.months.index(month)], *year])

    def _phrase(self, text: str, names: Words) -> str | None:
        for phrase in self.phrases:
            found = phrase.english.fullmatch(text)
            parts = found and {
                name: self._part(name, part, names) for name, part in found.groupdict().items()
            }
            if parts is not None and all(parts.values()):
                return phrase.said.format(**parts)
        return None

    def _part(self, name: str, text: str, names: Words) -> str | None:
        if name != "the":
            return self._say(text, names)
        parts = [self.placed.get(one) for one in text.split(" and ")]
        return self.wording.both.join(filter(None, parts)) if all(parts) else None

    def _list(self, text: str, names: Words) -> str | None:
        for joint in JOINTS:
            if joint in text:
                parts = [self._say(part, names) for part in text.split(joint)]
                if all(parts):
                    return _joined(joint, [part for part in parts if part], self.wording)
        return None


def _joined(joint: str, parts: list[str], wording: Wording) -> str:
    if joint == ". ":
        parts = [part[:1].upper() + part[1:] for part in parts]
    return (wording.both if joint == " and " else joint).join(parts)


def _pattern(english: str) -> re.Pattern[str]:
    """Its fixed words, whatever case they begin with, and its places."""
    literals = PLACE.split(english)
    parts = [
        f"(?P<{part}>{TYPED.get(part, '.+')})" if at % 2 else re.escape(part)
        for at, part in enumerate(literals)
    ]
    return re.compile("".join(parts), re.IGNORECASE)


def _codes(label: Callable[[str], str]) -> dict[str, str]:
    codes = {code for codes in vocabulary.LISTS.values() for code in codes}
    return {vocabulary.label(code).lower(): label(code) for code in sorted(codes)}


def _places(said: Callable[[str, str | None], str]) -> dict[str, str]:
    """Every site on every side, as rules name them in the middle of a sentence."""
    paired = vocabulary.PAIRED_SITES
    sites = {*get_args(vocabulary.Site), *paired}
    return {
        vocabulary.place(site, side).lower(): said(site, side)
        for site in sorted(sites)
        for side in (SIDES if site in paired else (None,))
    }

"""What a reminder and its turns say, in the language of whoever reads it now.

Kept are ids of the library's texts, the patient's own words, and the heading as it was when the row was made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from journal.actions import care_plan
from journal.content import library, plan
from journal.models import words_in
from reminders.models import Occurrence
from reminders.models.reminders import SUGGESTED

# Headings of the reminders with which every patient starts, by language and kind.
TITLES = {
    "en": {
        "exercise": "Time for your exercises",
        "fall-prevention": "A tip for steady feet",
        "log-today": "A minute for your journal",
        "height": "Measure your height",
    },
    "es": {
        "exercise": "Es hora de sus ejercicios",
        "fall-prevention": "Un consejo para pisar seguro",
        "log-today": "Un minuto para su diario",
        "height": "Medir su estatura",
    },
}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn in words; `held_reason` is None unless it is held."""

    title: str
    body: str
    notice: str
    held_reason: str | None


def of(turn: Occurrence, language: str) -> Said:
    """The turn in that language, in English where the library has no text in it. Needs its reminder."""
    return Said(
        title=title(turn, language),
        body=_body(turn.item, language),
        notice=_body(turn.notice, language),
        held_reason=_held_reason(turn, language),
    )


def title(turn: Occurrence, language: str) -> str:
    """The library's, unless patient or clinic chose another one. Needs the turn's reminder."""
    text = library.by_id(turn.item, language)
    ours = turn.reminder.source or turn.reminder.kind in SUGGESTED
    return text.title if text and ours else heading(turn.title, language)


def heading(title: str, language: str) -> str:
    """A heading of ours in that language; the patient's own words as they are."""
    return _headings().get(title, {}).get(language, title)


@cache
def _headings() -> dict[str, dict[str, str]]:
    """Every heading of ours, in any language, with what it is in each."""
    return {title: there for there in _alike() for title in there.values()}


def _alike() -> Iterator[dict[str, str]]:
    for kind in TITLES["en"]:
        yield {language: titles[kind] for language, titles in TITLES.items()}
    for words in plan.headings():
        yield {language: words_in(words, language, capital=True) for language in library.languages()}
    for text in library.items("reminder"):
        texts = {language: library.by_id(text.id, language) for language in library.languages()}
        yield {language: said.title for language, said in texts.items() if said}


def _body(text_id: str, language: str) -> str:
    text = library.by_id(text_id, language)
    return text.body if text else ""


def _held_reason(turn: Occurrence, language: str) -> str | None:
    if turn.state != Occurrence.State.HELD:
        return None
    return care_plan.held_words("all" if turn.held_by_id else turn.reason, language)

"""What a reminder and its turns say, in the language of whoever reads it now.

Kept are ids of the library's texts, the patient's own words, and the heading as it was when the row was made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils import translation
from django.utils.formats import date_format

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

# The day of which a turn speaks, which the library's text can't know; by what the reminder follows.
DAYS = {
    "en": {"scan": "Bone density scan: {day}.", "injection": "The day in our notes: {day}."},
    "es": {"scan": "Densitometría ósea: {day}.", "injection": "El día en nuestras notas: {day}."},
}
DAY_FORMAT = {"en": "l, j F Y", "es": r"l, j \d\e F \d\e Y"}


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
        body="\n\n".join(filter(None, (_day(turn, language), _body(turn.item, language)))),
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


def _day(turn: Occurrence, language: str) -> str:
    """The day of the scan or injection that the turn leads up to; empty for any other turn."""
    meant = _meant(turn)
    if meant is None:
        return ""
    of_what, day = meant
    spoken = language if language in DAYS else "en"
    with translation.override(spoken):
        said = date_format(day, DAY_FORMAT[spoken])
    # Django's Spanish weekdays begin with a capital, as Spanish within a sentence does not.
    return DAYS[spoken][of_what].format(day=said.lower() if spoken == "es" else said)


def _meant(turn: Occurrence) -> tuple[str, date] | None:
    """By its reminder's source (reminders.actions.follow); one moved to another day knows no scan's."""
    match turn.reminder.source.split(":"):
        case ["scan", _, ahead] if turn.local_date == turn.reminder.starts_on:
            return "scan", turn.local_date + timedelta(days=int(ahead))
        case ["injection", _, day]:
            return "injection", date.fromisoformat(day)
    return None


def _held_reason(turn: Occurrence, language: str) -> str | None:
    if turn.state != Occurrence.State.HELD:
        return None
    return care_plan.held_words("all" if turn.held_by_id else turn.reason, language)

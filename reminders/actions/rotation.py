"""Which tip comes next: one after the other, never the same twice in a row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from journal.content.library import Kind, items

IN_THE_LIBRARY: dict[str, Kind] = {"exercise": "exercise", "fall-prevention": "fall-prevention"}


class Tip(Protocol):
    """What rotation needs of a library item."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def held_by(self) -> Collection[str]: ...


@dataclass(frozen=True)
class NoTip:
    """A reminder of the patient's own, or one for which the library has nothing."""

    title: str
    language: str
    id: str = ""
    held_by: tuple[str, ...] = ()


def tips(kind: str, language: str) -> Sequence[Tip]:
    """The library's items for a kind of reminder; English ones where a language has none."""
    if kind not in IN_THE_LIBRARY:
        return ()
    return items(kind=IN_THE_LIBRARY[kind], lang=language) or items(kind=IN_THE_LIBRARY[kind], lang="en")


@lru_cache(maxsize=1024)
def usual(kind: str, language: str, last: str) -> Tip | None:
    """The tip after `last` of whom nothing is flagged or paused and who has not fallen: most patients."""
    return following(tips(kind, language), last=last, flagged=())


def following(
    choice: Sequence[Tip], *, last: str, flagged: Collection[str], fitting: Sequence[str] = ()
) -> Tip | None:
    """The item after `last`, leaving out those that a flagged pattern holds back; `fitting` come before.

    With a single item left there is nothing to turn to, and nothing is better than the same again.
    """
    places = {tip.id: place for place, tip in enumerate(choice)}
    start = places.get(last, -1) + 1
    fits = [choice[places[tip]] for tip in fitting if tip in places]
    in_turn = [*fits, *choice[start:], *choice[:start]]
    return next((tip for tip in in_turn if tip.id != last and not set(tip.held_by) & set(flagged)), None)


def in_turn(fitting: Sequence[str], lately: Sequence[str]) -> Sequence[str]:
    """Each once before one comes again: by rank those not shown `lately`, then the one shown longest ago.

    `lately`: what was shown since they fit, the oldest first.
    """
    shown = {tip: place for place, tip in enumerate(lately)}
    return sorted(fitting, key=lambda tip: shown.get(tip, -1))

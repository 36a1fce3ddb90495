"""What true events put into a journal: pure changes of the day's report, built from few parts."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from journal.management.invented import assumptions as assumed
from journal.management.invented.happenings import Change, Document

Course = Callable[[int], float]  # days since it began → severity


def steady(level: float) -> Course:
    return lambda _: level


def easing(peak: float, by_day: float = 0.1, least: float = 3) -> Course:
    """Strongest on the first day, then slowly less."""
    return lambda since: max(least, peak - (0.7 if since else 0) - by_day * since)


def rising(start: float, by_day: float, most: float) -> Course:
    return lambda since: min(most, start + by_day * since)


def together(*changes: Change) -> Change:
    """All of them, in this order."""

    def change(document: Document, since: int, rng: Random) -> None:
        for one in changes:
            one(document, since, rng)

    return change


def on_days(first: int, last: int, inner: Change, share: float = 1.0) -> Change:
    """Only from day `first` to `last`, and then on a share of days; always on the first."""

    def change(document: Document, since: int, rng: Random) -> None:
        if first <= since <= last and (since == first or rng.random() < share):
            inner(document, since, rng)

    return change


def hurts(
    site: str,
    side: str,
    course: Course,
    *,
    sudden: bool = False,
    wobble: float = 0.6,
    radiates_to: str | None = None,
    quality: Sequence[str] = (),
    worse_with: Sequence[str] = (),
    better_with: Sequence[str] = (),
) -> Change:
    """A pain; what is usual at the same place gives way to the stronger of both."""
    codes = {"quality": quality, "worse_with": worse_with, "better_with": better_with}

    def change(document: Document, since: int, rng: Random) -> None:
        level = max(0, min(10, round(course(since) + rng.gauss(0, wobble))))
        pains = document.get("pains") or []
        usual = max((p["severity"] for p in pains if (p["site"], p["side"]) == (site, side)), default=0)
        others = [p for p in pains if (p["site"], p["side"]) != (site, side)]
        item: Document = {"site": site, "side": side, "severity": max(level, usual)}
        item |= {"radiates_to": radiates_to} if radiates_to else {}
        item |= {
            name: list(said) for name, said in codes.items() if said and rng.random() < assumed.CODES_STATED
        }
        if sudden and since == 0 and rng.random() < assumed.ONSET_STATED:
            item["onset"] = "sudden"
        document["pains"] = [*others, item]

    return change


def says(question: str, *items: Any, share: float = 1.0) -> Change:
    """Adds items to a list question, on a share of days, always on the first."""

    def change(document: Document, since: int, rng: Random) -> None:
        if since == 0 or rng.random() < share:
            present = document.get(question) or []
            document[question] = [*present, *(item for item in items if item not in present)]

    return change


def nerve(symptom: str, site: str | None = None, side: str | None = None, share: float = 1.0) -> Change:
    item = {"symptom": symptom} | ({"site": site} if site else {}) | ({"side": side} if side else {})
    return says("neuro", item, share=share)


def falls(*, injury: bool = False) -> Change:
    """One fall, on the first day."""
    return on_days(0, 0, says("falls", {"kind": "fall", "injury": injury}))


def stands(able: bool) -> Change:
    def change(document: Document, since: int, rng: Random) -> None:
        if able or rng.random() < assumed.BEARING_STATED:
            document["can_bear_weight"] = able

    return change


def moves(factor: float) -> Change:
    """Less of every activity."""

    def change(document: Document, since: int, rng: Random) -> None:
        kept = [
            {**item, "minutes": round(item["minutes"] * factor)} for item in document.get("activity") or []
        ]
        if "activity" in document:
            document["activity"] = [item for item in kept if item["minutes"] >= 5]

    return change


def shrinks(cm: float) -> Change:
    """Every reading lower by so much; the patient measures on the first day."""

    def change(document: Document, since: int, rng: Random) -> None:
        if "height_cm" in document:
            document["height_cm"] = round(document["height_cm"] - cm, 1)

    return change


def some(share: float, inner: Change, otherwise: Change | None = None) -> Callable[[Random], Change]:
    """Decided once for a patient, not day by day."""

    def choose(rng: Random) -> Change:
        return inner if rng.random() < share else (otherwise or together())

    return choose

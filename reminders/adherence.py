"""What became of planned exercise: done, skipped and why, unanswered, held, over 7 and 28 days.

Counted anew from turns and entries each time, so that a late or corrected report needs no special case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models.expressions import Value

from journal.accounts.models import Patient
from journal.content.exercise_pain import Done, rises
from journal.models import Entry
from journal.models.entries import HasPath
from reminders import wording
from reminders.models import Occurrence, Reminder

SPANS = (7, 28)
# Nobody was asked: too late after an outage, reminders paused, no agreement, the day's cap, held by then.
NOT_ASKED = frozenset({"late", "paused", "consent", "cap", "lifted"})


@dataclass(frozen=True)
class Figures:
    """Turns of the last `days` local days, today included. `planned` leaves out what was held or never asked.

    Open turns are planned and nothing else yet, so the others need not add up to it.
    """

    days: int
    planned: int
    done: int
    skipped: Mapping[str, int]
    ignored: int
    held: int
    pain_rose: int


@dataclass(frozen=True)
class OfExercise:
    """One exercise: an item of the plan, or a text of the library where none is prescribed."""

    care_item: str | None
    item: str
    title: str
    spans: tuple[Figures, ...]


@dataclass(frozen=True)
class Adherence:
    """All exercise together, then each."""

    overall: tuple[Figures, ...]
    exercises: tuple[OfExercise, ...]


@dataclass(frozen=True)
class _Turn:
    """One turn, as what counts."""

    day: date
    became: str
    reason: str
    rose: bool


def of(patient: Patient, *, today: date, language: str) -> Adherence:
    """The figures of a patient's exercise up to their local day `today`, for a reader of this language."""
    first = today - timedelta(days=max(SPANS) - 1)
    said = _said(patient, first)
    found = Occurrence.objects.filter(
        patient=patient, local_date__range=(first, today), reminder__kind=Reminder.Kind.EXERCISE
    )
    by_exercise: dict[tuple[str | None, str], list[_Turn]] = defaultdict(list)
    titles: dict[tuple[str | None, str], str] = {}
    for turn in found.select_related("reminder").order_by("local_date", "slot"):
        key = (str(turn.care_item_id) if turn.care_item_id else None, turn.item)
        titles[key] = wording.title(turn, language)
        by_exercise[key].append(_counted(turn, said))
    each = [
        OfExercise(key[0], key[1], titles[key], _spans(turns, today)) for key, turns in by_exercise.items()
    ]
    every = [turn for turns in by_exercise.values() for turn in turns]
    return Adherence(_spans(every, today), tuple(sorted(each, key=lambda one: one.title)))


def _said(patient: Patient, first: date) -> dict[tuple[date, str], bool]:
    """The exercises that entries call done, by day; whether pain rose after them."""
    entries = Entry.objects.current().filter(
        HasPath("report", Value("$.exercises[*]")), patient=patient, local_date__gte=first
    )
    found: dict[tuple[date, str], bool] = {}
    for day, report in entries.values_list("local_date", "report"):
        for one in report["exercises"]:
            key = (day, one["exercise"])
            rose = bool(rises([Done(one["exercise"], one.get("pain_before"), one.get("pain_after"))]))
            found[key] = found.get(key, False) or rose
    return found


def _counted(turn: Occurrence, said: Mapping[tuple[date, str], bool]) -> _Turn:
    names = [(turn.local_date, name) for name in (str(turn.care_item_id), turn.item) if name]
    reported = [said[name] for name in names if name in said]
    became = Occurrence.State.DONE if reported else turn.state
    rose = bool(rises([Done(turn.item, turn.pain_before, turn.pain_after)]))
    return _Turn(turn.local_date, became, turn.reason, rose or any(reported))


def _spans(turns: Iterable[_Turn], today: date) -> tuple[Figures, ...]:
    every = list(turns)
    return tuple(
        _figures([turn for turn in every if turn.day > today - timedelta(days=days)], days) for days in SPANS
    )


def _figures(turns: list[_Turn], days: int) -> Figures:
    states = Counter(turn.became for turn in turns)
    asked = [turn for turn in turns if turn.became in ("done", "skipped") or turn.reason not in NOT_ASKED]
    skipped = Counter(turn.reason or "not-said" for turn in turns if turn.became == "skipped")
    return Figures(
        days=days,
        planned=sum(turn.became != "held" for turn in asked),
        done=states["done"],
        skipped=dict(sorted(skipped.items())),
        ignored=sum(turn.became == "expired" for turn in asked),
        held=states["held"],
        pain_rose=sum(turn.rose for turn in turns),
    )

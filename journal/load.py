"""Rows → what the rules see. The only bridge between the tables and journal.content."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from statistics import mean
from typing import Any
from uuid import UUID

from journal.accounts.models import Patient
from journal.content.engine import REACH_DAYS, Action, RaisedFlag
from journal.content.history import Entry as Said
from journal.content.history import History, Profile
from journal.content.report import Report
from journal.content.rule import Urgency
from journal.content.wording import stored
from journal.models import Entry, EntryQuerySet, Flag, FlagAction


def profile(patient: Patient) -> Profile:
    """The facts about the person that rules need."""
    peak = patient.peak_height_cm
    return Profile(
        born=patient.born,
        history=frozenset(patient.history) - patient.history_dates.keys(),
        peak_height_cm=None if peak is None else float(peak),
        dated={
            code: tuple((_day(first), _day(last)) for first, last in spans)
            for code, spans in patient.history_dates.items()
        },
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


SAID = ("client_id", "local_date", "recorded_at", "report")


def said(client_id: UUID, day: date, recorded_at: datetime, report: Any) -> Said:
    """One stored entry, by its SAID columns, as the rules see it."""
    return Said(id=str(client_id), day=day, recorded_at=recorded_at, report=Report.model_validate(report))


def history(patient: Patient, *, since: date | None) -> History:
    """What the patient said, from `since` minus the longest window of any rule; all of it when None.

    Of what is older only measured heights count: their reference is the first reading ever.
    """
    entries = Entry.objects.current().filter(patient=patient)
    older: dict[date, float] = {}
    if since is not None:
        first = since - timedelta(days=REACH_DAYS)
        older = _heights(entries.filter(local_date__lt=first))
        entries = entries.filter(local_date__gte=first)
    rows = entries.order_by("local_date", "recorded_at", "client_id").values_list(*SAID)
    return History(profile(patient), [said(*row) for row in rows], older_heights=older)


def _heights(entries: EntryQuerySet) -> dict[date, float]:
    """The mean of each day's readings, in cm."""
    readings: dict[date, list[float]] = defaultdict(list)
    for day, height in entries.filter(report__height_cm__gt=0).values_list("local_date", "report__height_cm"):
        readings[day].append(height)
    return {day: mean(found) for day, found in readings.items()}


def actions(patient: Patient) -> list[Action]:
    """What clinicians did with the patient's flags, each bound to the flag it was done to."""
    done = FlagAction.objects.filter(flag__patient=patient, kind__in=["acknowledge", "resolve"])
    return [
        Action(
            pattern=action.flag.pattern,
            raised=action.flag.day,
            keys=frozenset(action.flag.met),
            kind="resolve" if action.kind == FlagAction.Kind.RESOLVE else "acknowledge",
            day=action.day,
        )
        for action in done.select_related("flag").order_by("day", "id")
    ]


def raised(flag: Flag) -> RaisedFlag:
    """A stored flag as the engine left it."""
    return RaisedFlag(
        pattern=flag.pattern,
        rule_version=flag.rule_version,
        urgency=Urgency(flag.urgency),
        day=flag.day,
        keys=tuple(flag.met),
        met=_by_name(flag.met),
        evidence={date.fromisoformat(day): tuple(entries) for day, entries in flag.evidence.items()},
        covered=_by_name(flag.covered),
        arms=tuple(flag.arms),
        numbers=flag.numbers,
        why=flag.why,
        why_clinician=flag.why_clinician,
        said=stored(flag.why_params),
    )


def _by_name(days_by_name: dict[str, list[str]]) -> dict[str, tuple[date, ...]]:
    return {name: tuple(map(date.fromisoformat, days)) for name, days in days_by_name.items()}

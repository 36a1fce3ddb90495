"""Rows → what the rules see. The only bridge between the tables and journal.content."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, ExpressionWrapper, Q, Subquery

from journal.accounts.models import Patient
from journal.content import reach
from journal.content.engine import Action, RaisedFlag
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
    """What the patient said, as far as it can change what is judged from `since` on; all of it when None."""
    entries = Entry.objects.current().filter(patient=patient)
    if since is not None:
        entries = _needed(entries, since)
    # An entry may be needed for two reasons.
    found = {row[0]: row for row in entries.values_list(*SAID)}
    return History(profile(patient), [said(*row) for row in found.values()])


def _needed(entries: EntryQuerySet, since: date) -> EntryQuerySet:
    """As `reach.needed` does, in one statement whose parts each read a bounded piece of an index."""
    near = since - timedelta(days=reach.NEAR_DAYS)
    far = entries.filter(local_date__lt=near)
    falls = far.filter(fell=True, local_date__gte=since - timedelta(days=reach.FALLS_DAYS))
    taken = Q()
    for code in reach.MEDICINES:
        taken |= Q(report__medications__contains=code)
    medicine = far.filter(taken, local_date__gte=since - timedelta(days=reach.MEDICINE_DAYS))
    measured = entries.filter(report__height_cm__isnull=False).exclude(report__height_cm=None)
    first = measured.order_by("local_date").values("local_date")[:1]
    until = ExpressionWrapper(
        Subquery(first) + timedelta(days=reach.HEIGHT_REFERENCE_DAYS), output_field=DateTimeField()
    )
    heights = measured.filter(local_date__lt=near, local_date__lte=until)
    return entries.filter(local_date__gte=near).union(
        falls, medicine.order_by("-local_date", "-recorded_at", "-client_id")[:1], heights, all=True
    )


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

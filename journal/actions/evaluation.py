"""Runs the rules over a patient's history and reconciles what they find with the stored flags.

Flags are derived, then owned: what the facts no longer support is shown so, never deleted, and a flag that
a person has touched is closed by a person only.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError

from journal import load
from journal.accounts.models import Patient
from journal.actions import firings, outbox
from journal.content import engine, reach, texts
from journal.content.engine import RaisedFlag
from journal.content.history import History
from journal.content.reach import Told
from journal.content.rule import Urgency
from journal.content.texts import NOT_EVALUATED
from journal.content.wording import said
from journal.models import Flag

log = logging.getLogger(__name__)

# Whoever has not acknowledged an emergency after so long is asked again.
EMERGENCY_CHASED_AFTER = timedelta(minutes=15)
# A flag for information is looked at in the next review, at the latest after a quarter.
NEXT_REVIEW = timedelta(days=90)
# The day of an entry lies so far after the patient's own at most: a day for the phone's clock, and zones.
AHEAD = timedelta(days=3)
NO_LONGER_MET = "An edited, deleted or late entry changed what was known: the rule is no longer met."


@dataclass(frozen=True)
class Found:
    """The flags that the facts raise, and the patterns of which that can't be told: their rule crashed."""

    flags: list[RaisedFlag]
    unknown: set[str]


@dataclass
class Reconciled:
    """The flags met since the first day judged, at least, and what changed; one opened again is in both."""

    flags: list[Flag]
    opened: list[Flag] = field(default_factory=list)
    changed: list[Flag] = field(default_factory=list)


def run(
    *,
    at: datetime,
    patient: Patient,
    since: date | None,
    as_of: date | None = None,
    reason: str = NO_LONGER_MET,
    told: Sequence[Told] | None = None,
    asked: "Asked | None" = None,
) -> Reconciled:
    """Evaluates a locked patient from local day `since` on (all days when None) and reconciles.

    `as_of` is the local day up to which clock rules look; today in the patient's zone when None.
    `reason` is what a flag says that is no longer supported.
    `told`, when nothing else has changed: what was said, corrected or taken back, `since` being the first
    of their days. Then no more days are judged than these can change. `asked` is what `ask` sent for, when
    it was sent with the write.
    Rules that crash cost neither the entry nor the other rules: the team gets a flag that says so.
    """
    today = as_of or _today(at, patient)
    if asked is None or asked.today != today:
        asked = _ask(patient, since=since, today=today, told=told)
    stored = asked.flags()
    try:
        found = _evaluate(patient, stored, asked, since=since, told=told)
    except DatabaseError:
        raise  # nothing more can be written in this transaction
    except Exception as error:  # noqa: BLE001  the entry must be kept whatever the rules do
        log.error("evaluation failed: %s", type(error).__name__)
        found = Found([_not_evaluated(since or today)], unknown={flag.pattern for flag in stored})
    return _reconcile(at, patient, stored, found, since=since, reason=reason)


@dataclass(frozen=True)
class Asked:
    """What an evaluation reads, sent for: flags, and what was said up to day `until` (all when None)."""

    today: date
    until: date | None
    flags: Callable[[], list[Flag]]
    history: Callable[[Patient], History]


def ask(*, at: datetime, patient: Patient, told: Sequence[Told]) -> Asked:
    """Sends for what `run` will read once `told` is stored; for the same pipeline as the write itself."""
    since = min(one.day for one in told)
    return _ask(patient, since=since, today=_today(at, patient), told=told)


def _ask(patient: Patient, *, since: date | None, today: date, told: Sequence[Told] | None) -> Asked:
    until = reach.until(told) if told else None
    if until and until >= today + AHEAD:
        until = None
    return Asked(
        today=today,
        until=until,
        flags=load.ask_flags(patient, since=since),
        history=load.ask_history(patient, since=since, until=until),
    )


def _today(at: datetime, patient: Patient) -> date:
    return at.astimezone(patient.timezone).date()


def _evaluate(
    patient: Patient,
    stored: list[Flag],
    asked: Asked,
    *,
    since: date | None,
    told: Sequence[Told] | None,
) -> Found:
    today, until = asked.today, asked.until
    history = asked.history(patient)
    days = reach.days(told, history) if told else None
    actions = load.actions(stored)
    known = [load.raised(flag) for flag in stored if flag.supported and flag.pattern != NOT_EVALUATED]
    result = engine.evaluate(
        history, actions=actions, as_of=today, since=since, known=known, days=days, until=until
    )
    if not result.settled:
        history = load.history(patient, since=since)
        result = engine.evaluate(history, actions=actions, as_of=today, since=since, known=known, days=days)
    for failure in result.failures:
        log.error("rule %s failed: %s", failure.pattern, failure.error_type)
    crashed = [_not_evaluated(day) for day in {failure.day for failure in result.failures}]
    unknown = {failure.pattern for failure in result.failures} | {NOT_EVALUATED}
    return Found([*result.flags, *crashed], unknown)


def _not_evaluated(day: date) -> RaisedFlag:
    return RaisedFlag(
        pattern=NOT_EVALUATED,
        rule_version=1,
        urgency=Urgency.SAME_DAY,
        day=day,
        keys=("whole",),
        met={"whole": (day,)},
        evidence={},
        arms=(),
        numbers={},
        why=texts.text(NOT_EVALUATED, "en").why["why"],
        said=said(),
        why_clinician="At least one rule could not be evaluated. Please read the entries of this day.",
    )


def _reconcile(
    at: datetime,
    patient: Patient,
    stored: list[Flag],
    found: Found,
    *,
    since: date | None,
    reason: str,
) -> Reconciled:
    """Opens what is new, updates what was joined, marks what the facts no longer support.

    A stored flag of a pattern that could not be judged stays as it is.
    """
    known = {(flag.pattern, flag.day): flag for flag in stored}
    result = Reconciled([*stored])
    for raised in found.flags:
        flag = known.pop((raised.pattern, raised.day), None)
        if flag is None:
            result.opened.append(_open(at, patient, raised))
            result.flags.append(result.opened[-1])
        elif raised.pattern not in found.unknown and _differs(flag, raised):
            reopened = _update(flag, raised)
            result.changed.append(flag)
            if reopened:
                result.opened.append(flag)
    for flag in known.values():
        if flag.supported and flag.pattern not in found.unknown and (since is None or flag.day >= since):
            _unsupport(flag, reason)
            result.changed.append(flag)
    if result.opened or result.changed:
        firings.save(at=at, patient=patient, opened=result.opened, changed=result.changed)
    if any(flag.status == Flag.Status.SUPERSEDED for flag in result.changed):
        outbox.plan_changed(at=at, patient=patient)  # what it held is held no longer
    return result


def _differs(flag: Flag, raised: RaisedFlag) -> bool:
    """Whether the stored flag says something else than the facts do now."""
    now = _columns(raised)
    return not flag.supported or any(getattr(flag, name) != value for name, value in now.items())


def _columns(raised: RaisedFlag) -> dict[str, Any]:
    """What the rule saw, as the flag's columns."""
    return {
        "rule_version": raised.rule_version,
        "met": _iso(raised.met),
        "last_met": raised.last_met,
        "evidence": {day.isoformat(): list(entries) for day, entries in raised.evidence.items()},
        "covered": _iso(raised.covered),
        "arms": list(raised.arms),
        "numbers": dict(raised.numbers),
        "why": raised.why,
        "why_params": [one.as_json() for one in raised.said],
        "why_clinician": raised.why_clinician,
    }


def _iso(days_by_name: Mapping[str, tuple[date, ...]]) -> dict[str, list[str]]:
    return {name: [day.isoformat() for day in days] for name, days in days_by_name.items()}


def _due(at: datetime, urgency: Urgency) -> datetime:
    within = NEXT_REVIEW if urgency.due_within is None else urgency.due_within
    return at + (within or EMERGENCY_CHASED_AFTER)


def _open(at: datetime, patient: Patient, raised: RaisedFlag) -> Flag:
    rule = engine.BY_PATTERN.get(raised.pattern)
    return Flag(
        patient=patient,
        pattern=raised.pattern,
        urgency=raised.urgency.value,
        holds_exercise=rule.holds_exercise if rule else False,
        day=raised.day,
        raised_at=at,
        due_at=_due(at, raised.urgency),
        owner_id=patient.physiotherapist_id,
        **_columns(raised),
    )


def _update(flag: Flag, raised: RaisedFlag) -> bool:
    """Joined or corrected evidence; true when a superseded flag is supported, and so open, again."""
    for name, value in _columns(raised).items():
        setattr(flag, name, value)
    flag.supported, flag.superseded_reason = True, ""
    if flag.status != Flag.Status.SUPERSEDED:
        return False
    flag.status = Flag.Status.OPEN
    return True


def _unsupport(flag: Flag, reason: str) -> None:
    """Untouched flags become superseded; a touched one keeps its state until a person closes it."""
    flag.supported, flag.superseded_reason = False, reason
    if flag.status == Flag.Status.OPEN:
        flag.status = Flag.Status.SUPERSEDED

"""Many entries of one patient in one write: one revision, one evaluation, however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from journal import rows
from journal.accounts.models import Patient, User
from journal.actions import arrivals, changes, evaluation, exercise_pauses
from journal.actions.arrivals import NOTHING_FOUND
from journal.actions.entries import by_urgency, check_time, columns_of, snapshot
from journal.actions.refusals import ConflictError
from journal.content.reach import Told
from journal.content.report import Report
from journal.models import Change, Entry, EntryVersion, Flag

SAID = ("recorded_at", "utc_offset", "timezone", "local_date", "report", "digest")
WRITTEN = [*SAID, "version", "received_at", "deleted_at", "revision", "outcome"]
AT_A_TIME = 200


@dataclass(frozen=True)
class Saying:
    """What the patient says in one entry; `recorded_at` is aware, `timezone` an IANA name."""

    client_id: UUID
    recorded_at: datetime
    timezone: str
    report: Report


@dataclass(frozen=True)
class Written:
    """The rows as written, with their outcome, and the flags that the batch opened, most urgent first."""

    entries: list[Entry]
    opened: list[Flag]


def write(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    new: Sequence[Saying],
    edits: Sequence[tuple[Entry, Saying]],
    withdrawn: Sequence[Entry],
) -> Written:
    """Stores new entries, new versions and withdrawals, then evaluates once from the earliest day touched.

    `patient` is locked by the caller, who read the stored rows under that lock. `check_time` is the caller's
    to ask: one entry out of time must not cost the others.
    """
    alone = not (edits or withdrawn)
    created, asked = _store(by=by, at=at, patient=patient, new=new, alone=alone)
    earlier = [_said_in(entry) for entry, _ in edits]
    _keep([entry for entry, _ in edits])
    edited = [_edited(entry, saying, at) for entry, saying in edits]
    for entry in withdrawn:
        entry.deleted_at = at
    for entry in (*edited, *withdrawn):
        entry.revision, entry.outcome = patient.revision, {**NOTHING_FOUND}
    Entry.objects.bulk_update([*edited, *withdrawn], WRITTEN, batch_size=AT_A_TIME)
    written = [*created, *edited, *withdrawn]
    opened = _evaluate(at, patient, written, told=[*earlier, *map(_said_in, written)], asked=asked)
    for entry in written:
        exercise_pauses.of_entry(at=at, patient=patient, entry=entry)
    verbs = (("amended", edited), ("withdrawn", withdrawn))
    Change.objects.bulk_create(
        [_change(entry, patient, verb=verb, by=by, at=at) for verb, found in verbs for entry in found],
        batch_size=AT_A_TIME,
    )
    return Written(written, opened)


def _store(
    *, by: User | None, at: datetime, patient: Patient, new: Sequence[Saying], alone: bool
) -> tuple[list[Entry], evaluation.Asked | None]:
    """The new entries under the patient's next revision, which edits and withdrawals of the batch share.

    Where they are all that is written, what the evaluation reads comes with them.
    """
    if not new:
        changes.next_revision(patient)
        return [], None
    said = [{"client_id": saying.client_id, "version": 1, **_columns(saying)} for saying in new]
    told = [Told(one["local_date"], one["report"]) for one in said]
    with rows.at_once():
        storing = arrivals.store(by=by, at=at, patient=patient, said=said)
        asked = evaluation.ask(at=at, patient=patient, told=told) if alone else None
    stored = storing()
    if stored is None:
        raise ConflictError("An id of these was already used.")
    locked, created = stored
    patient.revision = locked.revision
    return created, asked


def _columns(saying: Saying) -> dict[str, Any]:
    return columns_of(recorded_at=saying.recorded_at, timezone=saying.timezone, report=saying.report)


def _edited(entry: Entry, saying: Saying, at: datetime) -> Entry:
    for name, value in _columns(saying).items():
        setattr(entry, name, value)
    entry.version, entry.received_at = entry.version + 1, at
    return entry


def _keep(entries: Sequence[Entry]) -> None:
    """The versions that are about to be replaced, as they were received."""
    names = ("patient_id", "version", "received_at", "revision", "outcome", *SAID)
    EntryVersion.objects.bulk_create(
        [EntryVersion(entry=entry, **{name: getattr(entry, name) for name in names}) for entry in entries],
        batch_size=AT_A_TIME,
    )


def _said_in(entry: Entry) -> Told:
    return Told(entry.local_date, entry.report)


def _evaluate(
    at: datetime,
    patient: Patient,
    written: Sequence[Entry],
    *,
    told: Sequence[Told],
    asked: evaluation.Asked | None,
) -> list[Flag]:
    """Each entry keeps what it was answered: the flags that it completed, the advice of its day."""
    since = min(one.day for one in told)
    result = evaluation.run(at=at, patient=patient, since=since, told=told, asked=asked)
    opened = sorted(result.opened, key=by_urgency)
    said = [entry for entry in written if entry.deleted_at is None]
    completed, advice = _completed_by(said, opened), _advice_by_day(result.flags)
    answered = []
    for entry in said:
        flags, pattern = completed.get(entry.pk, []), advice.get(entry.local_date.isoformat())
        if flags or pattern:
            entry.outcome = {"flags": flags, "advice": pattern}
            answered.append(entry)
    arrivals.keep_outcomes(patient=patient, entries=answered)
    return opened


def _completed_by(written: Sequence[Entry], opened: Sequence[Flag]) -> dict[int, list[dict[str, Any]]]:
    """Each flag goes with the last said of its entries: the one that would have opened it, sent alone."""
    by_id = {str(entry.client_id): entry for entry in written}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for flag in opened:
        evidence = [by_id[entry] for entry in flag.entry_ids if entry in by_id]
        if evidence:
            found[max(evidence, key=lambda entry: (entry.recorded_at, entry.pk)).pk].append(snapshot(flag))
    return found


def _advice_by_day(flags: Sequence[Flag]) -> dict[str, str]:
    """The most urgent pattern met on each local day: a report that joins a flag needs the advice as much."""
    found: dict[str, str] = {}
    for flag in sorted(flags, key=by_urgency):
        for day in flag.days_met if flag.supported else ():
            found.setdefault(day, flag.pattern)
    return found


def _change(entry: Entry, patient: Patient, *, verb: str, by: User | None, at: datetime) -> Change:
    return Change(
        patient=patient,
        revision=entry.revision,
        verb=f"entry.{verb}",
        subject=f"entry:{entry.client_id}",
        by=by,
        at=at,
    )


__all__ = ["Saying", "Written", "check_time", "write"]

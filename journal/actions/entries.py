"""What a patient says: recorded, corrected, withdrawn. Each write is judged by the rules before it ends."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from journal.accounts.models import Patient, User
from journal.actions import arrivals, changes, evaluation, exercise_pauses
from journal.actions.refusals import ConflictError, NotInTimeError, StaleError
from journal.content.reach import Told
from journal.content.report import Report
from journal.content.rule import Urgency
from journal.models import Entry, EntryVersion, Flag

AHEAD, BACK = timedelta(hours=24), timedelta(days=400)
URGENCIES = list(Urgency)


@dataclass(frozen=True)
class Recorded:
    """One version of an entry, and what was answered when it was written.

    `flags` are snapshots of what the write opened, most urgent first; `advice_pattern` is the most urgent
    pattern that the entry met, opened or joined; `created` is false when nothing new was stored.
    """

    entry: Entry | EntryVersion
    client_id: UUID
    created: bool

    @property
    def flags(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.entry.outcome.get("flags", [])
        return found

    @property
    def advice_pattern(self) -> str | None:
        found: str | None = self.entry.outcome.get("advice")
        return found


def record(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    client_id: UUID,
    recorded_at: datetime,
    timezone: str,
    report: Report,
    version: int = 1,
) -> Recorded:
    """Stores one entry and evaluates the rules, in one transaction under the lock of the patient's row.

    `recorded_at` is aware, `timezone` the IANA zone of the phone; the entry's day is the calendar date
    there (G1). The same id with the same content gives the first answer again, whatever happened since.

    Raises:
        ConflictError: the id was used for other content.
        NotInTimeError: recorded more than 24 hours ahead of `at` or more than 400 days back.
    """
    said = columns_of(recorded_at=recorded_at, timezone=timezone, report=report)
    new = {"client_id": client_id, "version": version, **said}
    with transaction.atomic():
        in_time = -BACK <= recorded_at - at <= AHEAD
        stored = arrivals.store(by=by, at=at, patient=patient, said=[new]) if in_time else None
        if stored is not None:
            locked, [entry] = stored
            _judge(at=at, patient=locked, entry=entry)
            return Recorded(entry=entry, client_id=client_id, created=True)
        known = Entry.objects.filter(patient=patient, client_id=client_id).first()
        if known is None:
            check_time(at, recorded_at)
            raise Patient.DoesNotExist
        return _again(known, version=version, said=said)


def record_same(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    client_id: UUID,
    recorded_at: datetime,
    timezone: str,
    same_as: UUID,
) -> Recorded:
    """One entry that says again what an earlier one says (`Report.again`), stored whole.

    The same id again gives the first answer, also when the earlier entry was edited or withdrawn since.

    Raises:
        Entry.DoesNotExist: the patient has no such earlier entry.
        ConflictError, NotInTimeError: as for `record`.
    """
    with changes.locked(patient) as locked:
        known = Entry.objects.filter(patient=locked, client_id=client_id).first()
        if known is not None:
            reports = _ever_said(locked, same_as)
            said = [columns_of(recorded_at=recorded_at, timezone=timezone, report=one) for one in reports]
            first = _version(known, 1)
            same = next((one for one in said if first and first.digest == one["digest"]), {"digest": ""})
            return _again(known, version=1, said=same)
        source = Entry.objects.current().get(patient=locked, client_id=same_as)
        return record(
            by=by,
            at=at,
            patient=locked,
            client_id=client_id,
            recorded_at=recorded_at,
            timezone=timezone,
            report=Report.model_validate(source.report).again(),
        )


def _ever_said(patient: Patient, client_id: UUID) -> list[Report]:
    """What an entry says, and what each of its earlier versions said, as far as it may be said again."""
    entries = Entry.objects.filter(patient=patient, client_id=client_id)
    versions = EntryVersion.objects.filter(patient=patient, entry__in=entries)
    documents = [*entries.values_list("report", flat=True), *versions.values_list("report", flat=True)]
    return [Report.model_validate(document).again() for document in documents]


def amend(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    client_id: UUID,
    recorded_at: datetime,
    timezone: str,
    report: Report,
    version: int | None = None,
    expected_version: int | None = None,
) -> Recorded:
    """A new version of an entry; the highest version counts, in whatever order versions arrive (G2).

    What changes nothing makes none. `version` is the phone's number, the next one when None; with
    `expected_version`, a change that somebody else made in the meantime is refused.

    Raises:
        Entry.DoesNotExist: the patient has no such entry.
        StaleError: the entry is no longer at `expected_version`.
        ConflictError: this version was used for other content.
    """
    said = columns_of(recorded_at=recorded_at, timezone=timezone, report=report)
    with changes.locked(patient) as locked:
        entry = Entry.objects.current().get(patient=locked, client_id=client_id)
        if expected_version is not None and entry.version != expected_version:
            raise StaleError("This entry was changed in the meantime. Fetch it and try again.")
        check_time(at, recorded_at)
        if version is None and all(getattr(entry, name) == value for name, value in said.items()):
            return Recorded(entry=entry, client_id=client_id, created=False)
        number = version or entry.version + 1
        known = _version(entry, number)
        if known is not None:
            return _again(entry, version=number, said=said)
        if number < entry.version:
            _keep(entry, version=number, received_at=at, outcome={}, said=said)
            return Recorded(entry=entry, client_id=client_id, created=False)
        _keep_current(entry)
        earlier = Told(entry.local_date, entry.report)
        for name, value in (*said.items(), ("version", number), ("received_at", at)):
            setattr(entry, name, value)
        return _write(by=by, at=at, patient=locked, entry=entry, verb="entry.amended", earlier=earlier)


def withdraw(
    *, by: User | None, at: datetime, patient: Patient, client_id: UUID, expected_version: int | None = None
) -> None:
    """The patient takes an entry back: it no longer counts, and is never erased by this.

    Raises:
        Entry.DoesNotExist: the patient has no such entry.
        StaleError: the entry is no longer at `expected_version`.
    """
    with changes.locked(patient) as locked:
        entry = Entry.objects.current().get(patient=locked, client_id=client_id)
        if expected_version is not None and entry.version != expected_version:
            raise StaleError("This entry was changed in the meantime. Fetch it and try again.")
        entry.deleted_at = at
        _write(by=by, at=at, patient=locked, entry=entry, verb="entry.withdrawn")


def columns_of(*, recorded_at: datetime, timezone: str, report: Report) -> dict[str, Any]:
    """The columns that hold what the phone sent."""
    offset = recorded_at.utcoffset() or timedelta()
    local_date = recorded_at.astimezone(ZoneInfo(timezone)).date()
    return {
        "recorded_at": recorded_at,
        "utc_offset": int(offset.total_seconds() // 60),
        "timezone": timezone,
        "local_date": local_date,
        "report": report.document(),
        "digest": _digest(recorded_at, timezone, report),
    }


def _digest(recorded_at: datetime, timezone: str, report: Report) -> str:
    """Equal when the same was said at the same moment in the same zone, however the moment is spelled."""
    moment = recorded_at.astimezone(UTC).isoformat()
    return hashlib.sha256(f"{moment} {timezone} {report.digest()}".encode()).hexdigest()


def check_time(at: datetime, recorded_at: datetime) -> None:
    if recorded_at - at > AHEAD:
        raise NotInTimeError("Recorded more than 24 hours ahead of now. Please check the clock of the phone.")
    if at - recorded_at > BACK:
        raise NotInTimeError("Recorded more than 400 days ago.")


def _version(entry: Entry, number: int) -> Entry | EntryVersion | None:
    if entry.version == number:
        return entry
    return EntryVersion.objects.filter(patient_id=entry.patient_id, entry=entry, version=number).first()


def _again(entry: Entry, *, version: int, said: dict[str, Any]) -> Recorded:
    """The same version a second time: the first answer, or a refusal when the content is another."""
    known = _version(entry, version)
    if known is None or known.digest != said["digest"]:
        raise ConflictError("This id was already used for an entry with other content.")
    return Recorded(entry=known, client_id=entry.client_id, created=False)


def _keep(
    entry: Entry, *, version: int, received_at: datetime, outcome: dict[str, Any], said: dict[str, Any]
) -> None:
    EntryVersion.objects.create(
        patient_id=entry.patient_id,
        entry=entry,
        version=version,
        received_at=received_at,
        revision=entry.revision,
        outcome=outcome,
        **said,
    )


def _keep_current(entry: Entry) -> None:
    """The version that is about to be replaced, as it was received."""
    names = ("recorded_at", "utc_offset", "timezone", "local_date", "report", "digest")
    said = {name: getattr(entry, name) for name in names}
    _keep(entry, version=entry.version, received_at=entry.received_at, outcome=entry.outcome, said=said)


def _write(
    *, by: User | None, at: datetime, patient: Patient, entry: Entry, verb: str, earlier: Told | None = None
) -> Recorded:
    """Saves the entry, evaluates, answers: the end of a correction and of a withdrawal."""
    entry.revision = changes.next_revision(patient)
    entry.outcome = {**arrivals.NOTHING_FOUND}
    entry.save()
    _judge(at=at, patient=patient, entry=entry, earlier=earlier)
    changes.record(by=by, at=at, patient=patient, verb=verb, subject=f"entry:{entry.client_id}")
    return Recorded(entry=entry, client_id=entry.client_id, created=True)


def _judge(*, at: datetime, patient: Patient, entry: Entry, earlier: Told | None = None) -> None:
    """Evaluates, and keeps with the stored entry what it is answered."""
    now = Told(entry.local_date, entry.report)
    told = [now] if earlier is None else [earlier, now]
    result = evaluation.run(at=at, patient=patient, since=min(one.day for one in told), told=told)
    exercise_pauses.of_entry(at=at, patient=patient, entry=entry)
    opened = sorted(result.opened, key=by_urgency)
    met = sorted(_met_on(entry.local_date, result.flags), key=by_urgency)
    if opened or met:
        entry.outcome = {
            "flags": [snapshot(flag) for flag in opened],
            "advice": met[0].pattern if met else None,
        }
        arrivals.keep_outcomes(patient=patient, entries=[entry])


def _met_on(day: date, flags: Iterable[Flag]) -> list[Flag]:
    """Flags whose pattern was met on this day: a report that joins a flag needs the advice as much."""
    return [flag for flag in flags if flag.supported and day.isoformat() in flag.days_met]


def by_urgency(flag: Flag) -> tuple[int, str]:
    return URGENCIES.index(Urgency(flag.urgency)), flag.pattern


def snapshot(flag: Flag) -> dict[str, Any]:
    """A flag as it is answered at this moment; texts are added in the reader's language at the edge."""
    return {
        "id": str(flag.pk),
        "pattern": flag.pattern,
        "urgency": flag.urgency,
        "status": flag.status,
        "day": flag.day.isoformat(),
        "raised_at": flag.raised_at.isoformat(),
        "why": flag.why,
        "why_params": flag.why_params,
        "entry_ids": flag.entry_ids,
        "rule_version": flag.rule_version,
        "days_met": flag.days_met,
        "evidence": flag.evidence,
        "numbers": flag.numbers,
    }

"""The table `entries`: made, corrected and taken back on the phone; judged by the rules here."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from journal.accounts.models import Patient
from journal.actions import batches
from journal.actions.batches import Saying
from journal.actions.entries import snapshot
from journal.actions.refusals import NotInTimeError
from journal.content.report import Report
from journal.models import Entry
from journal.rows import array, by_sql
from journal.sync import strict_json
from journal.sync.columns import YEAR_2100, Milliseconds, Ours, Row, Zone, milliseconds, moment
from journal.sync.faults import Fault, faults_of
from journal.sync.merge import Content, Verdict, judge, same_moment
from journal.sync.table import (
    Changes,
    FaultsError,
    Gone,
    NotTakenError,
    Sent,
    Stored,
    Visit,
    read,
    with_verdict,
)

OURS = frozenset({"local_date", "version"})
LONGEST_REPORT = 262_144
# By plain SQL, since an app asks whenever it comes to the front.
_SINCE = """
SELECT {columns} FROM journal_entry AS entry
WHERE patient_id = %(patient)s AND revision > %(since)s ORDER BY revision, id
"""
_KNOWN = """
SELECT {columns} FROM journal_entry AS entry
WHERE patient_id = %(patient)s AND client_id = ANY(%(ids)s::uuid[])
"""


class UnreadableReportError(ValueError):
    """The document of an entry is no JSON that can be read in one way."""


class EntryRow(Row):
    """One entry as a phone pushes it: always the whole row."""

    recorded_at: Milliseconds = Field(
        description="When the patient said it: whole milliseconds since 1970, UTC. "
        "At most 24 hours ahead, 400 days back."
    )
    timezone: Zone = Field(
        description="IANA zone of the phone at that moment; the entry's local day is the date there.",
        examples=["Europe/Berlin"],
    )
    report: Annotated[str, Field(max_length=LONGEST_REPORT)] = Field(
        description="The document of an entry (its fields as in `POST /entries`, without id, recorded_at "
        "and timezone) as JSON text.",
        examples=['{"pains":[{"site":"lumbar","side":"midline","severity":3}]}'],
    )
    local_date: Any = Ours
    version: Any = Ours


class Entries(Stored):
    """Writes all entries of a push at once: the rules look at the history once, not once a row.

    Only the patient's own phones write here, so an unseen change is what was said on another phone. That is
    news for whatever this phone says, be it the same row or a new one: it pulls first.
    """

    key = "client_id"
    model = Entry

    def unseen(self, patient: Patient, ids: Collection[UUID], *, since: int) -> set[UUID]:
        return set(ids) if self.stored(patient).filter(revision__gt=since).exists() else set()

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        if since is None:
            every = Entry.objects.filter(patient=patient).current().order_by("revision", "id")
            return Changes([shown(entry) for entry in every])
        changed = [entry for entry, _ in by_sql(Entry, _SINCE, {"patient": patient.pk, "since": since})]
        return Changes(
            [shown(entry) for entry in changed if entry.deleted_at is None],
            [str(entry.client_id) for entry in changed if entry.deleted_at],
        )

    def push(self, visit: Visit, rows: Sequence[Sent], deleted: Sequence[Gone]) -> None:
        wanted = [*(row.id for row in rows), *(gone.id for gone in deleted)]
        if not wanted:
            return
        known = by_sql(Entry, _KNOWN, {"patient": visit.patient.pk, "ids": array(wanted)})
        plan = _Plan(visit, {entry.client_id: entry for entry, _ in known})
        for row in rows:
            with_verdict(visit, row, partial(plan.take, row))
        for gone in deleted:
            plan.take_back(gone.id)
        plan.write()


class _Plan:
    """What one push will write, decided row by row."""

    def __init__(self, visit: Visit, known: dict[UUID, Entry]) -> None:
        self.visit, self.known = visit, known
        self.new: list[Saying] = []
        self.edits: list[tuple[Entry, Saying]] = []
        self.withdrawn: list[Entry] = []

    def take(self, row: Sent) -> None:
        try:
            saying = _saying(row)
        except (ValidationError, UnreadableReportError) as error:
            raise FaultsError(_faults(row, self.visit.at)) from error
        stored = self.known.get(row.id)
        verdict = Verdict.NEW
        if stored:
            verdict = judge(_sent(saying), _stored(stored), withdrawn=stored.deleted_at is not None)
        if verdict is Verdict.GONE:
            raise NotTakenError("This entry was taken back. Make a new one.", code="withdrawn")
        if stored and verdict is Verdict.SAME:
            self._again(stored)
            return
        batches.check_time(self.visit.at, saying.recorded_at)
        if stored:
            self.edits.append((stored, _as_known(saying, stored)))
        else:
            self.new.append(saying)

    def take_back(self, row_id: UUID) -> None:
        """An id that the server never saw, or that is gone already, is done."""
        stored = self.known.get(row_id)
        if stored and stored.deleted_at is None:
            self.withdrawn.append(stored)

    def write(self) -> None:
        if not (self.new or self.edits or self.withdrawn):
            return
        written = batches.write(
            by=self.visit.by,
            at=self.visit.at,
            patient=self.visit.patient,
            new=self.new,
            edits=self.edits,
            withdrawn=self.withdrawn,
        )
        self.visit.flags.extend(map(snapshot, written.opened))
        for entry in written.entries:
            self._advise(entry)

    def _again(self, entry: Entry) -> None:
        """What was answered to the first push of this version, for the phone that never heard it."""
        self.visit.flags.extend(entry.outcome.get("flags", []))
        self._advise(entry)

    def _advise(self, entry: Entry) -> None:
        pattern = entry.outcome.get("advice")
        if pattern:
            self.visit.advice_patterns.append(pattern)


def _saying(row: Sent) -> Saying:
    """The typed entry. The offset that a phone doesn't send follows from moment and zone."""
    sent = read(EntryRow, row, ours=OURS)
    return Saying(
        client_id=row.id,
        recorded_at=moment(sent.recorded_at).astimezone(ZoneInfo(sent.timezone)),
        timezone=sent.timezone,
        report=_report(sent.report),
    )


def _report(text: str) -> Report:
    try:
        document = strict_json.loads(text)
    except ValueError as error:
        raise UnreadableReportError(f"Not valid JSON: {error}") from error
    return Report.model_validate(document)


def _faults(row: Sent, at: datetime) -> Iterator[Fault]:
    """All that is wrong with a row, be it a column, the document in it, or its time."""
    said, text = row.columns.get("recorded_at"), row.columns.get("report")
    try:
        EntryRow.model_validate(row.columns)
    except ValidationError as error:
        yield from faults_of(error, within=row.pointer)
    if isinstance(text, str) and len(text) <= LONGEST_REPORT:
        yield from _faults_of_report(text, f"{row.pointer}/report")
    if isinstance(said, int) and 0 <= said <= YEAR_2100:
        try:
            batches.check_time(at, moment(said))
        except NotInTimeError as error:
            yield Fault(f"{row.pointer}/recorded_at", error.code, str(error))


def _faults_of_report(text: str, pointer: str) -> Iterator[Fault]:
    try:
        _report(text)
    except UnreadableReportError as error:
        yield Fault(pointer, "invalid-json", str(error))
    except ValidationError as error:
        yield from faults_of(error, within=pointer)


def _sent(saying: Saying) -> Content:
    return Content(saying.recorded_at, saying.timezone, saying.report.document())


def _stored(entry: Entry) -> Content:
    return Content(entry.recorded_at, entry.timezone, entry.report)


def _as_known(saying: Saying, stored: Entry) -> Saying:
    """An edit that leaves the moment alone keeps it whole, with the offset in which it was said."""
    if not same_moment(saying.recorded_at, stored.recorded_at):
        return saying
    return Saying(saying.client_id, _said_at(stored), saying.timezone, saying.report)


def _said_at(entry: Entry) -> datetime:
    return entry.recorded_at.astimezone(timezone(timedelta(minutes=entry.utc_offset)))


def shown(entry: Entry) -> dict[str, Any]:
    """One entry as a phone keeps it."""
    return {
        "id": str(entry.client_id),
        "recorded_at": milliseconds(entry.recorded_at),
        "timezone": entry.timezone,
        "report": strict_json.dumps(entry.report),
        "local_date": entry.local_date.isoformat(),
        "version": entry.version,
    }

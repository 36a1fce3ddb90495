"""What a phone did while nobody listened: one call, one transaction, a verdict on each row."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, FailFast, Field

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import RefusedError
from journal.sync import strict_json
from journal.sync.faults import Fault
from journal.sync.pull import AHEAD, CursorAheadError
from journal.sync.table import MOST_TOLD, Gone, Sent, Table, Visit

MOST_ROWS = 5_000
CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Id = Annotated[str, Field(max_length=64)]
# The first row that is none ends the reading: a million of them would need as many reasons.
Rows = Annotated[list[dict[str, Any]], FailFast()]
Ids = Annotated[list[Id], FailFast()]


class OvertakenError(RefusedError):
    """Something changed since the phone's last pull."""

    code = "pull-first"


class TooManyRowsError(RefusedError):
    """More rows than one push may carry."""

    code = "too-many-rows"


class SentTable(BaseModel):
    """What a phone did in one table."""

    model_config = ConfigDict(extra="forbid", strict=True)

    created: Rows = Field(default=[], description="Whole rows that the phone made.")
    updated: Rows = Field(default=[], description="Whole rows that the phone changed.")
    deleted: Ids = Field(default=[], description="Ids that the phone deleted.")

    @property
    def length(self) -> int:
        return len(self.created) + len(self.updated) + len(self.deleted)


@dataclass(frozen=True)
class Pushed:
    """What became of a push: `rejected` ids by table, the reasons and how many more there are, the flags that
    it opened or repeats.
    """

    rejected: dict[str, list[str]]
    faults: list[Fault]
    left_out: int
    flags: list[dict[str, Any]]
    advice_patterns: list[str]
    revision: int


@dataclass(frozen=True)
class _Load:
    """What a push has for one table, as far as its ids can be read."""

    name: str
    visit: Visit
    rows: list[Sent]
    deleted: list[Gone]

    @property
    def ids(self) -> set[UUID]:
        return {*(row.id for row in self.rows), *(gone.id for gone in self.deleted)}


def push(
    *,
    by: User,
    at: datetime,
    patient: Patient,
    since: int | None,
    sent: Mapping[str, SentTable],
    tables: Mapping[str, Table],
) -> Pushed:
    """Takes all rows that may be taken; the others are named with their reasons.

    A push that repeats what is stored writes nothing and succeeds, however old `since` is: that is a reply
    which got lost. One that would write over a row which changed since, unseen by this phone, is refused as a
    whole; what the server did to other rows in the meantime refuses nothing.

    Raises:
        OvertakenError: a row that this push changes was changed after `since`.
        CursorAheadError: `since` lies ahead of the patient's revision.
        TooManyRowsError: more than 5,000 rows.
    """
    if sum(table.length for table in sent.values()) > MOST_ROWS:
        raise TooManyRowsError(f"One push may carry {MOST_ROWS} rows.")
    with changes.locked(patient) as locked:
        before = locked.revision
        if since is not None and since > before:
            raise CursorAheadError(AHEAD)
        loads = [_load(Visit(by, at, locked), name, sent[name]) for name in _order(sent, tables)]
        unseen = _unseen(loads, tables, since or 0) if since != before else []
        for load in loads:
            _take(load, tables)
        if any(tables[name].written(locked, ids, after=before) for name, ids in unseen):
            raise OvertakenError("Something changed since the last pull. Pull, then push again.")
        return _pushed({load.name: load.visit for load in loads}, changes.revision_of(locked))


def _order(sent: Mapping[str, SentTable], tables: Mapping[str, Table]) -> list[str]:
    """Known tables in the server's order, then the unknown ones."""
    return [*(name for name in tables if name in sent), *(name for name in sent if name not in tables)]


def _load(visit: Visit, name: str, sent: SentTable) -> _Load:
    return _Load(name, visit, *_readable(visit, name, sent))


def _unseen(loads: list[_Load], tables: Mapping[str, Table], since: int) -> list[tuple[str, set[UUID]]]:
    """By table, the ids that this push must leave as they are, or be refused."""
    found = [
        (load.name, tables[load.name].unseen(load.visit.patient, load.ids, since=since))
        for load in loads
        if load.name in tables and load.ids
    ]
    return [(name, ids) for name, ids in found if ids]


def _take(load: _Load, tables: Mapping[str, Table]) -> None:
    if load.name in tables:
        tables[load.name].push(load.visit, load.rows, load.deleted)
        return
    for row in load.rows:
        load.visit.refuse(row.id, Fault(row.pointer, "unknown-table", "There is no such table."))


def _readable(visit: Visit, name: str, sent: SentTable) -> tuple[list[Sent], list[Gone]]:
    """Rows with an id that can be stored and that stands once in the table; deletes of other ids are done."""
    lists = (("created", sent.created), ("updated", sent.updated))
    table = _escaped(name)
    rows = [(f"/{table}/{kind}/{place}", row) for kind, found in lists for place, row in enumerate(found)]
    times = Counter([*[str(row.get("id")) for _, row in rows], *set(sent.deleted)])
    taken = []
    for pointer, row in rows:
        row_id = row.get("id")
        if not isinstance(row_id, str) or not CANONICAL.fullmatch(row_id):
            detail = "An id is a UUID as text, in lower case with hyphens."
            visit.refuse(_as_text(row_id), Fault(f"{pointer}/id", "invalid-id", detail))
        elif times[row_id] > 1:
            visit.refuse(row_id, Fault(f"{pointer}/id", "id-twice", "This id stands twice in this push."))
        else:
            taken.append(Sent(pointer, UUID(row_id), row))
    deleted = [
        Gone(f"/{table}/deleted/{place}", UUID(row_id))
        for place, row_id in enumerate(sent.deleted)
        if CANONICAL.fullmatch(row_id) and times[row_id] == 1
    ]
    return taken, deleted


def _as_text(row_id: Any) -> str:
    return row_id if isinstance(row_id, str) else strict_json.dumps(row_id)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _pushed(visits: Mapping[str, Visit], revision: int) -> Pushed:
    flags = {flag["id"]: flag for visit in visits.values() for flag in visit.flags}
    found = [faults for visit in visits.values() for faults in visit.faults.values()]
    told = _told(found)
    return Pushed(
        rejected={name: list(visit.faults) for name, visit in visits.items() if visit.faults},
        faults=told,
        left_out=sum(map(len, found)) - len(told) + sum(visit.left_out for visit in visits.values()),
        flags=list(flags.values()),
        advice_patterns=[pattern for visit in visits.values() for pattern in visit.advice_patterns],
        revision=revision,
    )


def _told(found: list[list[Fault]]) -> list[Fault]:
    """All reasons, row by row; when they are too many, each row's first and as many others as there is room
    for.
    """
    room = max(MOST_TOLD - len(found), 0)
    told = []
    for first, *others in found:
        told += [first, *others[:room]]
        room -= len(others[:room])
    return told

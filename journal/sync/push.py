"""What a phone did while nobody listened: one call, one transaction, a verdict on each row."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import RefusedError
from journal.sync.pull import AHEAD, CursorAheadError
from journal.sync.table import Fault, Gone, Sent, Table, Visit

MOST_ROWS = 5_000
CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Id = Annotated[str, Field(max_length=64)]


class OvertakenError(RefusedError):
    """Something changed since the phone's last pull."""

    code = "pull-first"


class TooManyRowsError(RefusedError):
    """More rows than one push may carry."""

    code = "too-many-rows"


class SentTable(BaseModel):
    """What a phone did in one table."""

    model_config = ConfigDict(extra="forbid", strict=True)

    created: list[dict[str, Any]] = Field(default=[], description="Whole rows that the phone made.")
    updated: list[dict[str, Any]] = Field(default=[], description="Whole rows that the phone changed.")
    deleted: list[Id] = Field(default=[], description="Ids that the phone deleted.")

    @property
    def length(self) -> int:
        return len(self.created) + len(self.updated) + len(self.deleted)


@dataclass(frozen=True)
class Pushed:
    """What became of a push: `rejected` ids by table, every reason, the flags that it opened or repeats."""

    rejected: dict[str, list[str]]
    faults: list[Fault]
    flags: list[dict[str, Any]]
    advice_patterns: list[str]
    revision: int


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
    which got lost. One that would write over a state which the phone has not seen is refused as a whole.

    Raises:
        OvertakenError: the record changed after `since`, and this push would change it too.
        CursorAheadError: `since` lies ahead of the patient's revision.
        TooManyRowsError: more than 5,000 rows.
    """
    if sum(table.length for table in sent.values()) > MOST_ROWS:
        raise TooManyRowsError(f"One push may carry {MOST_ROWS} rows.")
    with changes.locked(patient) as locked:
        before = locked.revision
        if since is not None and since > before:
            raise CursorAheadError(AHEAD)
        visits = {
            name: _visit(Visit(by, at, locked), name, sent[name], tables) for name in _order(sent, tables)
        }
        locked.refresh_from_db(fields=["revision"])
        if before not in {locked.revision, since}:
            raise OvertakenError("Something changed since the last pull. Pull, then push again.")
        return _pushed(visits, locked.revision)


def _order(sent: Mapping[str, SentTable], tables: Mapping[str, Table]) -> list[str]:
    """Known tables in the server's order, then the unknown ones."""
    return [*(name for name in tables if name in sent), *(name for name in sent if name not in tables)]


def _visit(visit: Visit, name: str, sent: SentTable, tables: Mapping[str, Table]) -> Visit:
    rows, deleted = _readable(visit, name, sent)
    if name in tables:
        tables[name].push(visit, rows, deleted)
    else:
        for row in rows:
            visit.refuse(row.id, Fault(row.pointer, "unknown-table", "There is no such table."))
    return visit


def _readable(visit: Visit, name: str, sent: SentTable) -> tuple[list[Sent], list[Gone]]:
    """Rows with an id that can be stored and that stands once in the table; deletes of other ids are done."""
    lists = (("created", sent.created), ("updated", sent.updated))
    rows = [
        (f"/{_escaped(name)}/{kind}/{place}", row) for kind, found in lists for place, row in enumerate(found)
    ]
    times = Counter([*(str(row.get("id")) for _, row in rows), *set(sent.deleted)])
    taken = []
    for pointer, row in rows:
        row_id = row.get("id")
        if not isinstance(row_id, str) or not CANONICAL.fullmatch(row_id):
            detail = "An id is a UUID as text, in lower case with hyphens."
            visit.refuse(str(row_id), Fault(f"{pointer}/id", "invalid-id", detail))
        elif times[row_id] > 1:
            visit.refuse(row_id, Fault(f"{pointer}/id", "id-twice", "This id stands twice in this push."))
        else:
            taken.append(Sent(pointer, UUID(row_id), row))
    deleted = [
        Gone(f"/{_escaped(name)}/deleted/{place}", UUID(row_id))
        for place, row_id in enumerate(sent.deleted)
        if CANONICAL.fullmatch(row_id) and times[row_id] == 1
    ]
    return taken, deleted


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _pushed(visits: Mapping[str, Visit], revision: int) -> Pushed:
    flags = {flag["id"]: flag for visit in visits.values() for flag in visit.flags}
    return Pushed(
        rejected={name: list(visit.faults) for name, visit in visits.items() if visit.faults},
        faults=[fault for visit in visits.values() for found in visit.faults.values() for fault in found],
        flags=list(flags.values()),
        advice_patterns=[pattern for visit in visits.values() for pattern in visit.advice_patterns],
        revision=revision,
    )

"""What changed since a phone last asked, as the WatermelonDB protocol wants it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from journal.accounts.models import Patient
from journal.actions.refusals import RefusedError
from journal.rows import ask
from journal.sync.table import Changes, Table


class CursorAheadError(RefusedError):
    """The phone knows a revision that this server has never reached."""

    code = "cursor-ahead"


AHEAD = (
    "This phone has seen a later state than the server knows. Send its entries again, then pull everything "
    "with strategy=replacement."
)


@dataclass(frozen=True)
class Pulled:
    """One answer. `timestamp` is the patient's revision, from which the next pull goes on."""

    changes: dict[str, dict[str, Any]]
    timestamp: int
    replacement: bool


def pull(
    *,
    patient: Patient,
    since: int | None,
    tables: Mapping[str, Table],
    whole: Collection[str] = (),
    replacement: bool = False,
) -> Pulled:
    """Rows that changed after revision `since`; whole tables for None, for replacement and for `whole`.

    The revision is read before the rows: what is committed in between comes once more with the next pull,
    and nothing is left out.

    Raises:
        CursorAheadError: `since` lies ahead of the patient's revision, and no replacement was asked for.
    """
    if not replacement and since is not None and since > patient.revision:
        raise CursorAheadError(AHEAD)
    if since is None or replacement:
        found = {name: table.pull(patient, since=None) for name, table in tables.items()}
    else:
        later = _changed(patient, since, tables)
        found = {
            name: table.pull(patient, since=None if name in whole else since)
            if name in whole or name in later
            else Changes()
            for name, table in tables.items()
        }
    return Pulled({name: _shown(each) for name, each in found.items()}, patient.revision, replacement)


def _changed(patient: Patient, since: int, tables: Mapping[str, Table]) -> set[str]:
    """The tables that have anything later than `since`: most pulls bring nothing, or one row of one table."""
    if since == patient.revision:
        return set()
    query = _anything_later(tuple(table.model._meta.db_table for table in tables.values()))
    [row] = ask(query, {"patient": patient.pk, "since": since})()
    return {name for name, changed in zip(tables, row, strict=True) if changed}


@cache
def _anything_later(names: tuple[str, ...]) -> str:
    later = "EXISTS (SELECT FROM {} WHERE patient_id = %(patient)s AND revision > %(since)s)"
    return f"SELECT {', '.join(later.format(connection.ops.quote_name(name)) for name in names)}"


def _shown(changes: Changes) -> dict[str, Any]:
    """All as `updated`: whether a row is new on this phone only the phone knows."""
    return {"created": [], "updated": changes.rows, "deleted": changes.deleted}

"""The table `flags`: what the rules noticed, with words for the patient, who may say "I have read it"."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from pydantic import Field

from journal.accounts.models import Patient
from journal.actions import flags
from journal.actions.entries import snapshot
from journal.models import Flag
from journal.sync import strict_json
from journal.sync.columns import Milliseconds, Ours, Row, milliseconds
from journal.sync.table import Changes, NotTakenError, RowByRow, Sent, Visit, read

Texts = Callable[[dict[str, Any], str], dict[str, Any]]
OURS = frozenset(
    {
        "pattern", "urgency", "status", "supported", "day", "raised_at", "title", "why", "advice",
        "entry_ids", "holds_exercise",
    }
)  # fmt: skip


class FlagRow(Row):
    """One flag as a phone pushes it."""

    seen_at: Milliseconds | None = Field(
        default=None,
        description="Any moment: the patient has read the advice. The server keeps the moment of hearing it.",
    )
    pattern: Any = Ours
    urgency: Any = Ours
    status: Any = Ours
    supported: Any = Ours
    day: Any = Ours
    raised_at: Any = Ours
    title: Any = Ours
    why: Any = Ours
    advice: Any = Ours
    entry_ids: Any = Ours
    holds_exercise: Any = Ours


class Flags(RowByRow):
    """`texts` adds title and advice to a flag's snapshot, in a language: the patient's own."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def stored(self, patient: Patient) -> QuerySet[Flag]:
        return Flag.objects.filter(patient=patient)

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        found = Flag.objects.filter(patient=patient).order_by("revision", "id")
        if since is not None:
            found = found.filter(revision__gt=since)
        return Changes([self._shown(flag, patient.language) for flag in found])

    def save(self, visit: Visit, row: Sent) -> None:
        sent = read(FlagRow, row, ours=OURS)
        flag = Flag.objects.get(patient=visit.patient, pk=row.id)
        if sent.seen_at is not None:
            flags.mark_seen(by=visit.by, at=visit.at, flag=flag)

    def remove(self, visit: Visit, row_id: UUID) -> None:
        if Flag.objects.filter(patient=visit.patient, pk=row_id).exists():
            raise NotTakenError("A flag can't be deleted.", code="not-deletable")

    def _shown(self, flag: Flag, language: str) -> dict[str, Any]:
        told = self.texts(snapshot(flag), language)
        return {
            **{
                name: told[name]
                for name in ("id", "pattern", "urgency", "status", "day", "title", "why", "advice")
            },
            "supported": flag.supported,
            "raised_at": milliseconds(flag.raised_at),
            "entry_ids": strict_json.dumps(flag.entry_ids),
            "holds_exercise": _holds(flag),
            "seen_at": flag.seen_at and milliseconds(flag.seen_at),
        }


def _holds(flag: Flag) -> bool:
    """Whether exercise is on hold now because of this flag."""
    unresolved = flag.status in {Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED}
    return unresolved and flag.holds_exercise and flag.hold_lifted_at is None

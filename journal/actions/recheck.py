"""Evaluating a stored history again under today's rules (docs/decisions/0020-recheck.md)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from journal.accounts.models import Patient, User
from journal.actions import changes, evaluation
from journal.actions.evaluation import Reconciled
from journal.content.texts import NOT_EVALUATED
from journal.models import Flag, OutboxEvent

# What was last met longer ago is no news: it waits on the desk, and nobody is sent a message.
NEWS_DAYS = 7
# And it is nobody's emergency any more: due like the third tier's routine, at the next contact.
OLD_DUE = timedelta(days=14)
RULES_CHANGED = "Today's rules, evaluated again, no longer raise this from what was logged."


@dataclass(frozen=True)
class Rechecked:
    """Counts by pattern of what today's rules say otherwise. Written only when `kept`."""

    opened: Counter[str] = field(default_factory=Counter)
    superseded: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    kept: bool = False

    def patterns(self) -> set[str]:
        return {*self.opened, *self.superseded, *self.changed}


def patient(
    *, by: User | None, at: datetime, patient: Patient, pattern: str | None = None, dry_run: bool = False
) -> Rechecked:
    """All days of one patient again. Nothing at all is written when nothing differs, or with `dry_run`.

    With `pattern`, only where that pattern's flags differ; then all of the patient's, since patterns cover
    each other and half a result would be a state that no evaluation gives.
    """
    with changes.locked(patient) as locked:
        changes.next_revision(locked)
        result = evaluation.run(at=at, patient=locked, since=None)
        found = _told(result)
        wanted = found.patterns() if pattern is None else found.patterns() & {pattern}
        if dry_run or not wanted:
            transaction.set_rollback(True)
            return found if wanted else Rechecked()
        _say_why(result)
        _quieten(at, locked, result)
        changes.record(
            by=by,
            at=at,
            patient=locked,
            verb="flags.rechecked",
            subject=f"patient:{locked.pk}",
            data={"opened": found.opened.total(), "superseded": found.superseded.total()},
        )
        return Rechecked(found.opened, found.superseded, found.changed, kept=True)


def _told(result: Reconciled) -> Rechecked:
    opened = {flag.pk for flag in result.opened}
    rest = [flag for flag in result.changed if flag.pk not in opened]
    return Rechecked(
        opened=Counter(flag.pattern for flag in result.opened),
        superseded=Counter(flag.pattern for flag in rest if not flag.supported),
        changed=Counter(flag.pattern for flag in rest if flag.supported),
    )


def _say_why(result: Reconciled) -> None:
    gone = [flag.pk for flag in result.changed if not flag.supported]
    Flag.objects.filter(pk__in=gone).update(superseded_reason=RULES_CHANGED)


def _quieten(at: datetime, locked: Patient, result: Reconciled) -> None:
    """Old findings are told to nobody and pressed on nobody; that rules can't be evaluated always is."""
    recent = at.astimezone(locked.timezone).date() - timedelta(days=NEWS_DAYS)
    old = [f.pk for f in result.opened if f.last_met < recent and f.pattern != NOT_EVALUATED]
    Flag.objects.filter(pk__in=old, due_at__lt=at + OLD_DUE).update(due_at=at + OLD_DUE)
    OutboxEvent.objects.filter(patient=locked, subject_id__in=old, relayed_at=None).update(relayed_at=at)

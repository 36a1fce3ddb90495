"""`manage.py recheck_flags`: what today's rules say of the stored histories."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journal.accounts.models import Patient
from journal.actions import recheck
from journal.content.engine import BY_PATTERN
from journal.content.texts import NOT_EVALUATED
from reminders import tasks

RANGE = 20  # patients in one task: far below the time that a task may run
KINDS = ("opened", "superseded", "changed")


class Command(BaseCommand):
    help = (
        "Evaluates all stored histories again under today's rules, patient by patient, and shows by pattern "
        "what changes: opened, superseded, changed. Only flags last met within seven days are sent to the "
        "care team. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--pattern", metavar="P", help="only patients for whom this pattern's flags differ"
        )
        parser.add_argument("--dry-run", action="store_true", help="show only; each patient is rolled back")
        parser.add_argument(
            "--spread", action="store_true", help="hand ranges of patients to the Celery workers, and end"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        pattern = options["pattern"]
        if pattern is not None and pattern not in {*BY_PATTERN, NOT_EVALUATED}:
            raise CommandError(f"There is no pattern {pattern!r}; see manage.py red_flags.")
        if options["spread"] and options["dry_run"]:
            raise CommandError("What workers find is shown nowhere: --spread writes, --dry-run does not.")
        document = _spread(pattern) if options["spread"] else _here(pattern, options["dry_run"])
        self.stdout.write(json.dumps(document) if options["json"] else "\n".join(_text(document)))


def _ids() -> Iterator[int]:
    """Streamed: memory doesn't grow with the clinic."""
    return (
        Patient.objects.filter(erased_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator(chunk_size=1000)
    )


def _here(pattern: str | None, dry_run: bool) -> dict[str, Any]:
    patients, differ = 0, 0
    counted: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for number in _ids():
        found = recheck.patient(
            by=None, at=timezone.now(), patient=Patient(pk=number), pattern=pattern, dry_run=dry_run
        )
        patients += 1
        differ += bool(found.patterns())
        for kind in KINDS:
            counted[kind].update(getattr(found, kind))
    by_pattern = {
        name: {kind: counted[kind][name] for kind in KINDS}
        for name in (*BY_PATTERN, NOT_EVALUATED)
        if any(counted[kind][name] for kind in KINDS)
    }
    return {"patients": patients, "differ": differ, "dry_run": dry_run, "patterns": by_pattern}


def _spread(pattern: str | None) -> dict[str, Any]:
    ids, patients, sent = _ids(), 0, 0
    while batch := list(islice(ids, RANGE)):
        tasks.recheck_flags.delay(batch[0], batch[-1], pattern)
        patients, sent = patients + len(batch), sent + 1
    return {"patients": patients, "tasks": sent}


def _text(found: dict[str, Any]) -> list[str]:
    if "tasks" in found:
        return [f"{found['patients']} patients handed to the workers in {found['tasks']} tasks."]
    would = "would change" if found["dry_run"] else "changed"
    rows = [
        f"  {name:28}" + "".join(f"  {kind} {count}" for kind, count in counts.items() if count)
        for name, counts in found["patterns"].items()
    ]
    return [f"{found['patients']} patients evaluated, {found['differ']} {would}.", *rows]

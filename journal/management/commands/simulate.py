"""`manage.py simulate`: what the rules find in synthetic patients, and what they cost."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.management import simulation


class Command(BaseCommand):
    help = (
        "Makes synthetic patients, most of whom something happens to, runs the rules over their journals, "
        "and reports what was found how soon, and how many flags that costs. Needs no database. The same "
        "numbers for the same seed; all that is assumed is printed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=100, metavar="N", help="how many (100)")
        parser.add_argument(
            "--days", type=int, default=180, metavar="D", help="days of journal of each (180)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, metavar="S", help="another seed, other patients (1)"
        )
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at once (all cores)")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ("patients", "days", "seed")}
        if asked["patients"] < 1 or not 1 <= asked["days"] <= 1095 or options["processes"] < 1:
            raise CommandError("Needs at least one patient, one process, and between 1 and 1095 days.")
        tally = simulation.run(**asked, processes=options["processes"], told=self._progress)
        document = simulation.report(tally, **asked)
        if options["json"]:
            self.stdout.write(json.dumps(document))
        else:
            self.stdout.write("\n".join(_text(document)))

    def _progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} patients", ending="")


def _text(found: dict[str, Any]) -> list[str]:
    quiet = found["without_an_event"]
    return [
        f"{found['patients']} patients, {found['days']} days, seed {found['seed']}: {found['entries']} "
        f"entries, {found['flags']} flags; {found['flags_per_100_entries']} per 100 entries, "
        f"{found['flags_per_100_patient_weeks']} per 100 patient-weeks.",
        f"{quiet['patients']} patients to whom nothing was given: {quiet['flags_per_100_entries']} flags per "
        "100 entries.",
        "",
        *_table("Events", found["events"], _EVENT),
        *_table(
            "Patterns (false: explained by no event; in flares: of those, during a bad spell)",
            found["patterns"],
        ),
        *_table("Urgency", found["urgencies"]),
        *_table("False flags by persona", found["personas"]),
        *_assumed(found["assumptions"]),
    ]


_EVENT = (
    "event",
    "happened",
    "seen",
    "sensitivity",
    "days_median",
    "days_most",
    "seen_by",
    "missed_but_raised",
)


def _table(title: str, rows: Sequence[dict[str, Any]], names: Sequence[str] = ()) -> list[str]:
    """Columns as wide as their widest cell."""
    names = names or list(rows[0] if rows else ())
    cells = [
        [name.replace("_", " ") for name in names],
        *([_cell(row[name]) for name in names] for row in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return [title, *(f"  {line.rstrip()}" for line in lines), ""]


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return "-" if value is None else str(value)


def _assumed(found: dict[str, Any]) -> list[str]:
    numbers = [f"  {one['what']}: {one['value']:g}. {one['reason']}" for one in found["numbers"]]
    events = [
        f"  {key}: {one['what']}; to be seen within {one['within_days']} days by {' or '.join(one['meant'])}"
        for key, one in found["events"].items()
    ]
    personas = [f"  {key}: {what}" for key, what in found["personas"].items()]
    return ["Assumed", *numbers, "", "Personas", *personas, "", "Events as written", *events]

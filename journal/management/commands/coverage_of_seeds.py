"""`manage.py coverage_of_seeds`: what represents each row of the source articles."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from journal.management import coverage
from journal.management.coverage import Line


class Command(BaseCommand):
    help = "Prints what represents each row of the source articles. Exit 1 when one has nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
        parser.add_argument("--strict", action="store_true", help="exit 1 also for a row with a missing kind")

    def handle(self, *args: Any, **options: Any) -> None:
        lines, unknown = coverage.table(), coverage.unknown()
        if options["json"]:
            self.stdout.write(json.dumps({"rows": [_shown(line) for line in lines], "unknown": unknown}))
        else:
            self._print(lines, unknown)
        wanting = [line for line in lines if line.is_empty or (options["strict"] and line.missing)]
        if wanting or unknown:
            raise SystemExit(1)

    def _print(self, lines: list[Line], unknown: list[str]) -> None:
        for line in lines:
            self.stdout.write(f"{line.row.id}  {line.row.name}  [{' '.join(line.row.needs)}]")
            for kind, things in line.by.items():
                self.stdout.write(f"    {kind:4}  {', '.join(things)}")
            if line.missing:
                self.stdout.write(f"    missing: {' '.join(line.missing)}")
        for thing in unknown:
            self.stdout.write(f"no such row: {thing}")
        whole = sum(not line.missing for line in lines)
        empty = sum(line.is_empty for line in lines)
        self.stdout.write(
            f"{len(lines)} rows, {whole} whole, {len(lines) - whole} in part, {empty} with nothing"
        )


def _shown(line: Line) -> dict[str, Any]:
    return {
        "row": line.row.id,
        "name": line.row.name,
        "needs": line.row.needs,
        "by": line.by,
        "missing": line.missing,
    }

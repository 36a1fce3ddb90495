"""`manage.py replay FILE.json`: do the flags come out as the journeys expect?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.management import journeys


class Command(BaseCommand):
    help = (
        "Replays journeys through the same actions that the API calls, each for a new patient, with the "
        "journey's clock, and compares the flags with what it expects. Leaves nothing behind. Exit 1 when "
        "one differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json", help="a JSON list of journeys")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = journeys.load(options["file"])
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        results = []
        for journey in found:
            results.append(journeys.replay(journey))
            if not options["json"]:
                self.stdout.write(_line(results[-1], journey.get("title", "")))
        failed = [result for result in results if not result.passed]
        if options["json"]:
            self.stdout.write(json.dumps(_summary(results, failed)))
        else:
            self.stdout.write(
                f"{len(results)} journeys, {len(results) - len(failed)} passed, {len(failed)} failed"
            )
        if failed:
            raise SystemExit(1)


def _summary(results: list[journeys.Result], failed: list[journeys.Result]) -> dict[str, Any]:
    return {
        "journeys": len(results),
        "passed": len(results) - len(failed),
        "failed": [result.told() for result in failed],
    }


def _line(result: journeys.Result, title: str) -> str:
    if result.passed:
        return f"pass  {result.id}  {title}"
    parts = [
        f"{name.replace('_', ' ')}: {', '.join(found)}"
        for name, found in result.told().items()
        if name not in {"id", "error"} and found
    ]
    return f"FAIL  {result.id}  {title}; {'; '.join([*parts, *filter(None, [result.error])])}"

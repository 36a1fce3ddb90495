"""`manage.py red_flags`: the live rule table, read from the code."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from journal.content.engine import RULES
from journal.content.rule import Rule


class Command(BaseCommand):
    help = "Prints the rules that are live: pattern, version, urgency, owner, window, source, advice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [_row(rule) for rule in RULES]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            self.stdout.write(f"{row['pattern']}  v{row['version']}  {row['urgency']}  {row['owner']}")
            self.stdout.write(f"    window  {row['window']}")
            self.stdout.write(f"    advice  {row['advice']}")
            for source in row["source"]:
                self.stdout.write(f"    source  {source}")
        self.stdout.write(f"{len(rows)} rules live")


def _row(rule: Rule) -> dict[str, Any]:
    return {
        "pattern": rule.pattern,
        "version": rule.version,
        "urgency": rule.urgency.value,
        "owner": rule.owner,
        "holds_exercise": rule.holds_exercise,
        "window": rule.window,
        "source": [f"{source.text} ({source.mark})" for source in rule.sources],
        "advice": rule.advice,
    }

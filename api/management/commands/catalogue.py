"""`manage.py catalogue`: gathers the desk's words; with --check, says what is out of step."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api.management import catalogue


class Command(BaseCommand):
    help = "Writes journal/locale/<language>/LC_MESSAGES/django.po and .mo from code, templates and content."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when anything is amiss")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong: list[str] = []
        for language in catalogue.languages():
            catalog = catalogue.in_step(language)
            wrong += [f"{language}: {fault}" for fault in catalogue.faults(catalog)]
            po = catalogue.path(language)
            for file, made in zip((po, po.with_suffix(".mo")), catalogue.written(catalog), strict=True):
                if not options["check"]:
                    file.write_bytes(made)
                elif not file.exists() or file.read_bytes() != made:
                    wrong.append(f"{file.name} of {language} is out of step: make messages")
        for line in wrong:
            self.stderr.write(line)
        if wrong and options["check"]:
            raise CommandError(f"{len(wrong)} to put right")

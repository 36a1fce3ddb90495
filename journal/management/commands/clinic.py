"""`manage.py clinic`: a clinic is opened."""

import json
import zoneinfo
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from journal.accounts.models import Clinic
from journal.actions import clinics


class Command(BaseCommand):
    help = "Opens a clinic. Its people come in by `manage.py staff`, its patients by invitation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True, help="its short name, in commands and addresses")
        parser.add_argument("--name", required=True, help="as patients read it")
        parser.add_argument(
            "--timezone", required=True, metavar="ZONE", help="an IANA name, as Europe/Berlin"
        )
        parser.add_argument("--phone", default="", help="shown to patients beside each advice")
        parser.add_argument("--emergency-number", default="112", help="shown to patients (default 112)")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        said = {key: options[key] for key in ("slug", "name", "timezone", "phone", "emergency_number")}
        _checked(**said)
        clinic = clinics.open_clinic(**said)
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(
            f"{clinic.name} is open. Now: manage.py staff --clinic {clinic.slug} --add … --lead"
        )


def _checked(*, slug: str, name: str, timezone: str, phone: str, emergency_number: str) -> None:
    """As the table would have it, in words.

    Raises:
        CommandError: something does not fit, or the short name is taken.
    """
    if timezone not in zoneinfo.available_timezones():
        raise CommandError(f"There is no time zone {timezone!r}.")
    if Clinic.objects.filter(slug=slug).exists():
        raise CommandError(f"There is a clinic {slug!r} already.")
    clinic = Clinic(slug=slug, name=name, phone=phone, emergency_number=emergency_number)
    try:
        validate_slug(slug)
        clinic.clean_fields(exclude=["timezone"])
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error

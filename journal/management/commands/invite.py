"""`manage.py invite`: an invitation code for a patient."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from pydantic import ValidationError

from journal.accounts.models import Clinic
from journal.actions import invitations
from journal.management.journeys import in_words


class Command(BaseCommand):
    help = (
        "Makes an invitation code, for one patient, valid once and for 14 days. The code is shown only here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", required=True, metavar="SLUG", help="the clinic that invites")
        parser.add_argument(
            "--profile",
            type=Path,
            metavar="FILE.json",
            help='what is known: {"age", "sex", "history", "timezone", "peak_height_cm"}',
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']!r}.")
        profile = _profile(options["profile"]) if options["profile"] else invitations.Profile()
        invitation, code = invitations.create(by=None, at=timezone.now(), clinic=clinic, profile=profile)
        expires = invitation.expires_at.isoformat()
        if options["json"]:
            self.stdout.write(json.dumps({"code": code, "expires_at": expires}))
        else:
            self.stdout.write(f"{code}\nfor {clinic.name}, until {expires}")


def _profile(file: Path) -> invitations.Profile:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return invitations.checked(found)
    except ValidationError as error:
        raise CommandError(f"{file}: {in_words(error)}") from error
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error

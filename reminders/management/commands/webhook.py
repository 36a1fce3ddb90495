"""A clinic's endpoint for news of flags: added, listed, removed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone as clock

from journal.accounts.models import Clinic
from journal.actions.refusals import RefusedError
from reminders.actions import webhooks
from reminders.models import Webhook


class Command(BaseCommand):
    """One endpoint, one call."""

    help = (
        "Adds an endpoint that is told of a clinic's flags and prints its secret; or lists or removes them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", required=True, metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--add", metavar="URL", help="https; the secret is printed once.")
        what.add_argument("--remove", metavar="URL")
        what.add_argument("--list", action="store_true")

    def handle(self, *_: Any, clinic: str, add: str, remove: str, **__: Any) -> None:
        found = Clinic.objects.filter(slug=clinic).first()
        if found is None:
            raise CommandError(f"There is no clinic {clinic}.")
        try:
            if add:
                _, secret = webhooks.add(by=None, at=clock.now(), clinic=found, url=add)
                return self.stdout.write(secret)
            if remove:
                return webhooks.remove(by=None, at=clock.now(), clinic=found, url=remove)
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        for endpoint in Webhook.objects.present().filter(clinic=found).order_by("url"):
            self.stdout.write(endpoint.url)
        return None

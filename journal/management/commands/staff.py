"""`manage.py staff`: a member of a clinic's staff comes, is helped in again, or leaves."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone as clock

from journal.accounts.models import Clinic, Clinician, User
from journal.actions import accounts, clinics
from journal.actions.refusals import RefusedError

HOW_TO_START = (
    "No password was made. They open the desk, press “Forgot your password?”, type the code that is mailed,"
    " choose a password, sign in and set a second factor up."
)


class Command(BaseCommand):
    """One person, one call; each is on record."""

    help = "Adds a member of a clinic's staff, takes a lost second factor away, closes an account, or lists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--add", metavar="EMAIL", help="with --clinic and --name; a lead with --lead")
        what.add_argument(
            "--second-factor-lost",
            metavar="EMAIL",
            help="takes it away and signs out everywhere; speak to the person first",
        )
        what.add_argument(
            "--close", metavar="EMAIL", help="the account opens nothing from the next request on"
        )
        what.add_argument("--list", action="store_true")
        parser.add_argument("--clinic", metavar="SLUG")
        parser.add_argument("--name", help="as patients and colleagues read it")
        parser.add_argument("--lead", action="store_true", help="assigns, invites, names who is on call")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["add"]:
                return self.add(_clinic(options["clinic"]), options)
            if options["second_factor_lost"]:
                user = _staff(options["second_factor_lost"])
                return accounts.forget_second_factors(by=None, at=clock.now(), user=user)
            if options["close"]:
                return accounts.close(by=None, at=clock.now(), user=_staff(options["close"]))
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        return self.show(options["clinic"])

    @transaction.atomic
    def add(self, clinic: Clinic, options: dict[str, Any]) -> None:
        email, name = User.objects.normalize_email(options["add"]), (options["name"] or "").strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no e-mail address.") from error
        if not name:
            raise CommandError("Patients and colleagues read a --name.")
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"There is an account {email!r} already.")
        at, role = clock.now(), Clinician.Role.LEAD if options["lead"] else Clinician.Role.PHYSIOTHERAPIST
        user = accounts.open_account(
            at=at, email=email, name=name, encoded_password=make_password(None), is_staff=True
        )
        clinics.add_clinician(by=None, at=at, clinic=clinic, user=user, role=role)
        self.stdout.write(f"{name} works at {clinic.name}, as {role.label.lower()}. {HOW_TO_START}")

    def show(self, slug: str | None) -> None:
        found = Clinician.objects.select_related("user", "clinic").order_by("clinic__slug", "user__email")
        for one in found.filter(clinic=_clinic(slug)) if slug else found:
            state = "" if one.user.is_active else "\tclosed"
            self.stdout.write(f"{one.clinic.slug}\t{one.user.email}\t{one.role}\t{one}{state}")


def _clinic(slug: str | None) -> Clinic:
    found = Clinic.objects.filter(slug=slug or "").first()
    if found is None:
        raise CommandError(f"There is no clinic {slug!r}." if slug else "Say which --clinic.")
    return found


def _staff(email: str) -> User:
    found = User.objects.filter(email__iexact=email, is_staff=True).first()
    if found is None:
        raise CommandError(f"There is no member of staff {email!r}.")
    return found

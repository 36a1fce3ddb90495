"""`manage.py staff`: a member of a clinic's staff comes, is helped in again, or leaves."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone as clock

from journal.accounts.models import Clinic, Clinician, User
from journal.actions import accounts, clinics
from journal.actions.refusals import RefusedError

HOW_TO_START = (
    "No password was made. They open the desk, press “Forgot your password?”, type the code that is mailed,"
    " choose a password, sign in and set a second factor up."
)


_OF_ACCOUNTS = {
    "second_factor_lost": accounts.forget_second_factors,
    "close": accounts.close,
    "reopen": accounts.reopen,
}


class Command(BaseCommand):
    """One person, one call; each is on record."""

    help = (
        "Adds a member of a clinic's staff, changes the role, takes a lost second factor away,"
        " closes an account or opens it again, or lists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--add", metavar="EMAIL", help="with --clinic and --name; a lead with --lead")
        what.add_argument(
            "--second-factor-lost",
            metavar="EMAIL",
            help="takes it away and signs out everywhere; speak to the person first",
        )
        what.add_argument("--make-lead", metavar="EMAIL", help="assigns, invites, names who is on call")
        what.add_argument("--make-physiotherapist", metavar="EMAIL", help="a lead who is none any more")
        what.add_argument(
            "--close", metavar="EMAIL", help="the account opens nothing from the next request on"
        )
        what.add_argument("--reopen", metavar="EMAIL", help="who was closed signs in as before")
        what.add_argument("--list", action="store_true")
        parser.add_argument("--clinic", metavar="SLUG")
        parser.add_argument("--name", help="as patients and colleagues read it")
        parser.add_argument("--lead", action="store_true", help="assigns, invites, names who is on call")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            said = self.do(options)
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(said))
        elif options["add"]:
            role = Clinician.Role(said["role"]).label.lower()
            self.stdout.write(f"{said['name']} works at {said['works_at']}, as {role}. {HOW_TO_START}")
        elif options["list"]:
            for one in said["staff"]:
                state = "" if one["active"] else "\tclosed"
                self.stdout.write(f"{one['clinic']}\t{one['email']}\t{one['role']}\t{one['name']}{state}")

    def do(self, options: dict[str, Any]) -> dict[str, Any]:
        """What was asked, once; the answer is what --json prints."""
        if options["add"]:
            clinic = _clinic(options["clinic"])
            return {**_said(self.add(clinic, options)), "works_at": clinic.name}
        if options["list"]:
            return {"staff": [_said(one) for one in _listed(options["clinic"])]}
        if options["make_lead"] or options["make_physiotherapist"]:
            return self.make(options)
        [(email, verb)] = ((options[name], verb) for name, verb in _OF_ACCOUNTS.items() if options[name])
        user = _staff(email)
        verb(by=None, at=clock.now(), user=user)
        user.refresh_from_db()
        return {"email": user.email, "active": user.is_active}

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        role = Clinician.Role.LEAD if options["make_lead"] else Clinician.Role.PHYSIOTHERAPIST
        user = _staff(options["make_lead"] or options["make_physiotherapist"])
        clinician = Clinician.objects.select_related("clinic").filter(user=user).first()
        if clinician is None:
            raise CommandError(f"{user.email!r} works at no clinic.")
        return _said(clinics.change_role(by=None, at=clock.now(), clinician=clinician, role=role))

    @transaction.atomic
    def add(self, clinic: Clinic, options: dict[str, Any]) -> Clinician:
        email, name = User.objects.normalize_email(options["add"]), (options["name"] or "").strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no e-mail address.") from error
        if not name:
            raise CommandError("Patients and colleagues read a --name.")
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"There is an account {email!r} already; a closed one opens with --reopen.")
        at, role = clock.now(), Clinician.Role.LEAD if options["lead"] else Clinician.Role.PHYSIOTHERAPIST
        user = accounts.open_account(
            at=at, email=email, name=name, encoded_password=make_password(None), is_staff=True
        )
        return clinics.add_clinician(by=None, at=at, clinic=clinic, user=user, role=role)


def _listed(slug: str | None) -> QuerySet[Clinician]:
    found = Clinician.objects.select_related("user", "clinic").order_by("clinic__slug", "user__email")
    return found.filter(clinic=_clinic(slug)) if slug else found


def _said(one: Clinician) -> dict[str, Any]:
    return {
        "clinic": one.clinic.slug,
        "email": one.user.email,
        "name": str(one),
        "role": str(one.role),
        "active": one.user.is_active,
    }


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

"""A demo clinic with physiotherapists, patients and months of logs."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from journal.management.invented.people import PEOPLE
from reminders.management import demo


class Command(BaseCommand):
    help = (
        "Makes the clinic 'demo': two physiotherapists, invented patients with months of believable logs, "
        "flags in every state and reminders; then says the logins. Runs again without harm: what is there "
        "stays as it is, what is missing is added. With OSTEON_DEMO=on all have one known password, else "
        "each a random one, shown once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        most = len(PEOPLE)
        parser.add_argument("--if-empty", action="store_true", help="change nothing when the clinic exists")
        parser.add_argument(
            "--patients", type=int, default=most, choices=range(1, most + 1), metavar=f"1-{most}"
        )
        parser.add_argument(
            "--days",
            type=_days,
            default=120,
            metavar="N",
            help="days of logs up to now (1 to 365, default 120)",
        )
        parser.add_argument(
            "--seed", type=int, default=7, metavar="N", help="another number, another demo (default 7)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        passwords = demo.Passwords(shared=demo.PASSWORD if settings.DEMO else None)
        people = PEOPLE[: options["patients"]]
        if not (options["if_empty"] and demo.exists()):
            demo.Seeding(
                at=timezone.now(), days=options["days"], seed=options["seed"], passwords=passwords
            ).bring(people)
        found = demo.look(wanted=len(people), passwords=passwords)
        self.stdout.write(json.dumps(_document(found), indent=2) if options["json"] else _table(found))


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 365:
        raise ArgumentTypeError("must lie between 1 and 365")
    return days


def _document(found: demo.Demo) -> dict[str, Any]:
    staff, patients = _parted(found)
    return {
        "clinic": {"slug": found.clinic.slug, "name": found.clinic.name},
        "physiotherapists": [_login(one) | {"role": one.role} for one in staff],
        "patients": [_login(one) for one in patients],
        "entries": found.entries,
        "flags": found.flags,
    }


def _login(one: demo.Login) -> dict[str, Any]:
    return {"name": one.name, "email": one.email, "password": one.password}


def _parted(found: demo.Demo) -> tuple[list[demo.Login], list[demo.Login]]:
    return (
        [one for one in found.logins if one.role != "patient"],
        [one for one in found.logins if one.role == "patient"],
    )


def _table(found: demo.Demo) -> str:
    staff, patients = _parted(found)
    flags = ", ".join(f"{count} {status}" for status, count in found.flags.items())
    lines = [
        f"{found.clinic.name} (clinic '{found.clinic.slug}'): {found.entries} entries; flags: {flags}",
        "",
    ]
    known = {one.password for one in found.logins if one.password}
    shared = known.pop() if len(known) == 1 and len(found.logins) > 1 else None
    width = max(len(one.email) for one in found.logins)
    for title, logins in (("Physiotherapists", staff), ("Patients", patients)):
        lines.append(title)
        lines += [f"  {one.email:<{width}}  {_said(one, shared)}" for one in logins]
        lines.append("")
    lines.append(
        f"Password of all: {shared}" if shared else "Passwords are shown once, when an account is made."
    )
    if len(patients) < found.wanted:
        lines.append(
            f"{len(patients)} of {found.wanted} patients are there: manage.py seed_demo adds the others."
        )
    return "\n".join(lines)


def _said(one: demo.Login, shared: str | None) -> str:
    role = "" if one.role == "patient" else f", {one.role}"
    password = "" if shared else f"  {one.password or '(set earlier)'}"
    return f"{one.name}{role}{password}"

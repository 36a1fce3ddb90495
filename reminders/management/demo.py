"""The demo clinic: its people, their logins, and what was logged."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.actions import accounts, clinics, invitations, outbox, patients
from journal.management.invented import diary
from journal.management.invented.people import PEOPLE, Person
from journal.management.lived import Life
from journal.models import Entry, Flag
from reminders.actions import programmes

SLUG = "demo"
DEMO_PASSWORD = "three herons by the canal"  # noqa: S105  printed at every start, of the demo alone
NEWS_FOR = timedelta(days=2)  # older flags are in the queue, and announced to nobody
STAFF = (
    ("Anna Berg", "anna.berg@demo.example", Clinician.Role.LEAD),
    ("Ben Ortiz", "ben.ortiz@demo.example", Clinician.Role.PHYSIOTHERAPIST),
)


@dataclass(frozen=True, slots=True)
class Login:
    """`password` is None when the account stood already and its password can't be known."""

    name: str
    email: str
    password: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Demo:
    clinic: Clinic
    wanted: int
    logins: tuple[Login, ...]
    entries: int
    flags: dict[str, int]  # by status


class Passwords:
    """One for all in the demo, one each elsewhere; each is hashed once, as hashing is slow on purpose."""

    def __init__(self, *, fixed: bool) -> None:
        self.fixed = fixed
        self.given: dict[str, str] = {}
        self._shared = make_password(DEMO_PASSWORD) if fixed else ""

    def encoded(self, email: str) -> str:
        """The hash of a password for a new account, whose text stands in `given`."""
        self.given[email] = DEMO_PASSWORD if self.fixed else secrets.token_urlsafe(12)
        return self._shared if self.fixed else make_password(self.given[email])

    def known(self, email: str) -> str | None:
        return DEMO_PASSWORD if self.fixed else self.given.get(email)


def exists() -> bool:
    return Clinic.objects.filter(slug=SLUG).exists()


def seed(*, at: datetime, days: int, people: Sequence[Person], passwords: Passwords, seed: int) -> None:
    """Brings what is missing, one transaction a patient: a run that was cut short can be run again."""
    clinic, team = _clinic(at - timedelta(days=days + 30), passwords)
    present = set(User.objects.filter(patient__clinic=clinic).values_list("email", flat=True))
    for place, person in enumerate(people):
        if person.email not in present:
            own_first = team if place % 2 else team[::-1]
            _patient(at, days, clinic, own_first, person, passwords, Random(f"{seed} {person.email}"))  # noqa: S311


def look(*, wanted: int, passwords: Passwords) -> Demo:
    """The demo as it stands."""
    clinic = Clinic.objects.get(slug=SLUG)
    staff = Clinician.objects.filter(clinic=clinic).select_related("user").order_by("pk")
    people = Patient.objects.filter(clinic=clinic, user__isnull=False).select_related("user").order_by("pk")
    found = [(one.user, str(one.role)) for one in staff]
    found += [(one.user, "patient") for one in people if one.user]
    statuses = Flag.objects.filter(patient__clinic=clinic).values_list("status", flat=True)
    counted = {status.value: 0 for status in Flag.Status}
    for status in statuses:
        counted[status] += 1
    return Demo(
        clinic=clinic,
        wanted=wanted,
        logins=tuple(
            Login(user.get_full_name(), user.email, passwords.known(user.email), role) for user, role in found
        ),
        entries=Entry.objects.filter(patient__clinic=clinic).count(),
        flags=counted,
    )


@transaction.atomic
def _clinic(at: datetime, passwords: Passwords) -> tuple[Clinic, list[Clinician]]:
    clinic = Clinic.objects.filter(slug=SLUG).first() or clinics.open_clinic(
        slug=SLUG, name="Heron Bone Health Clinic", timezone="Europe/London", phone="+44 20 7946 0123"
    )
    for name, email, role in STAFF:
        if not User.objects.filter(email=email).exists():
            user = accounts.open_account(
                at=at, email=email, name=name, encoded_password=passwords.encoded(email), is_staff=True
            )
            clinics.add_clinician(clinic=clinic, user=user, role=role)
    return clinic, list(clinic.clinicians.select_related("user").order_by("pk"))


@transaction.atomic
def _patient(
    at: datetime,
    days: int,
    clinic: Clinic,
    team: Sequence[Clinician],
    person: Person,
    passwords: Passwords,
    rng: Random,
) -> None:
    """One person from the invitation to today."""
    said = diary.write(
        person.persona,
        rng=rng,
        until=at,
        days=days,
        timezone=person.zone,
        height_cm=person.height_cm,
        happenings=person.happenings,
    )
    user, patient = _enrol(_before(at, days, person), clinic, team[0], person, passwords, rng)
    programmes.start(by=user, at=at, patient=patient)
    life = Life(
        patient=patient,
        team=[one.user for one in team],
        rng=rng,
        until=at,
        untended_from=at - timedelta(days=person.untended_days),
    )
    life.through(said)
    outbox.settle_before(at=at, patient=patient, moment=at - NEWS_FOR)


def _before(at: datetime, days: int, person: Person) -> datetime:
    """The evening before the first day of the journal."""
    zone = ZoneInfo(person.zone)
    return datetime.combine(at.astimezone(zone).date() - timedelta(days=days), time(17, 20), zone)


def _enrol(
    at: datetime, clinic: Clinic, own: Clinician, person: Person, passwords: Passwords, rng: Random
) -> tuple[User, Patient]:
    profile = invitations.checked(
        {
            "name": person.name,
            "born": f"{at.year - person.age}-{rng.randint(1, 6):02}-{rng.randint(1, 28):02}",
            "sex": person.sex,
            "history": list(person.history),
            "peak_height_cm": person.peak_height_cm or None,
        }
    )
    _, code = invitations.create(by=own.user, at=at - timedelta(days=3), clinic=clinic, profile=profile)
    user = accounts.open_account(
        at=at, email=person.email, name=person.name, encoded_password=passwords.encoded(person.email)
    )
    patient = invitations.accept(by=user, at=at, code=code, timezone=person.zone)
    patients.assign(by=own.user, at=at, patient=patient, physiotherapist=own)
    patient.physiotherapist = own
    return user, patient


__all__ = ["PEOPLE", "Demo", "Login", "Passwords", "exists", "look", "seed"]

"""The demo clinic: its people, their logins, and what was logged."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.actions import accounts, clinics, invitations, outbox, patients
from journal.management.invented import diary
from journal.management.invented.diary import Said
from journal.management.invented.people import Person
from journal.management.lived import Life
from journal.models import Entry, Flag
from reminders.actions import programmes
from reminders.management.demo_care import put_on_record

SLUG = "demo"
PASSWORD = "three herons by the canal"  # noqa: S105  printed at every start, of the demo alone
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
    """One for all in the demo, one each elsewhere; hashing is slow, so a shared one is hashed once."""

    def __init__(self, *, shared: str | None) -> None:
        self.shared = shared
        self._encoded = make_password(shared) if shared else ""
        self._known: dict[str, str | None] = {}  # by hash

    def new(self) -> str:
        """The hash of the password of a new account."""
        password = self.shared or secrets.token_urlsafe(12)
        encoded = self._encoded or make_password(password)
        self._known[encoded] = password
        return encoded

    def of(self, user: User) -> str | None:
        """The text of the account's password, where this can be known."""
        if self.shared and user.password not in self._known:
            right = check_password(self.shared, user.password)
            self._known[user.password] = self.shared if right else None
        return self._known.get(user.password)


def exists() -> bool:
    return Clinic.objects.filter(slug=SLUG).exists()


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
            Login(user.get_full_name(), user.email, passwords.of(user), role) for user, role in found
        ),
        entries=Entry.objects.filter(patient__clinic=clinic).count(),
        flags=counted,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """One run: `days` of logs that end at `at`; the same `seed` brings the same journals."""

    at: datetime
    days: int
    seed: int
    passwords: Passwords

    def bring(self, people: Sequence[Person]) -> None:
        """What is missing, one transaction a patient: a run that was cut short can be run again."""
        clinic, team = self._clinic()
        present = set(User.objects.filter(patient__clinic=clinic).values_list("email", flat=True))
        for place, person in enumerate(people):
            if person.email not in present:
                self._patient(person, clinic, team if place % 2 else team[::-1])

    @transaction.atomic
    def _clinic(self) -> tuple[Clinic, list[Clinician]]:
        clinic = Clinic.objects.filter(slug=SLUG).first() or clinics.open_clinic(
            slug=SLUG, name="Heron Bone Health Clinic", timezone="Europe/London", phone="+44 20 7946 0123"
        )
        for name, email, role in STAFF:
            if not User.objects.filter(email=email).exists():
                began = self.at - timedelta(days=self.days + 30)
                user = self._account(began, email, name, is_staff=True)
                clinics.add_clinician(by=None, at=began, clinic=clinic, user=user, role=role)
        return clinic, list(clinic.clinicians.select_related("user").order_by("pk"))

    def _account(self, at: datetime, email: str, name: str, *, is_staff: bool = False) -> User:
        return accounts.open_account(
            at=at, email=email, name=name, encoded_password=self.passwords.new(), is_staff=is_staff
        )

    @transaction.atomic
    def _patient(self, person: Person, clinic: Clinic, team: Sequence[Clinician]) -> None:
        """One person from the invitation to today; the first of `team` is their own physiotherapist."""
        rng = Random(f"{self.seed} {person.email}")  # noqa: S311  (invented journals, not secrets)
        patient = self._enrol(person, clinic, team[0])
        programmes.start(by=patient.user, at=self.at, patient=patient)
        put_on_record(by=team[0].user, at=patient.enrolled_at, patient=patient, person=person)
        life = Life(
            patient=patient,
            team=[one.user for one in team],
            rng=rng,
            until=self.at,
            untended_from=self.at - timedelta(days=person.untended_days),
        )
        life.through(self._journal(person, rng))
        outbox.settle_before(at=self.at, patient=patient, moment=self.at - NEWS_FOR)

    def _journal(self, person: Person, rng: Random) -> list[Said]:
        return diary.write(
            person.persona,
            rng=rng,
            until=self.at,
            days=self.days,
            timezone=person.zone,
            height_cm=person.height_cm,
            happenings=person.happenings,
        )

    def _enrol(self, person: Person, clinic: Clinic, own: Clinician) -> Patient:
        """The evening before the first day of the journal."""
        zone = ZoneInfo(person.zone)
        eve = self.at.astimezone(zone).date() - timedelta(days=self.days)
        at = datetime.combine(eve, time(17, 20), zone)
        profile = _profile(person)
        _, code = invitations.create(by=own.user, at=at - timedelta(days=3), clinic=clinic, profile=profile)
        user = self._account(at, person.email, person.name)
        patient = invitations.accept(by=user, at=at, code=code, timezone=person.zone)
        return patients.assign(by=own.user, at=at, patient=patient, physiotherapist=own)


def _profile(person: Person) -> invitations.Profile:
    return invitations.checked(
        {
            "name": person.name,
            "age": person.age,
            "sex": person.sex,
            "history": list(person.history),
            "peak_height_cm": person.peak_height_cm or None,
        }
    )

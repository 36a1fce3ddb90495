"""Invitations: a clinic lets a patient in, once, by a code that only the patient holds."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict  # pydantic needs this one below Python 3.12

from journal.accounts.models import Clinic, ClinicChange, Invitation, Patient, User
from journal.actions import changes, consents, facts
from journal.actions.refusals import InvalidInvitationError, NotPossibleNowError
from journal.content.vocabulary import HistoryCode

VALID_FOR = timedelta(days=14)
# Letters and digits that nobody mixes up when reading them from paper: 32 signs, so 5 bits each.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 20


class Profile(TypedDict, total=False):
    """What the clinic already knows: the `patient` object of a journey, and a name."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    age: Annotated[int, Field(ge=18, le=120)]
    born: date
    sex: Literal["F", "M", ""]
    history: list[HistoryCode]
    timezone: str
    peak_height_cm: Annotated[float, Field(ge=100, le=230)] | None
    name: Annotated[str, Field(max_length=120)]


_PROFILE = TypeAdapter(Profile)


def checked(sent: Any) -> Profile:
    """A profile from outside.

    Raises:
        ValueError: not a profile; the text names each field at fault.
    """
    return _PROFILE.validate_python(sent)


def hashed(code: str) -> str:
    """SHA-256 of the code without spaces, dashes and case: 100 random bits need no slow hash."""
    return hashlib.sha256(code.replace("-", "").replace(" ", "").upper().encode()).hexdigest()


@transaction.atomic
def create(
    *, by: User | None, at: datetime, clinic: Clinic, profile: Profile, valid_for: timedelta = VALID_FOR
) -> tuple[Invitation, str]:
    """A new invitation and its code; the code is nowhere kept."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    code = "-".join(letters[place : place + 5] for place in range(0, CODE_LENGTH, 5))
    invitation = Invitation.objects.create(
        clinic=clinic,
        code_hash=hashed(code),
        profile=_PROFILE.dump_python(profile, mode="json"),
        created_by=by,
        created_at=at,
        expires_at=at + valid_for,
    )
    _record(by=by, at=at, invitation=invitation, verb="clinic.invitation-created")
    return invitation, code


@transaction.atomic
def revoke(*, by: User | None, at: datetime, invitation: Invitation) -> Invitation:
    """The code opens nothing from now on. Revoking again changes nothing.

    Raises:
        NotPossibleNowError: somebody signed up with it.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if locked.used_at is not None:
        raise NotPossibleNowError("This invitation was used: the person is a patient of the clinic now.")
    if locked.revoked_at is None:
        locked.revoked_at = at
        locked.save(update_fields=["revoked_at"])
        _record(by=by, at=at, invitation=locked, verb="clinic.invitation-revoked")
    return locked


def use_up(*, at: datetime, code: str) -> None:
    """The code opens nothing any more although nobody came in by it. Called where `find` has locked it.

    In the caller's transaction, by few statements: the time of a sign-up must not show what it came to.
    """
    invitation = Invitation.objects.get(code_hash=hashed(code))
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    _record(by=None, at=at, invitation=invitation, verb="clinic.invitation-revoked")


def _record(*, by: User | None, at: datetime, invitation: Invitation, verb: str) -> None:
    """By its number alone: the profile names a person."""
    ClinicChange.objects.create(
        clinic_id=invitation.clinic_id, verb=verb, by=by, at=at, data={"invitation": invitation.pk}
    )


def find(*, at: datetime, code: str) -> Invitation:
    """The open invitation of this code, locked until the transaction ends.

    Used, revoked, expired and unknown codes are refused alike, so that a guess learns nothing.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("clinic")
        .filter(code_hash=hashed(code), used_at=None, revoked_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        raise InvalidInvitationError("This invitation code is not valid. Ask your clinic for a new one.")
    return invitation


@transaction.atomic
def accept(
    *, by: User, at: datetime, code: str, timezone: str, consented: Mapping[str, str] | None = None
) -> Patient:
    """The person who holds the code becomes a patient of the clinic that invited.

    `consented`: version by purpose; None: all, as an app that shows every text before sign-up means it.
    """
    invitation = find(at=at, code=code)
    patient = enrol(
        at=at, clinic=invitation.clinic, profile=checked(invitation.profile), timezone=timezone, user=by
    )
    invitation.used_at, invitation.used_by = at, patient
    invitation.save(update_fields=["used_at", "used_by"])
    consents.given_at_sign_up(by=by, at=at, patient=patient, versions=consented)
    return patient


@transaction.atomic
def enrol(*, at: datetime, clinic: Clinic, profile: Profile, timezone: str, user: User | None) -> Patient:
    """A patient's row from what the clinic knows; the first change of the record."""
    patient = Patient.objects.create(
        user=user,
        clinic=clinic,
        name=profile.get("name", ""),
        sex=profile.get("sex", ""),
        born=_born(profile, at.astimezone(ZoneInfo(timezone)).date()),
        history=profile.get("history", []),
        peak_height_cm=profile.get("peak_height_cm"),
        timezone=timezone,
        enrolled_at=at,
        revision=1,
    )
    facts.adopt(patient=patient)
    changes.record(by=user, at=at, patient=patient, verb="patient.enrolled", subject=f"patient:{patient.pk}")
    return patient


def _born(profile: Profile, today: date) -> date | None:
    """The date of birth; from an age alone, the latest that makes the person that old today."""
    if "born" in profile:
        return profile["born"]
    if "age" not in profile:
        return None
    year = today.year - profile["age"]
    leap_day_missing = today.month == 2 and today.day == 29 and year % 4 != 0
    return today.replace(year=year, day=28) if leap_day_missing else today.replace(year=year)

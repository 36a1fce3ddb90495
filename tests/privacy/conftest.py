"""One signed-up patient of whom there is a row in every table that has patients."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from journal.accounts.models import Invitation, KnownDevice
from journal.actions import invitations
from journal.models import ExercisePause, Task
from reminders.models import Attempt, DeadAddress, Delivery, ReminderSettings
from tests.api.phone import Phone
from tests.support.phones import a_phone, a_session
from tests.support.records import AT, DAY, Cast, a_cast

CANARY = "yellowhammer"


@pytest.fixture
def hill(db: None) -> Cast:
    return whole("hill", CANARY)


@pytest.fixture
def phone(hill: Cast) -> Phone:
    return Phone(token=a_session(hill.person))


def whole(slug: str, word: str) -> Cast:
    """A cast, and what it lacks; `word` in every text that a person writes."""
    cast = a_cast(slug, word)
    patient, person = cast.patient, cast.person
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": f"secret {word}"})
    KnownDevice.objects.create(user=person, token_hash=f"{word}-known", added_at=AT, last_seen_at=AT)
    Invitation.objects.filter(clinic=cast.clinic).update(
        used_by=patient, used_at=AT, code_hash=invitations.hashed(f"{slug}-code")
    )
    Task.objects.get_or_create(
        patient=patient, kind="review", source=word, due_on=DAY, raised_at=AT, note=f"task {word}"
    )
    ExercisePause.objects.filter(patient=patient).update(exercise=word)
    ReminderSettings.objects.get_or_create(patient=patient)
    DeadAddress.objects.get_or_create(
        user=person, defaults={"email": person.email, "code": "550", "since": AT}
    )
    delivery = Delivery.objects.filter(patient=patient).earliest("pk")
    Attempt.objects.get_or_create(delivery=delivery, number=1, at=AT, code=word)
    a_phone(patient, f"token-{word}-{'x' * 100}", at=AT, kind="fcm", label=word)
    return cast

"""Devices on which a person signed in before: they still get in while somebody guesses at the account."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from journal.accounts.models import KnownDevice, User

LONGEST_TOKEN = 100
# As long as a browser keeps a cookie.
KEPT_FOR = timedelta(days=400)


@transaction.atomic
def remember(*, at: datetime, user: User, token: str) -> str | None:
    """The person signed in on a device with this token ("" for none). A new token, when it needs one.

    Several people may share a device, such as the clinic's computer: its token then stands for each of them.
    """
    seen = KnownDevice.objects.filter(token_hash=_hash(token)) if token else KnownDevice.objects.none()
    if seen.filter(user=user).update(last_seen_at=at):
        return None
    given = token if seen.exists() else secrets.token_urlsafe(32)
    KnownDevice.objects.create(user=user, token_hash=_hash(given), added_at=at, last_seen_at=at)
    return None if given == token else given


def known(*, token: str, users: Collection[int]) -> bool:
    """Whether each of these people signed in on the device before."""
    if not token or not users or len(token) > LONGEST_TOKEN:
        return False
    return KnownDevice.objects.filter(token_hash=_hash(token), user__in=users).count() == len(set(users))


def forget(*, at: datetime) -> int:
    """Removes devices on which nobody signed in for so long; returns how many."""
    removed, _ = KnownDevice.objects.filter(last_seen_at__lt=at - KEPT_FOR).delete()
    return removed


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()

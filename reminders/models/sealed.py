"""What must be read again to be used, and yet be of no use in a stolen copy of the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """Under the SECRET_KEY of today."""
    return _box().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """Also what was sealed under a key of SECRET_KEY_FALLBACKS."""
    return _box().decrypt(text.encode()).decode()


def fingerprint(text: str) -> str:
    """To find it again without unsealing: tokens are long and random, so a plain hash gives nothing away."""
    return hashlib.sha256(text.encode()).hexdigest()


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str) -> bytes:
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=b"osteon sealed").digest()
    return base64.urlsafe_b64encode(digest)

"""What the database keeps but must not be able to read: sealed with a key that follows from SECRET_KEY."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "opened", "sealed"]


@lru_cache(maxsize=4)
def _fernet(secrets: tuple[str, ...]) -> MultiFernet:
    """The first secret seals; all of them open, so that SECRET_KEY can be changed."""
    keys = (hashlib.sha256(b"osteon.sealed:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _current() -> MultiFernet:
    return _fernet((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def sealed(text: str) -> str:
    return _current().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """
    Raises:
        InvalidToken: not sealed with a secret that still counts.
    """
    return _current().decrypt(text.encode()).decode()

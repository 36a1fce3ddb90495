"""Session keys as the database has them: hashed, so that a copy of the database signs nobody in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.db import models


class StoredKey(str):
    """A key as it came out of the database; equal to the key of which it is the hash."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str.__eq__(self, hashed(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def hashed(key: str) -> StoredKey:
    """240 bits of SHA-256 in 40 signs, the width of such columns. A key has 165 random bits: no slow hash."""
    if isinstance(key, StoredKey):
        return key
    digest = hashlib.sha256(key.encode()).digest()[:30]
    return StoredKey(base64.urlsafe_b64encode(digest).decode())


class HashedKeyField(models.CharField):  # type: ignore[type-arg]
    """Takes a key and keeps its hash. What was read finds its row again; the same from outside doesn't."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(hashed(value))

    def from_db_value(self, value: Any, *_: Any) -> StoredKey | None:
        return None if value is None else StoredKey(value)

    def deconstruct(self) -> Any:
        """For migrations a plain text: packages whose field this takes over keep their own."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def take_over(field: models.Field[Any, Any]) -> None:
    """Makes another package's column of keys hold their hashes."""
    field.__class__ = HashedKeyField

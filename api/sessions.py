"""Sessions in the database: keys hashed, contents sealed. A session may hold a code that was just mailed."""

import json
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from journal.accounts.models import Session
from journal.accounts.sealed import InvalidToken, opened, sealed


class SessionStore(DatabaseStore):
    """`SESSION_ENGINE` names this module."""

    expires: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        self.expires = row.expire_date if row else None
        return self.decode(row.session_data) if row else {}

    def load_if_any(self) -> dict[str, Any]:
        """The content, or nothing for a key of no session."""
        return self.load() if self.session_key else {}

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealed(json.dumps(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What can't be opened is an empty session: the person signs in again."""
        try:
            content: dict[str, Any] = json.loads(opened(str(session_data)))
        except InvalidToken:
            return {}
        return content

"""Sessions in the database: keys hashed, contents sealed. A session may hold a code that was just mailed."""

import json
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone as clock

from journal.accounts.keys import hashed
from journal.accounts.models import Session
from journal.accounts.sealed import InvalidToken, opened, sealed

_LIVE = """
SELECT session_data, expire_date FROM accounts_session WHERE session_key = %(key)s AND expire_date > %(now)s
"""


class SessionStore(DatabaseStore):
    """`SESSION_ENGINE` names this module."""

    expires: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """By plain SQL, as each request comes with it. A key of no session, or of an ended one, is let go."""
        key = str(hashed(self.session_key or ""))
        with connection.cursor() as cursor:
            cursor.execute(_LIVE, {"key": key, "now": clock.now()})
            row = cursor.fetchone()
        if row is None:
            self._session_key = self.expires = None
            return {}
        content, self.expires = row
        return self.decode(content)

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

"""Sessions in the database: keys hashed, contents sealed. A session may hold a code that was just mailed."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone as clock
from django.utils.crypto import constant_time_compare

from journal.accounts.keys import hashed
from journal.accounts.models import Patient, Session, User
from journal.accounts.sealed import InvalidToken, opened, sealed
from journal.fence.base import DatabaseWrapper
from journal.rows import ask_for, at_once

View = Callable[..., HttpResponseBase]

_LIVE = """
SELECT session_data, expire_date FROM accounts_session WHERE session_key = %(key)s AND expire_date > %(now)s
"""

# Whose session it is stands sealed in its content; the list of sessions only says in which row to look, and
# in whose name the statement that travels along asks for their own record, if they are a patient.
_WITH_ACCOUNT = """
SELECT {columns}, session_data, expire_date,
    set_config('osteon.scope', 'person:' || listed.user_id || '::', true),
    set_config('plan_cache_mode', 'force_generic_plan', true)
FROM accounts_session JOIN usersessions_usersession AS listed USING (session_key)
JOIN accounts_user AS "user" ON "user".id = listed.user_id
WHERE session_key = %(key)s AND expire_date > %(now)s
"""
_RECORD = """
SELECT {columns} FROM accounts_patient AS patient
WHERE user_id = nullif(split_part(current_setting('osteon.scope', true), ':', 2), '')::bigint
"""


class SessionStore(DatabaseStore):
    """`SESSION_ENGINE` names this module."""

    expires: datetime | None = None
    _session_cache: dict[str, Any]  # Django's: the content, once it was read

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


def one_at_a_time(view: View) -> View:
    """Requests of one of the app's sessions take turns: of two that show the same mailed code at once, one
    finds it used.
    """

    @wraps(view)
    def in_turn(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        token = request.headers.get("X-Session-Token", "")
        with transaction.atomic():
            Session.objects.select_for_update().filter(session_key=token).first()
            return view(request, *args, **more)

    return in_turn


def signed_in(token: str) -> tuple[User, SessionStore] | None:
    """The account and its session, with the record of a patient, in one round trip, where all is in order.

    None leaves it to Django to look: a session that is not listed, was begun with an earlier secret or an
    earlier password, or is no session.
    """
    store = SessionStore(token)
    with at_once():
        accounts = ask_for(User, _WITH_ACCOUNT, {"key": str(hashed(token)), "now": clock.now()})
        records = ask_for(Patient, _RECORD, {})
    cast(DatabaseWrapper, connection).forget_scope()
    found = accounts()
    if not found:
        return None
    [(user, (content, store.expires, *_))] = found
    said = store._session_cache = store.decode(content)
    in_order = (
        said.get(SESSION_KEY) == str(user.pk)
        and said.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and user.is_active
        and constant_time_compare(said.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )
    if not in_order:
        return None
    for record, _ in records():
        user.patient = record
    return user, store

"""What somebody who signed in carries from request to request."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession

from journal.accounts.keys import HashedKeyField


class Session(AbstractBaseSession):
    """The key is kept hashed, the content sealed."""

    session_key = HashedKeyField(max_length=40, primary_key=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

"""What would fail at night is found at the start: these run with `manage.py check` and when the web boots."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, connections

# Without these a committed entry may be lost by a crash of the database's machine.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
NO_MAIL = {
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
}


@register(Tags.security)
def mail_reaches_the_care_team(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Outside the demo, a flag's mail must leave the machine."""
    if settings.DEMO or settings.EMAIL_BACKEND not in NO_MAIL:
        return []
    return [
        Error(
            "Mail is not sent anywhere, so nobody hears of a flag.",
            hint="Set EMAIL_URL, for instance smtp+tls://user:password@host:587",
            id="osteon.E001",
        )
    ]


@register(Tags.security)
def links_are_secure(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Mails carry links to the queue: they must be ours, and encrypted."""
    if settings.DEMO or settings.PUBLIC_URL.startswith("https://"):
        return []
    return [Error("PUBLIC_URL must start with https:// outside the demo.", id="osteon.E002")]


@register(Tags.security)
def push_services_know_whom_to_ask(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Without an address of the operator (RFC 8292, 2.1) no push is signed, and none goes out."""
    if not settings.VAPID_PRIVATE_KEY or settings.VAPID_SUBJECT.startswith(("mailto:", "https://")):
        return []
    return [
        Error(
            "VAPID_SUBJECT must start with mailto: or https://, or no push goes out.",
            hint="Set VAPID_SUBJECT, for instance mailto:it@clinic.example",
            id="osteon.E006",
        )
    ]


@register(Tags.security)
def there_is_a_secret(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """No fall-back: sessions signed with a known key are open to everybody."""
    return [] if settings.SECRET_KEY_GIVEN else [Error("SECRET_KEY is not set.", id="osteon.E005")]


@register(Tags.database)
def database_is_safe(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The role that serves requests owns nothing; what is committed stays."""
    if "default" not in (databases or ()):
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = role.oid)"
                " FROM pg_roles role WHERE rolname = current_user"
            )
            [too_mighty] = cursor.fetchone()
            cursor.execute(
                "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [list(DURABLE)]
            )
            off = sorted(name for (name,) in cursor.fetchall())
    except OperationalError as error:
        return [checks.Warning(f"The database does not answer ({type(error).__name__}).", id="osteon.W001")]
    found: list[CheckMessage] = []
    if too_mighty:
        found.append(
            Error(
                "The role of DATABASE_URL owns tables, or is a superuser: it could rewrite the record.",
                hint="Give DATABASE_OWNER_URL to migrations, and DATABASE_URL a role that owns nothing.",
                id="osteon.E003",
            )
        )
    if off:
        found.append(Error(f"PostgreSQL may lose what it committed: {', '.join(off)} off.", id="osteon.E004"))
    return found

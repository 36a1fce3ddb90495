"""The app `journal`, and the rights of the role that serves requests."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy
from psycopg import sql

from journal.fence import install


def grant_to_the_app(sender: AppConfig, using: str, **_: Any) -> None:
    """Lets the app's role read and write rows of tables that the owner made; nothing else.

    Runs after each migration of the owner, so a new table is never out of reach, and never out of bounds.
    """
    app_role = connections["default"].settings_dict["USER"]
    if not app_role or app_role == connections[using].settings_dict["USER"]:
        return
    role = sql.Identifier(app_role)
    with connections[using].cursor() as cursor:
        for grant in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            *(f"REVOKE INSERT, UPDATE, DELETE ON {view} FROM {{}}" for view in _views(cursor)),
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
            "REVOKE UPDATE, DELETE ON journal_change, journal_staffread, journal_entryversion FROM {}",
            "REVOKE UPDATE, DELETE ON accounts_clinicchange, journal_flagaction FROM {}",
            "REVOKE UPDATE, DELETE ON accounts_brokenglass FROM {}",
            "GRANT UPDATE (ended_at, told_at) ON accounts_brokenglass TO {}",
            "REVOKE UPDATE, DELETE ON journal_fact, journal_factwithdrawal FROM {}",
            "REVOKE UPDATE, DELETE ON journal_note, journal_notewithdrawal FROM {}",
            "REVOKE DELETE ON journal_careitem FROM {}",
            "REVOKE UPDATE, DELETE ON journal_careitemversion FROM {}",
            "REVOKE ALL ON journal_trace, journal_trace_id_seq FROM {}",
            "GRANT EXECUTE ON FUNCTION osteon_erase(bigint, timestamptz) TO {}",
        ):
            cursor.execute(sql.SQL(grant).format(role).as_string(cursor.connection))


def _views(cursor: CursorWrapper) -> list[str]:
    """The fence's views have their owner's rights: who writes through one passes by every policy."""
    cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
    return [name for (name,) in cursor.fetchall()]


def put_up_the_fence(sender: AppConfig, using: str, **_: Any) -> None:
    """Row policies and the trail's triggers, over all tables of the owner."""
    install.put_up(connections[using])


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = gettext_lazy("Journal")

    def ready(self) -> None:
        post_migrate.connect(put_up_the_fence, sender=self)
        post_migrate.connect(grant_to_the_app, sender=self)

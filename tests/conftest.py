"""The suite's database: made and emptied by its owner, used by the app's role, as in production."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.servers.basehttp import WSGIServer
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from journal.fence import scope

# A storm of connections is to reach what is tested, and not the end of the test server's own queue.
WSGIServer.request_queue_size = 128

# What a test prepares and looks at is the system's; each request that it sends has a scope of its own.
scope.declare_system()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, request: Any) -> Iterator[None]:
    """Migrations run as the owner; the tests then connect as the role that owns nothing."""
    owner, app = connections["owner"], connections["default"]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    owner.settings_dict["TEST"]["NAME"] = f"test_{owner.settings_dict['NAME']}{worker}"
    # A pool would keep connections open when the database is dropped.
    app.settings_dict["OPTIONS"].pop("pool", None)
    with django_db_blocker.unblock():
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        app.creation.set_as_test_mirror(owner.settings_dict)
        owner.close()
        yield
        app.close()
        owner.creation.destroy_test_db("osteon", verbosity=0)


FOREVER = ("journal_trace", "journal_staffread", "journal_change", "accounts_clinicchange")
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def _emptied_by_the_owner(self: TransactionTestCase) -> None:
    """The app's role may not truncate, so the owner empties the tables after a test that commits."""
    owner = connections["owner"].settings_dict
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=owner["NAME"],
    ) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for name in FOREVER:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found if name not in KEPT)
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
        for name in FOREVER:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _emptied_by_the_owner)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    """Tests ask more in a minute than people do, and share a Redis; those of the limit set one."""
    settings.REQUESTS_PER_MINUTE = 0


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """A password hash costs 0.3 s by design; tests of passwords set the real one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

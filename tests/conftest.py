"""The suite's database: made and emptied by its owner, used by the app's role, as in production."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase


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


def _emptied_by_the_owner(self: TransactionTestCase) -> None:
    """The app's role may not truncate, so the owner empties the tables after a test that commits."""
    call_command("flush", database="owner", interactive=False, inhibit_post_migrate=True, verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE osteon_cache")
    connections["owner"].close()


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _emptied_by_the_owner)
    yield
    patch.undo()

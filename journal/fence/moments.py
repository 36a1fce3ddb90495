"""`timestamptz` as it comes from a connection in UTC, read in C: Django's way takes ten times as long."""

from datetime import UTC, datetime
from functools import cache

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader


class MomentLoader(Loader):
    """What ISO 8601 can't say, such as `infinity` or a year of five digits, is Django's to judge."""

    timezone = UTC  # Django asks a loader for it

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode()).astimezone(UTC)
        except ValueError:
            moment: datetime = _Slowly(self.oid, self.connection).load(data)
            return moment


class _Slowly(BaseTzLoader):  # type: ignore[misc]
    timezone = UTC


@cache
def with_moments(template: AdaptersMap) -> AdaptersMap:
    """A connection's adapters, with this loader in place of Django's."""
    adapters = AdaptersMap(template)
    adapters.register_loader("timestamptz", MomentLoader)
    return adapters

"""A phone's side of `/sync`: rows as it would push them, and the two calls."""

import json
import uuid
from typing import Any

from django.utils import timezone as clock

from journal.sync.columns import milliseconds
from tests.api.phone import Phone

TABLES = ("entries", "flags", "reminders", "occurrences", "care_items")


def row(
    *, row_id: str = "", recorded_at: int | None = None, zone: str = "Europe/Berlin", **report: Any
) -> dict[str, Any]:
    """One new row of `entries`, recorded now unless said otherwise."""
    return {
        "id": row_id or str(uuid.uuid4()),
        "_status": "created",
        "_changed": "",
        "recorded_at": milliseconds(clock.now()) if recorded_at is None else recorded_at,
        "timezone": zone,
        "report": json.dumps(report),
        "local_date": "",
        "version": 0,
    }


def reminder(**columns: Any) -> dict[str, Any]:
    """One new row of `reminders`."""
    return {
        "id": str(uuid.uuid4()),
        "kind": "custom",
        "title": "Write the journal",
        "rrule": "FREQ=DAILY",
        "local_time": "18:30",
        "timezone": "Europe/Berlin",
        "quiet_from": None,
        "quiet_until": None,
        "channels": '["inbox"]',
        "active": True,
        **columns,
    }


def body(
    table: str = "entries", *, created: Any = (), updated: Any = (), deleted: Any = ()
) -> dict[str, Any]:
    return {table: {"created": [*created], "updated": [*updated], "deleted": [*deleted]}}


def pull(phone: Phone, since: int | str = "null", **query: str) -> tuple[int, Any]:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return phone.send("GET", f"/api/v1/sync?last_pulled_at={since}&schema_version=1{more}")


def push(phone: Phone, sent: Any, since: int | str | None = None) -> tuple[int, Any]:
    """Pushes after a pull, unless `since` says from when the phone's last pull is."""
    if since is None:
        since = pull(phone)[1]["timestamp"]
    return phone.send("POST", f"/api/v1/sync?last_pulled_at={since}", sent)


def told(answer: Any) -> set[tuple[str, str]]:
    """Pointer and code of all that was refused."""
    return {(fault["pointer"], fault["code"]) for fault in answer["errors"]}


def table(phone: Phone, name: str, since: int | str = "null") -> dict[str, Any]:
    """The rows of one table by id."""
    return {each["id"]: each for each in pull(phone, since)[1]["changes"][name]["updated"]}

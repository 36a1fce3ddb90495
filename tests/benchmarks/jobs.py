"""The four jobs: one entry, a push of 50, a pull after one change, the list of flags."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.benchmarks import documents, reference, statements
from tests.benchmarks.client import Ask, request
from tests.benchmarks.machine import Postgres, Server
from tests.benchmarks.people import People, Person, revisions
from tests.benchmarks.rounds import Contestant, compare, served

PUSHED = 50
FLAG_EVERY = 20  # entries; the one that says a sudden pain, and so opens a flag or joins one


@dataclass(frozen=True)
class Stage:
    """All that a job needs: both servers, both databases, who is there, how statements are counted."""

    osteon: Server
    naive: Server
    postgres: Postgres
    owner: psycopg.Connection
    owner_url: str
    naive_rows: psycopg.Connection
    people: People
    naive_tokens: list[str]
    osteon_env: dict[str, str]
    naive_env: dict[str, str]

    def naive_long(self) -> list[str]:
        return self.naive_tokens[-len(self.people.read) :]

    def count_osteon(self, path: str, token: str, body: Callable[[], bytes] = lambda: b"") -> int:
        return statements.count(self.osteon_env, *_twice(path, {"X-Session-Token": token}, body))

    def count_naive(self, path: str, token: str, body: Callable[[], bytes] = lambda: b"") -> int:
        return statements.count(self.naive_env, *_twice(path, {"Authorization": f"Token {token}"}, body))


def _twice(path: str, headers: dict[str, str], body: Callable[[], bytes]) -> list[dict[str, Any]]:
    """The first one warms the process up."""
    bodies = [body().decode(), body().decode()]
    return [
        {"method": "POST" if one else "GET", "path": path, "headers": headers, "body": one} for one in bodies
    ]


# --- one entry ---


def entries(stage: Stage) -> None:
    """POST of one entry: ours, the naive one, and the bare rows."""
    people = stage.people
    compare(
        "One entry a request",
        "entries",
        [
            Contestant(
                "pgbench: the same rows, five round trips",
                reference.limit(stage.owner_url, stage.postgres, reference.STEPS, people.beside),
                len(reference.STEPS),
            ),
            Contestant(
                "Osteon",
                served(
                    stage.osteon,
                    stage.postgres,
                    lambda n: _post(people.served[n % len(people.served)], _entry(n)),
                    stored=_rows(stage.owner, "journal_entry", f"patient_id <= {people.served[-1].id}"),
                ),
                stage.count_osteon("/api/v1/entries", people.served[0].token, lambda: _entry(1)),
            ),
            Contestant(
                "plain ModelViewSet, nested serializer, no rules",
                _naive_entries(stage),
                stage.count_naive("/entries/", stage.naive_tokens[0], lambda: _naive_entry(1)),
            ),
        ],
    )


def _naive_entries(stage: Stage) -> Any:
    tokens = stage.naive_tokens[: -len(stage.people.read)]
    ask = _naive_ask("/entries/", tokens, _naive_entry)
    stored = _rows(stage.naive_rows, "naive_entry", "TRUE")
    return served(stage.naive, stage.postgres, ask, stored=stored)


def _post(person: Person, body: bytes) -> bytes:
    return request("POST", "/api/v1/entries", _headers(person), body)


def _headers(person: Person) -> dict[str, str]:
    return {"X-Session-Token": person.token, "Accept": "application/json"}


def _entry(number: int) -> bytes:
    said = documents.sudden() if number % FLAG_EVERY == 0 else documents.report(number)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = {"id": str(uuid.uuid4()), "recorded_at": now, "timezone": documents.ZONE, **said}
    return json.dumps(body).encode()


def _naive_entry(number: int) -> bytes:
    said = documents.report(number)
    body = {
        "client_id": str(uuid.uuid4()),
        "recorded_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "timezone": documents.ZONE,
        **{name: said[name] for name in ("pains", "neuro", "can_bear_weight", "sleep", "mood")},
    }
    return json.dumps(body).encode()


def _naive_ask(path: str, tokens: list[str], body: Callable[[int], bytes] | None = None) -> Ask:
    def ask(number: int) -> bytes:
        headers = {"Authorization": f"Token {tokens[number % len(tokens)]}", "Accept": "application/json"}
        return request("POST" if body else "GET", path, headers, body(number) if body else b"")

    return ask


def _rows(connection: psycopg.Connection, table: str, where: str) -> Callable[[], int]:
    def stored() -> int:
        row = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
        assert row
        return int(row[0])

    return stored


# --- push ---


def push(stage: Stage) -> None:
    """A phone that was offline for 17 days pushes 50 entries; the naive one sends them one by one."""
    people, known = stage.people, revisions(stage.owner)

    def person(number: int) -> Person:
        return people.served[number % len(people.served)]

    def ask(number: int) -> bytes:
        one = person(number)
        path = f"/api/v1/sync?last_pulled_at={known[one.id]}"
        return request("POST", path, _headers(one), _pushed(number))

    def hear(number: int, body: bytes) -> None:
        found = re.search(rb'"revision":(\d+)', body)
        assert found and b'"errors":[]' in body, body
        known[person(number).id] = int(found[1])

    compare(
        f"Sync push of {PUSHED} entries",
        "entries",
        [
            Contestant(
                f"pgbench: {PUSHED} entries in one statement",
                reference.limit(
                    stage.owner_url, stage.postgres, reference.BATCH, people.beside, units=PUSHED
                ),
                len(reference.BATCH),
            ),
            Contestant(
                "Osteon",
                served(
                    stage.osteon,
                    stage.postgres,
                    ask,
                    stored=_rows(stage.owner, "journal_entry", f"patient_id <= {people.served[-1].id}"),
                    units=PUSHED,
                    hear=hear,
                ),
                # Without a cursor: nothing was pulled yet, which no push is refused for.
                stage.count_osteon("/api/v1/sync", people.beside[0].token, lambda: _pushed(1)),
            ),
            Contestant(
                "plain ModelViewSet, one by one",
                _naive_entries(stage),
                PUSHED * stage.count_naive("/entries/", stage.naive_tokens[0], lambda: _naive_entry(1)),
            ),
        ],
    )


def _pushed(number: int) -> bytes:
    """Three a day; every 20th push has a sudden pain among them."""
    now = datetime.now(UTC)
    rows = []
    for place in range(PUSHED):
        sudden = place == PUSHED // 2 and number % FLAG_EVERY == 0
        moment = now - timedelta(hours=8 * (PUSHED - place))
        rows.append(
            {
                "id": str(uuid.uuid4()),
                "_status": "created",
                "_changed": "",
                "recorded_at": int(moment.timestamp() * 1000),
                "timezone": documents.ZONE,
                "report": json.dumps(documents.sudden() if sudden else documents.report(place)),
                "local_date": "",
                "version": 0,
            }
        )
    return json.dumps({"entries": {"created": rows, "updated": [], "deleted": []}}).encode()


# --- pull ---


def pull(stage: Stage) -> None:
    """What one change costs in a history of 1,000 entries."""
    people = stage.people.read
    path = f"/api/v1/sync?last_pulled_at={documents.LONG - 1}&schema_version=1&migration=null"
    since = (documents.NOW - timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M:%SZ")
    naive = f"/entries/?since={since}"
    _compare_reading(stage, "Sync pull after one change, 1,000 entries", path, reference.PULL, people, naive)


def flags(stage: Stage) -> None:
    """The list of 20 flags."""
    people = stage.people.read
    _compare_reading(stage, "Flags list, 20 flags", "/api/v1/flags", reference.FLAGS, people, "/flags/")


def _compare_reading(
    stage: Stage, what: str, path: str, limit: list[str], people: Any, naive: str
) -> None:
    tokens = stage.naive_long()
    compare(
        what,
        "requests",
        [
            Contestant(
                "pgbench: the same rows, a round trip a table",
                reference.limit(stage.owner_url, stage.postgres, limit, people),
                len(limit),
            ),
            Contestant(
                "Osteon",
                served(
                    stage.osteon,
                    stage.postgres,
                    lambda n: request("GET", path, _headers(people[n % len(people)])),
                ),
                stage.count_osteon(path, people[0].token),
            ),
            Contestant(
                "plain ModelViewSet",
                served(stage.naive, stage.postgres, _naive_ask(naive, tokens)),
                stage.count_naive(naive, tokens[0]),
            ),
        ],
    )


JOBS: dict[str, Callable[[Stage], None]] = {"entries": entries, "push": push, "pull": pull, "flags": flags}

"""Schemathesis against the application: requests out of its OpenAPI document, all checks on each answer."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.engine import Status, events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.transport.wsgi import WSGITransport

SEED = 4
ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC")
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY;INTERVAL=3;COUNT=10", "RRULE:FREQ=WEEKLY")
MIGRATIONS = ("null", '{"from": 1, "tables": ["flags"], "columns": [{"table": "entries", "columns": ["x"]}]}')
# What JSON Schema has no words for, by the operation that says so: a cursor or an ETag that was given out
# here, a moment near enough to now, a rule that rings at least once, a push token that leads somewhere, a
# pause that ends after it begins, the version of a consent that counts now; and a zone that exists, where the
# field may also be null: schemathesis follows no format there.
LISTS = ("entries", "flags", "reminders", "occurrences", "devices", "messages", "me/access-log")
BEYOND_SCHEMA: dict[str, frozenset[str]] = {
    **{f"GET /api/v1/{name}": frozenset({"invalid-cursor"}) for name in LISTS},
    "POST /api/v1/entries": frozenset({"not-in-time"}),
    "PATCH /api/v1/entries/{client_id}": frozenset({"not-in-time", "stale"}),
    "DELETE /api/v1/entries/{client_id}": frozenset({"stale"}),
    "POST /api/v1/reminders": frozenset({"invalid-schedule", "unknown-timezone"}),
    "PATCH /api/v1/reminders/{reminder_id}": frozenset({"invalid-schedule", "unknown-timezone", "stale"}),
    "DELETE /api/v1/reminders/{reminder_id}": frozenset({"stale"}),
    "PATCH /api/v1/reminders/settings": frozenset({"stale"}),
    "PUT /api/v1/reminders/pause": frozenset({"not-fit"}),
    "PATCH /api/v1/me": frozenset({"unknown-timezone", "stale"}),
    "POST /api/v1/me/consents": frozenset({"not-fit"}),
    "POST /api/v1/devices": frozenset({"invalid-token"}),
}


@dataclass
class Report:
    """What was asked and what was found: `findings` are sentences by title, none when all is well."""

    operations: set[str] = field(default_factory=set)
    cases: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        summary = f"{len(self.operations)} operations, {self.cases} cases, {len(self.findings)} findings"
        found = "".join(f"\n\n{title}\n{text[:1500]}" for title, text in self.findings.items())
        return f"{summary}\nchecks: {dict(self.checks)}\nanswers: {dict(self.statuses)}{found}"


def _config(token: str, *, examples: int, whole: bool) -> SchemathesisConfig:
    """Deterministic: the same cases with every run."""
    generation = {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True}
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "workers": 1,
            "continue-on-failure": True,
            "auth": {"openapi": {"SessionToken": {"api_key": token}}},
            "generation": generation,
            "phases": {"coverage": {"enabled": whole}, "stateful": {"max-steps": 6 if whole else 3}},
        }
    )


def _teach_formats() -> None:
    """The formats that the document names beside those of JSON Schema."""
    now = datetime.now(UTC).replace(microsecond=0)
    moments = st.integers(-390 * 24 * 60, 23 * 60).map(lambda ago: (now + timedelta(minutes=ago)).isoformat())
    schemathesis.openapi.format("date-time", moments)
    schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
    schemathesis.openapi.format("rrule", st.sampled_from(RULES))
    schemathesis.openapi.format("json", st.sampled_from(MIGRATIONS))


APPLICATION = WSGIHandler()
OF_SOCKETS = frozenset({"max_redirects", "verify", "cert", "proxies"})
_send = WSGITransport.send


def _uncompressed(environ: dict[str, Any], start_response: Any) -> Any:
    """Schemathesis doesn't unpack what comes from inside its own process."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        return APPLICATION(environ, start_response)
    finally:
        connections.close_all()  # each thread has its own, and the database is dropped afterwards


def _sent_without_redirects(self: WSGITransport, case: Any, **wishes: Any) -> Any:
    """It hands its in-process client wishes that only the one for sockets knows."""
    return _send(self, case, **{name: wish for name, wish in wishes.items() if name not in OF_SOCKETS})


def run(token: str, *, examples: int, whole: bool) -> Report:
    """All operations, signed in as a patient: the document's examples, random and linked requests.

    With `whole` also the coverage phase: every bound of every field, some 4,000 requests.
    """
    _teach_formats()
    WSGITransport.send = _sent_without_redirects  # type: ignore[method-assign]
    settings = _config(token, examples=examples, whole=whole)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", _uncompressed, config=settings)
    schema.hooks.hook(filter_failure)
    # What ends the account, or sends the whole record with each request, is tested by itself.
    asked = schema.exclude(method="DELETE", path="/api/v1/me").exclude(path="/api/v1/me/export")
    report = Report()
    for event in from_schema(asked).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(event.recorder, report)
        elif isinstance(event, events.NonFatalError):
            report.findings.setdefault(f"error {event.label}", str(event.value))
        elif isinstance(event, events.FatalError):
            report.findings.setdefault("fatal", repr(event.exception))
    return report


def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """No finding: a refusal whose reasons all lie beyond JSON Schema, and a push that names its bad rows."""
    if isinstance(failure, AcceptedNegativeData) and case.operation.label == "POST /api/v1/sync":
        return not response.json()["errors"]
    if not isinstance(failure, RejectedPositiveData) or response.status_code not in {412, 422}:
        return True
    codes = {error["code"] for error in response.json()["errors"]}
    return not codes <= BEYOND_SCHEMA.get(case.operation.label, frozenset())


def _note(recorder: Any, report: Report) -> None:
    report.cases += len(recorder.cases)
    report.operations |= {node.value.operation.label for node in recorder.cases.values()}
    for asked in recorder.interactions.values():
        report.statuses[asked.response.status_code if asked.response else 0] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            report.checks[check.name] += 1
            if check.status is Status.FAILURE:
                told = recorder.interactions[case_id].response
                failure, sample = check.failure_info.failure, check.failure_info.code_sample
                title = f"{check.name} {recorder.cases[case_id].value.operation.label}: {failure.title}"
                report.findings.setdefault(title, f"{failure.message}\n{sample}\n{told and told.text[:600]}")

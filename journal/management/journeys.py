"""Replays patient journeys through the same actions that the API calls, and compares the flags.

A journey is one invented patient: what the phone sent, in the order in which it arrived, what clinicians did,
and the flags that must stand at the end. docs/journeys.md describes the format.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from journal.accounts.models import Clinic, Patient
from journal.actions import accounts, clinics, clock, entries, flags, invitations
from journal.actions.refusals import ConflictError, NotPossibleNowError, RefusedError
from journal.content.rule import URGENT
from journal.management.journey import Act, Item, Journey, Moment, read
from journal.models import Flag, FlagAction

NAMESPACE = uuid.UUID("6f1c3f5e-0b7a-4c1e-9a55-2d1f7f6f0a01")
NOTE = "Replayed from a journey."


@dataclass
class Result:
    """How the flags of one journey differ from what it expects; patterns with their day.

    `error` says why it could not be replayed at all: then nothing is known about its flags.
    """

    id: str
    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    wrong_urgency: list[str] = field(default_factory=list)
    wrong_day: list[str] = field(default_factory=list)
    error: str | None = None

    @property
    def passed(self) -> bool:
        return not (self.missing or self.unexpected or self.wrong_urgency or self.wrong_day or self.error)


def load(file: Path) -> list[Any]:
    """What a file says of its journeys: a JSON list, one unread journey each.

    Raises:
        ValueError: no JSON list.
    """
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, list):
        raise ValueError("not a JSON list of journeys")
    return found


def replay(sent: Any) -> Result:
    """One journey for a new patient, at the journey's own clock; leaves nothing behind."""
    try:
        journey = read(sent)
    except ValueError as error:
        name = sent.get("id", "") if isinstance(sent, dict) else ""
        return Result(str(name), error=str(error))
    try:
        with _rolled_back():
            run = _Run(journey)
            run.deliver()
            run.act()
            clock.run(at=run.as_of, patient=run.patient)
            return run.compare()
    except RefusedError as error:
        return Result(journey.id, error=str(error))


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class _Run:
    """One journey under way."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.zone = journey.patient.timezone
        self.start = journey.on(Moment(day=0, time=time()))
        self.as_of = journey.on(journey.as_of)
        self.arrived: set[uuid.UUID] = set()
        self.urgent = False
        name = f"replay-{journey.id}"
        email = f"{uuid.uuid4()}@replay.invalid"
        self.clinician = accounts.open_account(at=self.start, email=email, name="", encoded_password="")
        slug = f"{name}-{uuid.uuid4()}"[:50]
        self.patient = self._enrol(clinics.open_clinic(slug=slug, name=name, timezone=str(self.zone)))

    def _enrol(self, clinic: Clinic) -> Patient:
        profile = self.journey.patient.profile
        return invitations.enrol(
            at=self.start, clinic=clinic, profile=profile, timezone=str(self.zone), user=None
        )

    def deliver(self) -> None:
        """Entries as they arrive; the server's clock is the latest moment that has been reached."""
        now = self.start
        for index in self.journey.order:
            item = self.journey.days[index]
            recorded_at = self.journey.on(item, item.tz)
            now = self._pass(now, recorded_at)
            # A journey says in which order items arrive, not when: none is too old to be taken.
            self._receive(item, index, at=min(now, recorded_at + entries.BACK), recorded_at=recorded_at)

    def _pass(self, now: datetime, moment: datetime) -> datetime:
        """The server's clock goes on to `moment`, and ticks just before it; it never goes back."""
        if moment > now and self.urgent:
            self._tick(moment - timedelta(seconds=1))
        return max(now, moment)

    def _tick(self, moment: datetime) -> None:
        """What time brings about, but nothing after the moment at which the flags are read."""
        clock.run(at=min(moment, self.as_of), patient=self.patient)

    def _receive(self, item: Item, index: int, *, at: datetime, recorded_at: datetime) -> None:
        name = f"item {index}" if item.entry_id is None else f"entry {item.entry_id}"
        entry_id = uuid.uuid5(NAMESPACE, f"{self.journey.id} {name}")
        receive = entries.amend if entry_id in self.arrived else entries.record
        self.arrived.add(entry_id)
        with suppress(ConflictError):  # the same version again changes nothing, whatever it says (G2)
            recorded = receive(
                by=None,
                at=at,
                patient=self.patient,
                client_id=entry_id,
                recorded_at=recorded_at,
                timezone=str(item.tz or self.zone),
                report=item.entry,
                version=1 + (item.seq or 0),
            )
            self.urgent |= any(flag["urgency"] in URGENT for flag in recorded.flags)

    def act(self) -> None:
        """Each act concerns every unresolved flag of its pattern raised on or before its day."""
        for act in sorted(self.journey.clinician or (), key=lambda act: (act.day, act.time)):
            at = self.journey.on(act)
            self._tick(at)
            standing = Flag.objects.filter(
                patient=self.patient, pattern=act.pattern, day__lte=at.date(), supported=True
            )
            for flag in standing.exclude(status=Flag.Status.RESOLVED).order_by("day"):
                self._act(act, flag, at)

    def _act(self, act: Act, flag: Flag, at: datetime) -> None:
        if act.action == "resolve":
            outcome = FlagAction.Outcome.CONTACTED
            flags.resolve(by=self.clinician, at=at, flag=flag, outcome=outcome, note=NOTE)
            return
        with suppress(NotPossibleNowError):  # acknowledged twice on one day is acknowledged
            flags.acknowledge(by=self.clinician, at=at, flag=flag)

    def compare(self) -> Result:
        """Flags that the facts support, acknowledged and resolved ones included, against `expect`."""
        found = {
            (flag.pattern, (flag.day - self.journey.start_date).days): flag.urgency
            for flag in Flag.objects.filter(patient=self.patient, supported=True)
        }
        wanted = {(flag.pattern, flag.on_day): flag.urgency for flag in self.journey.expect.flags}
        return differences(self.journey.id, found, wanted)


def differences(name: str, found: dict[tuple[str, int], str], wanted: dict[tuple[str, int], str]) -> Result:
    """Pattern and day offset → urgency, as found and as wanted, told apart."""
    result = Result(name)
    result.wrong_urgency = [
        f"{pattern} on day {day}: {found[pattern, day]}, not {urgency}"
        for (pattern, day), urgency in sorted(wanted.items())
        if found.get((pattern, day), urgency) != urgency
    ]
    missing = sorted(wanted.keys() - found.keys())
    unexpected = sorted(found.keys() - wanted.keys())
    for pattern, day in list(missing):
        other = next((one for one in unexpected if one[0] == pattern), None)
        if other:
            result.wrong_day.append(f"{pattern} on day {other[1]}, not {day}")
            missing.remove((pattern, day))
            unexpected.remove(other)
    result.missing = [f"{pattern} on day {day}" for pattern, day in missing]
    result.unexpected = [f"{pattern} on day {day}" for pattern, day in unexpected]
    return result

"""Replays patient journeys through the same actions that the API calls, and compares the flags.

A journey is one invented patient: what the phone sent, in the order in which it arrived, what clinicians did,
and the flags that must stand at the end. docs/journeys.md describes the format.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from pydantic import ValidationError

from journal.accounts.models import Clinic, Patient
from journal.actions import accounts, clinics, clock, entries, flags, invitations
from journal.actions.refusals import NotPossibleNowError, RefusedError
from journal.content.report import Report
from journal.models import Flag, FlagAction
from journal.sync.faults import faults_of

Journey = dict[str, Any]
NAMESPACE = uuid.UUID("6f1c3f5e-0b7a-4c1e-9a55-2d1f7f6f0a01")
NOTE = "Replayed from a journey."


@dataclass
class Result:
    """How the flags of one journey differ from what it expects; patterns with their day."""

    id: str
    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    wrong_urgency: list[str] = field(default_factory=list)
    wrong_day: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def passed(self) -> bool:
        return not (self.missing or self.unexpected or self.wrong_urgency or self.wrong_day or self.error)

    def told(self) -> dict[str, Any]:
        """As JSON; `error` only where a journey could not be replayed."""
        return {name: found for name, found in asdict(self).items() if name != "error" or found}


def load(file: Path) -> list[Journey]:
    """The journeys of a file: a JSON list of objects that have an `id`."""
    found: Any = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
        raise ValueError("not a JSON list of journeys")
    journeys: list[Journey] = found
    return journeys


def replay(journey: Journey) -> Result:
    """One journey for a new patient, at the journey's own clock; leaves nothing behind.

    One that can't be read, or is refused as a phone would be, fails by itself and not the others with it.
    """
    try:
        with _rolled_back():
            run = _Run(journey)
            run.deliver()
            run.act()
            clock.run(at=run.as_of, patient=run.patient)
            return run.compare()
    except KeyError as error:
        return Result(str(journey["id"]), error=f"it has no {error}")
    except ValidationError as error:
        return Result(str(journey["id"]), error=in_words(error))
    except (RefusedError, ObjectDoesNotExist, TypeError, ValueError) as error:
        return Result(str(journey["id"]), error=str(error))


def in_words(error: ValidationError) -> str:
    """All that is wrong with what a file says, in one line."""
    return "; ".join(f"{fault.pointer} {fault.detail}" for fault in faults_of(error))


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class _Run:
    """One journey under way."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.start = date.fromisoformat(journey["start_date"])
        self.zone = ZoneInfo(journey["patient"]["timezone"])
        self.as_of = self.moment(journey["as_of"], self.zone)
        self.arrived: dict[uuid.UUID, datetime] = {}
        name = f"replay-{journey['id']}"
        start = datetime.combine(self.start, time(), self.zone)
        email = f"{uuid.uuid4()}@replay.invalid"
        self.clinician = accounts.open_account(at=start, email=email, name="", encoded_password="")
        slug = f"{name}-{uuid.uuid4()}"[:50]
        self.patient = self._enrol(clinics.open_clinic(slug=slug, name=name, timezone=str(self.zone)))

    def _enrol(self, clinic: Clinic) -> Patient:
        profile = invitations.checked(self.journey["patient"])
        at = datetime.combine(self.start, time(), self.zone)
        return invitations.enrol(at=at, clinic=clinic, profile=profile, timezone=str(self.zone), user=None)

    def moment(self, item: dict[str, Any], zone: ZoneInfo) -> datetime:
        day = self.start + timedelta(days=item["day"])
        return datetime.combine(day, time.fromisoformat(item["time"]), zone)

    def deliver(self) -> None:
        """Entries as they arrive; the server's clock is the latest moment that has been reached."""
        items = self.journey["days"]
        now = datetime.combine(self.start, time(), self.zone)
        for index in self.journey.get("arrival_order") or range(len(items)):
            item = items[index]
            zone = item.get("tz") or str(self.zone)
            recorded_at = self.moment(item, ZoneInfo(zone))
            now = self._pass(now, recorded_at)
            self._receive(item, index, at=now, recorded_at=recorded_at, timezone=zone)

    def _pass(self, now: datetime, moment: datetime) -> datetime:
        """The server's clock goes on to `moment`, and ticks on the way; it never goes back."""
        if moment > now:
            clock.run(at=moment - timedelta(seconds=1), patient=self.patient)
        return max(now, moment)

    def _receive(
        self, item: dict[str, Any], index: int, *, at: datetime, recorded_at: datetime, timezone: str
    ) -> None:
        name = item.get("entry_id") or str(index)
        entry_id = uuid.uuid5(NAMESPACE, f"{self.journey['id']} {name}")
        receive = entries.amend if entry_id in self.arrived else entries.record
        self.arrived[entry_id] = at
        receive(
            by=None,
            at=at,
            patient=self.patient,
            client_id=entry_id,
            recorded_at=recorded_at,
            timezone=timezone,
            report=Report.model_validate(item["entry"]),
            version=item.get("seq") or 1,
        )

    def act(self) -> None:
        """Each act concerns every unresolved flag of its pattern raised on or before its day."""
        acts = self.journey.get("clinician") or []
        for act in sorted(acts, key=lambda act: (act["day"], act["time"])):
            at = self.moment(act, self.zone)
            clock.run(at=at, patient=self.patient)
            standing = Flag.objects.filter(
                patient=self.patient, pattern=act["pattern"], day__lte=at.date(), supported=True
            )
            for flag in standing.exclude(status=Flag.Status.RESOLVED).order_by("day"):
                self._act(act["action"], flag, at)

    def _act(self, action: str, flag: Flag, at: datetime) -> None:
        if action == "resolve":
            outcome = FlagAction.Outcome.CONTACTED
            flags.resolve(by=self.clinician, at=at, flag=flag, outcome=outcome, note=NOTE)
            return
        with suppress(NotPossibleNowError):  # acknowledged twice on one day is acknowledged
            flags.acknowledge(by=self.clinician, at=at, flag=flag)

    def compare(self) -> Result:
        """Flags that the facts support, acknowledged and resolved ones included, against `expect`."""
        found = {
            (flag.pattern, (flag.day - self.start).days): flag.urgency
            for flag in Flag.objects.filter(patient=self.patient, supported=True)
        }
        expect = self.journey["expect"]
        wanted = {(flag["pattern"], flag["on_day"]): flag["urgency"] for flag in expect["flags"]}
        return differences(self.journey["id"], found, wanted)


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

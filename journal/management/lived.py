"""An invented journal lived through the actions: entries arrive, flags are raised, people answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from journal.accounts.models import Patient, User
from journal.actions import clock, entries, flags
from journal.content.engine import SILENCE_DAYS
from journal.content.report import Report
from journal.content.rule import URGENT
from journal.management.invented.diary import CORRECTED_AFTER, Said
from journal.management.invented.replies import reply_to
from journal.models import Flag

# Hours until somebody acknowledges, and days from then until the flag is closed: (least, most).
ANSWERED = {
    "emergency-now": ((0.07, 0.23), (1, 3)),
    "same-day": ((0.6, 6), (2, 8)),
    "within-48h": ((3, 28), (3, 10)),
    "within-2-weeks": ((20, 80), (9, 28)),
}
NEXT_REVIEW = ((24, 240), (1, 5))
READ = (1, 40)  # minutes until the patient has read the advice
UNREAD = 0.15  # of all flags


@dataclass
class Life:
    """One patient's time up to `until`. `team` answers flags; those raised from `untended_from` on wait."""

    patient: Patient
    team: Sequence[User]
    rng: Random
    until: datetime
    untended_from: datetime
    _due: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _count: int = 0

    def through(self, journal: Sequence[Said]) -> None:
        """Everything in the order of its moment; what lies after `until` has not happened."""
        for said in journal:
            self._at(said.arrives, lambda at, said=said: self._record(said, at))  # type: ignore[misc]
        while self._due and self._due[0][0] <= self.until:
            at, _, step = heappop(self._due)
            step(at)

    def _at(self, moment: datetime, step: Callable[[datetime], None]) -> None:
        self._count += 1
        heappush(self._due, (moment.astimezone(UTC), self._count, step))

    def _record(self, said: Said, at: datetime) -> None:
        written = entries.record(**self._written(said, at, said.report))
        self._raised([flag["id"] for flag in written.flags])
        if said.corrected is not None:
            self._at(at + CORRECTED_AFTER, lambda later: self._correct(said, later))

    def _correct(self, said: Said, at: datetime) -> None:
        written = entries.amend(**self._written(said, at, said.corrected or {}))
        self._raised([flag["id"] for flag in written.flags])

    def _written(self, said: Said, at: datetime, report: dict[str, Any]) -> dict[str, Any]:
        return {
            "by": self.patient.user,
            "at": at,
            "patient": self.patient,
            "client_id": said.id,
            "recorded_at": said.at,
            "timezone": said.timezone,
            "report": Report.model_validate(report),
        }

    def _raised(self, ids: Sequence[str], *, read: bool = True) -> None:
        for flag in Flag.objects.filter(pk__in=ids).order_by("pattern"):
            if flag.urgency in URGENT:
                self._at(self._silence_due(flag), self._listen)
            if read and self.rng.random() > UNREAD:
                self._at(flag.raised_at + timedelta(minutes=self.rng.uniform(*READ)), self._reader(flag))
            if flag.raised_at < self.untended_from:
                self._answer(flag)

    def _silence_due(self, flag: Flag) -> datetime:
        """The start of the local day on which silence after an urgent flag is itself news."""
        return datetime.combine(flag.day + timedelta(days=SILENCE_DAYS), time(0, 5), self.patient.timezone)

    def _listen(self, at: datetime) -> None:
        """What the clock alone brings, as the scheduled evaluation would find it."""

        opened = clock.run(at=at, patient=self.patient)
        self._raised([str(flag.pk) for flag in opened], read=False)

    def _reader(self, flag: Flag) -> Callable[[datetime], None]:
        def read(at: datetime) -> None:
            if self.patient.user:
                flags.mark_seen(by=self.patient.user, at=at, flag=flag)

        return read

    def _answer(self, flag: Flag) -> None:
        """Acknowledged first, closed some days later, mostly by the patient's own physiotherapist."""
        hours, days = ANSWERED.get(flag.urgency, NEXT_REVIEW)
        by = self.team[0] if self.rng.random() < 0.8 else self.team[-1]
        seen = flag.raised_at + timedelta(hours=self.rng.uniform(*hours))
        reply = reply_to(flag.pattern, "".join(flag.arms[:1]), self.rng)

        def acknowledge(at: datetime) -> None:
            if Flag.objects.get(pk=flag.pk).status == Flag.Status.OPEN:
                flags.acknowledge(by=by, at=at, flag=flag, note=reply.first)
                self._at(at + timedelta(days=self.rng.uniform(*days)), resolve)

        def resolve(at: datetime) -> None:
            flags.resolve(by=by, at=at, flag=flag, outcome=reply.outcome, note=reply.last)

        self._at(seen, acknowledge)

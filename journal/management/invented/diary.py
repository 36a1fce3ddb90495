"""A patient's journal, invented: the same seed gives the same entries, to the second."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from journal.management.invented.happenings import Document, Happening
from journal.management.invented.persona import Ache, Habit, Persona

# How often a question is answered on a logged day: phones ask the short set daily, the rest now and then.
ASKED = {"neuro": 0.5, "falls": 0.85, "activity": 0.9, "systemic": 0.7, "medications": 0.8}
HEIGHT_EVERY = 30  # days
KEPT, UNUSUAL = 0.92, 0.05  # a habit on a day of the week that is its own, and on another
CORRECTED_AFTER = timedelta(minutes=25)


@dataclass(frozen=True, slots=True)
class Said:
    """One entry. `at` is aware, in the phone's zone; `arrives` is when the server hears of it.

    `corrected`, where there is one, is what the patient put in its place CORRECTED_AFTER later.
    """

    id: UUID
    at: datetime
    arrives: datetime
    timezone: str
    report: Document
    corrected: Document | None = None


def write(
    persona: Persona,
    *,
    rng: Random,
    until: datetime,
    days: int,
    timezone: str,
    height_cm: float | None = None,
    happenings: Sequence[Happening] = (),
) -> list[Said]:
    """Entries of the `days` local days up to the moment `until`, in the order in which they arrive."""
    diary = _Diary(
        persona=persona,
        rng=rng,
        until=until.astimezone(ZoneInfo(timezone)),
        days=days,
        timezone=timezone,
        height_cm=height_cm,
        happenings=tuple(happenings),
    )
    return sorted(diary.entries(), key=lambda said: (said.arrives, said.id))


@dataclass(kw_only=True)
class _Diary:
    """One journal in the writing; `drift` is what all pains share these days, in points."""

    persona: Persona
    rng: Random
    until: datetime
    days: int
    timezone: str
    height_cm: float | None
    happenings: tuple[Happening, ...]
    drift: float = 0.0
    trained: bool = False

    @cached_property
    def begins(self) -> dict[Happening, date]:
        """The first local day of each happening that lies in the time that is written about."""
        first = {one: self._beginning(one) for one in self.happenings}
        return {one: day for one, day in first.items() if day > self._day(self.days)}

    @cached_property
    def weekdays(self) -> dict[Habit, frozenset[int]]:
        """The days of the week (0 is Monday) on which each habit has its place."""
        return {habit: frozenset(self._chosen(habit)) for habit in self.persona.habits}

    def _chosen(self, habit: Habit) -> list[int]:
        possible = [5, 6] if habit.weekend_only else list(range(7))
        return self.rng.sample(possible, max(1, round(habit.share * len(possible))))

    def entries(self) -> list[Said]:
        found = [one for back in reversed(range(self.days)) if (one := self._ordinary(back))]
        moments = [one for one in self.begins if one.hours_ago is not None]
        return [*found, *(self._momentous(one) for one in moments)]

    def _day(self, back: int) -> date:
        return self.until.date() - timedelta(days=back)

    def _moment(self, happening: Happening) -> datetime:
        return (self.until - timedelta(hours=happening.hours_ago or 0)).astimezone(self.until.tzinfo)

    def _beginning(self, happening: Happening) -> date:
        return (
            self._day(happening.days_ago) if happening.hours_ago is None else self._moment(happening).date()
        )

    def _ordinary(self, back: int) -> Said | None:
        """The entry of a day, if there is one."""
        day, rng = self._day(back), self.rng
        self.drift = 0.8 * self.drift + rng.gauss(0, 0.25)
        at = self._time(day)
        begins = any(first == day and one.hours_ago is None for one, first in self.begins.items())
        logged = rng.random() < self.persona.adherence * (0.93 if day.weekday() >= 5 else 1.02)
        if at > self.until or not (begins or (logged and not self._silent(day, back))):
            return None
        report = self._usual(1 - back / self.days, day, back)
        return self._said(at, *self._happened(report, day))

    def _silent(self, day: date, back: int) -> bool:
        gap = self.persona.gap
        if gap and gap[0] - gap[1] < back <= gap[0]:
            return True
        return any(0 <= (day - first).days - one.lasts < one.silent for one, first in self.begins.items())

    def _happened(self, report: Document, day: date) -> tuple[Document, Document | None]:
        """The report after all that is going on, and what it should have been when it was mistyped."""
        corrected = None
        for one, first in self.begins.items():
            since = (day - first).days
            if not 0 <= since < one.lasts or (since == 0 and one.hours_ago is not None):
                continue
            if one.corrected:
                corrected = {key: value for key, value in report.items() if key != "note"}
            one.change(report, since, self.rng)
        return report, corrected

    def _momentous(self, happening: Happening) -> Said:
        report: Document = {}
        happening.change(report, 0, self.rng)
        return self._said(self._moment(happening), report, {"pains": []} if happening.corrected else None)

    def _said(self, at: datetime, report: Document, corrected: Document | None) -> Said:
        arrives = at + timedelta(seconds=self.rng.randrange(4, 90))
        later = arrives + timedelta(hours=self.rng.uniform(2, 30))
        if self.rng.random() < self.persona.late and later < self.until:
            arrives = later
        number = UUID(int=self.rng.getrandbits(128), version=4)
        return Said(number, at, min(arrives, self.until), self.timezone, report, corrected)

    def _time(self, day: date) -> datetime:
        hour = max(5.5, min(22.9, self.rng.gauss(self.persona.hour, 0.9)))
        minutes = int(hour * 60)
        return datetime.combine(
            day, time(minutes // 60, minutes % 60, self.rng.randrange(60)), self.until.tzinfo
        )

    def _usual(self, progress: float, day: date, back: int) -> Document:
        """A report without anything special; `progress` goes from 0 to 1 over the whole time."""
        rng, persona = self.rng, self.persona
        report: Document = {"pains": [p for ache in persona.aches if (p := self._pain(ache, progress))]}
        if self.trained and persona.sore_after_strength:
            sore = {
                "site": "thigh",
                "side": "both",
                "severity": rng.choice((1, 1, 2)),
                "quality": ["soreness"],
            }
            report["pains"].append(sore)
        answers: Document = {
            "neuro": [],
            "falls": [{"kind": "near_fall"}] if rng.random() < persona.near_falls else [],
            "activity": [a for habit in persona.habits if (a := self._activity(habit, progress, day))],
            "systemic": [code for code, share in persona.systemic.items() if rng.random() < share],
            "medications": [code for code, share in persona.medicines.items() if rng.random() < share],
        }
        report |= {name: items for name, items in answers.items() if rng.random() < ASKED[name]}
        if answers["falls"]:
            report["falls"] = answers["falls"]
        self.trained = any(a["type"] == "resistance" for a in report.get("activity", ()))
        if self.height_cm and back % HEIGHT_EVERY == 4:
            report["height_cm"] = round(self.height_cm + rng.gauss(0, 0.25), 1)
        if persona.notes and rng.random() < 0.1:
            report["note"] = rng.choice(persona.notes)
        return report

    def _pain(self, ache: Ache, progress: float) -> Document | None:
        present = self.rng.random() < ache.share
        level = ache.level + ache.trend * progress + self.drift + self.rng.gauss(0, ache.wobble)
        severity = max(0, min(10, round(level)))
        if not present or not severity:
            return None
        item: Document = {
            "site": ache.site,
            "side": ache.side,
            "severity": severity,
            "quality": list(ache.quality),
        }
        for name in ("worse_with", "better_with"):
            if codes := getattr(ache, name):
                item[name] = list(codes)
        return item | ({"radiates_to": ache.radiates_to} if ache.radiates_to else {})

    def _activity(self, habit: Habit, progress: float, day: date) -> Document | None:
        done = self.rng.random() < (KEPT if day.weekday() in self.weekdays[habit] else UNUSUAL)
        usual = habit.minutes * (1 + (habit.growth - 1) * progress)
        minutes = max(5, round(self.rng.gauss(usual, usual * 0.15) / 5) * 5)
        return {"type": habit.type, "minutes": minutes} if done else None

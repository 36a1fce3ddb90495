"""The entries of a period as a page shows them: newest first, with what they said before they were edited."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from journal.accounts.models import Patient
from journal.admin import moments
from journal.admin.entries import EntryLine, Said
from journal.insight.days import Told
from journal.models import Entry, EntryVersion

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Lines:
    """`more` is the number of the next part, None at the end of the period."""

    lines: list[dict[str, Any]]
    part: int
    more: int | None


def part_of(text: str | None) -> int:
    """The part asked for, from 1 on."""
    return min(int(text), 1000) if text and text.isascii() and text.isdigit() and int(text) else 1


def entries(patient: Patient, told: Told, part: int) -> Lines:
    """One part of the period's entries; the runs of days without any lie between them."""
    period, start = told.period, (part - 1) * SHOWN
    rows = Entry.objects.current().filter(
        patient=patient, local_date__gte=period.first, local_date__lte=period.last
    )
    found = list(rows.order_by("-local_date", "-recorded_at", "-id")[start : start + SHOWN + 1])
    shown, more = found[:SHOWN], len(found) > SHOWN
    newest = period.last if part == 1 else shown[0].local_date if shown else period.first
    oldest = shown[-1].local_date if more else period.first
    silent = {day for day in told.silent() if oldest <= day <= newest}
    return Lines(_lines(_edited(shown), silent), part, part + 1 if more else None)


def _edited(shown: list[Entry]) -> dict[date, list[EntryLine]]:
    """Each entry as sentences under its day, with the versions that it replaced, newest first."""
    earlier: dict[int, list[tuple[int, Said]]] = defaultdict(list)
    ids = [entry.pk for entry in shown if entry.version > 1]
    for version in EntryVersion.objects.filter(entry__in=ids).order_by("-version"):
        earlier[version.entry_id].append((version.version, Said(version)))
    lines: dict[date, list[EntryLine]] = defaultdict(list)
    for entry in shown:
        line = EntryLine(entry)
        line.earlier = earlier[entry.pk]
        lines[entry.local_date].append(line)
    return lines


def _lines(said: dict[date, list[EntryLine]], silent: set[date]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    last: date | None = None
    for day in sorted({*said, *silent}, reverse=True):
        if day in said:
            lines.append({"day": moments.day(day), "entries": said[day]})
        elif lines and "gap" in lines[-1] and last == day + timedelta(days=1):
            lines[-1]["gap"] += 1
            lines[-1]["from"] = moments.day(day)
        else:
            lines.append({"day": moments.day(day), "from": moments.day(day), "gap": 1})
        last = day
    return lines

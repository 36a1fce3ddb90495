"""A patient's entries as a CSV file that spreadsheets open and never execute."""

import csv
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from journal.accounts.models import Patient
from journal.admin import reading
from journal.admin.entries import said_in
from journal.fence import scope
from journal.insight.periods import Period
from journal.models import Entry

MOST_ROWS = 10_000
ASKED_EVERY = 2.0  # seconds in which rows leave before it is asked again whether they may
BOM = "\ufeff"  # without it a spreadsheet reads the text as Latin-1
# What a spreadsheet takes for the start of a formula, with the full-width twins that some fold into ASCII.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
FIELDS = ("pains", "neuro", "falls", "can_bear_weight", "systemic", "medications", "activity", "height_cm")


class _Echo:
    """Gives back each line that is written, so that rows leave as they are made."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: str) -> str:
    """The same text, with an apostrophe in front when a spreadsheet would take it for a formula."""
    begins = cell.lstrip().lstrip(INVISIBLE).lstrip()
    return f"'{cell}" if cell.startswith(FORMULA) or begins.startswith(FORMULA) else cell


def response(
    patient: Patient, period: Period, still: Callable[[], bool] = lambda: True
) -> StreamingHttpResponse:
    """The file, named by number and days: a name of a person has no place in a folder of downloads.

    `still` says whether who asked may go on reading.
    """
    name = f"entries-{patient.pk}-{period.first}-{period.last}.csv"
    found = scope.carried(watched(entries(patient, period), still))
    return StreamingHttpResponse(
        spoken(lines(found), translation.get_language()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def entries(patient: Patient, period: Period) -> Iterable[Entry]:
    """The period's entries, newest first, read in pieces; deleted ones are left out."""
    rows = Entry.objects.current().filter(
        patient=patient, local_date__gte=period.first, local_date__lte=period.last
    )
    return rows.order_by("-local_date", "-recorded_at", "-id")[:MOST_ROWS].iterator(chunk_size=500)


def watched(found: Iterable[Entry], still: Callable[[], bool]) -> Iterator[Entry]:
    """The same entries, as long as they may be read: a slow line takes minutes, in which somebody leaves.

    Raises:
        PermissionDenied: no further.
    """
    asked = -math.inf
    for entry in found:
        if time.monotonic() - asked >= ASKED_EVERY:
            if not still():
                raise PermissionDenied
            asked = time.monotonic()
        yield entry


def lines(found: Iterable[Entry]) -> Iterator[str]:
    """A file that breaks off says so: servers end it as they end a whole one."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield BOM + writer.writerow(heads())
    try:
        for entry in found:
            yield writer.writerow([harmless(cell) for cell in row(entry)])
    except PermissionDenied:
        yield writer.writerow(
            [_("This file breaks off here: who asked for it may no longer read this record.")]
        )


def spoken(written: Iterator[str], language: str | None) -> Iterator[str]:
    """Each line in the language of who asked, whatever this thread speaks by the time it is sent."""
    while True:
        with translation.override(language):
            line = next(written, None)
        if line is None:
            return
        yield line


def heads() -> list[str]:
    return [
        _("Day"),
        _("Said at"),
        _("Time zone"),
        _("Received at (UTC)"),
        _("Version"),
        _("Worst pain, of 10"),
        *(reading.question(field) for field in FIELDS),
        _("Other answers"),
        _("Note"),
    ]


def row(entry: Entry) -> list[str]:
    """One entry. A question that was not asked says so; an answer "none" is another thing."""
    report: dict[str, Any] = entry.report
    told = {answer.question: answer for answer in reading.answers(report)}
    named = [reading.question(field) for field in FIELDS]
    apart = {*named, reading.question("note")}
    others = [str(answer) for name, answer in told.items() if name not in apart and answer.said is not None]
    return [
        entry.local_date.isoformat(),
        _clock(entry),
        entry.timezone,
        entry.received_at.strftime("%Y-%m-%d %H:%M:%S"),
        str(entry.version),
        _worst(entry),
        *(_cell(told.get(name)) for name in named),
        "; ".join(others),
        report.get("note") or "",
    ]


def _clock(entry: Entry) -> str:
    return entry.recorded_at.astimezone(said_in(entry)).strftime("%Y-%m-%d %H:%M")


def _worst(entry: Entry) -> str:
    if entry.worst_severity is not None:
        return str(entry.worst_severity)
    return "0" if entry.report.get("pains") == [] else _("not asked")


def _cell(answer: reading.Answer | None) -> str:
    if answer is None or answer.said is None:
        return _("not asked")
    return "; ".join(answer.said) or _("none")

"""Rows → what the rules see. The only bridge between the tables and journal.content."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from pydantic_core import from_json

from journal.accounts.models import Patient
from journal.content import reach
from journal.content.engine import Action, RaisedFlag
from journal.content.history import Entry, History, Profile
from journal.content.lives import ACKNOWLEDGED_DAYS, JOIN_DAYS
from journal.content.patient import Document
from journal.content.report import UNREAD
from journal.content.rule import Urgency
from journal.content.wording import stored
from journal.models import Flag
from journal.rows import array, ask, ask_for


def profile(patient: Patient) -> Profile:
    """The facts about the person that rules need."""
    peak = patient.peak_height_cm
    return Profile(
        born=patient.born,
        history=frozenset(patient.history) - patient.history_dates.keys(),
        peak_height_cm=None if peak is None else float(peak),
        dated={
            code: tuple((_day(first), _day(last)) for first, last in spans)
            for code, spans in patient.history_dates.items()
        },
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# Plain SQL, and one text for all entries: rows built by the ORM, or one by one, took most of the CPU of an
# evaluation. An entry may be needed for two reasons, and then comes twice.
_ALL = """
SELECT client_id, local_date, recorded_at, report - %(unread)s::text[] AS report FROM journal_entry
WHERE patient_id = %(patient)s AND deleted_at IS NULL"""
_NEEDED = f"""
{_ALL} AND local_date >= %(near)s AND local_date <= %(until)s
UNION ALL
{_ALL} AND local_date < %(near)s AND local_date >= %(falls)s AND fell
UNION ALL
({_ALL} AND local_date < %(near)s AND local_date >= %(medicine)s
    AND report->'medications' ?| %(medicines)s::text[]
    ORDER BY local_date DESC, recorded_at DESC, client_id DESC LIMIT 1)
UNION ALL
{_ALL} AND local_date < %(near)s AND jsonb_typeof(report->'height_cm') = 'number'
    AND (local_date >= %(heights)s OR local_date <= %(reference)s::int + (
        SELECT local_date FROM journal_entry
        WHERE patient_id = %(patient)s AND deleted_at IS NULL
            AND jsonb_typeof(report->'height_cm') = 'number'
        ORDER BY local_date LIMIT 1))
"""  # noqa: S608  fixed text


def history(patient: Patient, *, since: date | None, until: date | None = None) -> History:
    """What the patient said, as far as it can change what is judged from `since` on; all of it when None.

    `reach.needed` says what that is; here it is one statement whose parts each read a bounded piece. With
    `until`, nothing that was said of later days.
    """
    return ask_history(patient, since=since, until=until)(patient)


def ask_history(
    patient: Patient, *, since: date | None, until: date | None = None
) -> Callable[[Patient], History]:
    """Sends for what `history` gives, which takes the patient with the facts that count by then."""
    limits = {} if since is None else _limits(since, until or date.max)
    found = _ALL if since is None else _NEEDED
    rows = ask(_AS_ONE_TEXT.format(found), {"patient": patient.pk, "unread": _UNREAD, **limits})

    def made(patient: Patient) -> History:
        said = from_json(rows()[0][0] or "[]")
        return History(profile(patient), {row[0]: _said(*row) for row in said}.values())

    return made


_UNREAD, _MEDICINES = array(UNREAD), array(reach.MEDICINES)
_AS_ONE_TEXT = (
    "SELECT json_agg(json_build_array(client_id, local_date, recorded_at, report))::text FROM ({}) AS found"
)


def _limits(since: date, until: date) -> dict[str, Any]:
    return {
        "until": until,
        "near": since - timedelta(days=reach.NEAR_DAYS),
        "falls": since - timedelta(days=reach.FALLS_DAYS),
        "medicine": since - timedelta(days=reach.MEDICINE_DAYS),
        "heights": since - timedelta(days=reach.HEIGHT_DAYS),
        "medicines": _MEDICINES,
        "reference": reach.HEIGHT_REFERENCE_DAYS,
    }


def _said(client_id: str, day: str, recorded_at: str, report: Document) -> Entry:
    """One stored entry as the rules see it; its document was checked when it was stored."""
    return Entry(client_id, date.fromisoformat(day), datetime.fromisoformat(recorded_at), report)


# A flag of long ago counts no more (`Lives.outlook`), unless it stands after one of its pattern that does.
# What was done with a flag that the facts no longer support may count for another one of the pattern.
_FLAGS = """
WITH stored AS (
    SELECT flag.*, done.handled, done.handled_last
    FROM journal_flag AS flag CROSS JOIN LATERAL (
        SELECT json_agg(json_build_array(kind, day) ORDER BY day, id) AS handled, max(day) AS handled_last
        FROM journal_flagaction WHERE flag_id = flag.id AND kind IN ('acknowledge', 'resolve')
    ) AS done
    WHERE patient_id = %(patient)s
), counting AS (
    SELECT pattern, min(CASE WHEN supported THEN day ELSE '-infinity' END) AS day FROM stored
    WHERE supported AND last_met >= %(joined)s OR handled_last >= %(handled)s
    GROUP BY pattern
)
SELECT {columns}, handled FROM stored AS flag LEFT JOIN counting USING (pattern)
WHERE flag.day >= %(since)s OR flag.day >= counting.day OR NOT supported AND handled IS NOT NULL
ORDER BY flag.day, id
"""


def flags(patient: Patient, *, since: date | None) -> list[Flag]:
    """The stored flags that an evaluation from `since` on can change or must know; all of them when None.

    Each has `handled`: when clinicians acknowledged or resolved it.
    """
    return ask_flags(patient, since=since)()


def ask_flags(patient: Patient, *, since: date | None) -> Callable[[], list[Flag]]:
    """Sends for what `flags` gives."""
    from_day = since or date.min
    limits = {
        "patient": patient.pk,
        "since": from_day,
        "joined": _back(from_day, JOIN_DAYS),
        "handled": _back(from_day, ACKNOWLEDGED_DAYS),
    }
    rows = ask_for(Flag, _FLAGS, limits)

    def made() -> list[Flag]:
        found = []
        for flag, (handled,) in rows():
            flag.handled = handled  # type: ignore[attr-defined]
            found.append(flag)
        return found

    return made


def _back(day: date, days: int) -> date:
    return day if day == date.min else day - timedelta(days=days)


def actions(flags: Iterable[Flag]) -> list[Action]:
    """What clinicians did with these flags, as `flags` found them, each bound to the flag it was done to."""
    return [
        Action(
            pattern=flag.pattern,
            raised=flag.day,
            keys=frozenset(flag.met),
            kind=kind,
            day=date.fromisoformat(day),
        )
        for flag in flags
        for kind, day in vars(flag)["handled"] or ()
    ]


def raised(flag: Flag) -> RaisedFlag:
    """A stored flag as the engine left it."""
    return RaisedFlag(
        pattern=flag.pattern,
        rule_version=flag.rule_version,
        urgency=Urgency(flag.urgency),
        day=flag.day,
        keys=tuple(flag.met),
        met=_by_name(flag.met),
        evidence={date.fromisoformat(day): tuple(entries) for day, entries in flag.evidence.items()},
        covered=_by_name(flag.covered),
        arms=tuple(flag.arms),
        numbers=flag.numbers,
        why=flag.why,
        why_clinician=flag.why_clinician,
        said=stored(flag.why_params),
    )


def _by_name(days_by_name: dict[str, list[str]]) -> dict[str, tuple[date, ...]]:
    return {name: tuple(map(date.fromisoformat, days)) for name, days in days_by_name.items()}

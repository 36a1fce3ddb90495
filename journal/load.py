"""Rows → what the rules see. The only bridge between the tables and journal.content."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

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
from journal.rows import by_sql


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
    AND report->'medications' ?| %(medicines)s
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
    limits = {} if since is None else _limits(since, until or date.max)
    found = _ALL if since is None else _NEEDED
    with connection.cursor() as cursor:
        cursor.execute(_AS_ONE_TEXT.format(found), {"patient": patient.pk, "unread": list(UNREAD), **limits})
        rows = json.loads(cursor.fetchone()[0] or "[]")
    return History(profile(patient), {row[0]: _said(*row) for row in rows}.values())


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
        "medicines": list(reach.MEDICINES),
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
    from_day = since or date.min
    limits = {
        "patient": patient.pk,
        "since": from_day,
        "joined": _back(from_day, JOIN_DAYS),
        "handled": _back(from_day, ACKNOWLEDGED_DAYS),
    }
    found = []
    for flag, (handled,) in by_sql(Flag, _FLAGS, limits):
        flag.handled = handled  # type: ignore[attr-defined]
        found.append(flag)
    return found


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

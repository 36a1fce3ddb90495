"""Entries of one patient → what each day said, added up by the database: a fixed number of statements."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection

from journal.accounts.models import Patient
from journal.content.items import sides_of
from journal.content.vocabulary import EXERCISES, MIDLINE_SITES
from journal.insight.days import DayTold, Place, Sign, Told
from journal.insight.periods import Period

_RANGE = """
FROM journal_entry WHERE patient_id = %(patient)s AND deleted_at IS NULL
AND local_date BETWEEN %(first)s AND %(last)s"""
_SUM = (
    """coalesce(sum((SELECT {what} FROM jsonb_path_query(report, '$.{field}[*]') AS it {where})), 0)::int"""
)
_FALLS = _SUM.format(what="count(*)", field="falls", where="WHERE it->>'kind' = 'fall'")
_NEAR = _SUM.format(what="count(*)", field="falls", where="WHERE it->>'kind' = 'near_fall'")
_HURT = _SUM.format(what="count(*)", field="falls", where="WHERE (it->>'injury')::boolean")
_EXERCISE = _SUM.format(
    what="sum((it->>'minutes')::int)", field="activity", where="WHERE it->>'type' = ANY(%(exercises)s)"
)
_OTHER = _SUM.format(
    what="sum((it->>'minutes')::int)", field="activity", where="WHERE NOT it->>'type' = ANY(%(exercises)s)"
)
_PLANNED = _SUM.format(what="count(*)", field="exercises", where="WHERE it->>'exercise' IS NOT NULL")
QUESTIONS = ("pains", "neuro", "falls", "activity", "medications", "exercises")
_ASKED = ", ".join(f"bool_or(jsonb_typeof(report->'{field}') = 'array')" for field in QUESTIONS)

SUMS = (
    "day",
    "entries",
    "falls",
    "near_falls",
    "injuries",
    "exercise_minutes",
    "other_minutes",
    "exercises_done",
    "cannot_stand",
)

# Only fixed names are put into the text; what differs is sent apart.
_DAYS = f"""
SELECT local_date, count(*), {_FALLS}, {_NEAR}, {_HURT}, {_EXERCISE}, {_OTHER}, {_PLANNED},
    coalesce(bool_or(report->'can_bear_weight' = 'false'), false), {_ASKED}
{_RANGE} GROUP BY local_date"""
# Pains by place, nerve symptoms by place, and medicines: kind, day, what, site, side, worst, entries.
_ITEMS = f"""
SELECT 'pain', local_date, NULL, pain->>'site', pain->>'side', max((pain->>'severity')::int),
    array_agg(client_id::text)
FROM (SELECT local_date, client_id, jsonb_path_query(report, '$.pains[*]') AS pain {_RANGE}) AS told
WHERE pain->>'site' IS NOT NULL GROUP BY 2, 4, 5
UNION ALL
SELECT DISTINCT 'sign', local_date, sign->>'symptom', sign->>'site', sign->>'side', 0, NULL::text[]
FROM (SELECT local_date, jsonb_path_query(report, '$.neuro[*]') AS sign {_RANGE}) AS told
WHERE sign->>'symptom' IS NOT NULL
UNION ALL
SELECT DISTINCT 'medicine', local_date, medicine #>> '{{}}', NULL, NULL, 0, NULL::text[]
FROM (SELECT local_date, jsonb_path_query(report, '$.medications[*]') AS medicine {_RANGE}) AS told
WHERE jsonb_typeof(medicine) = 'string'"""  # noqa: S608
_HEIGHTS = f"""
SELECT local_date, avg((report->>'height_cm')::float)
{_RANGE} AND jsonb_typeof(report->'height_cm') = 'number' GROUP BY 1 ORDER BY 1"""


def told(patient: Patient, period: Period, *, compared: bool = True) -> Told:
    """What was said in the period, and in the one before when `compared`: two statements.

    A day ahead is read too and becomes the period's last: a traveller's phone may be there already.
    """
    first = period.before.first if compared else period.first
    limits = {"first": first, "last": period.last + timedelta(days=1)}
    days = {row[0]: _day(row) for row in _rows(_DAYS, patient, limits, exercises=sorted(EXERCISES))}
    shown = Period(period.first, max([period.last, *days]))
    began = patient.enrolled_at.astimezone(patient.timezone).date()
    found = Told(period=shown, before=period.before, days=days, began=began)
    for kind, day, what, site, side, severity, entries in _rows(_ITEMS, patient, limits):
        if kind == "medicine":
            found.medicines.setdefault(what, set()).add(day)
            continue
        for place in places(site, side):
            if kind == "pain":
                found.hurt(place, day, severity, entries)
            else:
                found.signs.setdefault(Sign(what, *place), set()).add(day)
    return found


def heights(patient: Patient, period: Period) -> dict[date, float]:
    """The mean reading in cm of each day with one, oldest first."""
    limits = {"first": period.first, "last": period.last + timedelta(days=1)}
    return dict(_rows(_HEIGHTS, patient, limits))


def places(site: str | None, side: str | None) -> tuple[Place, ...]:
    """As baselines know them (G4, G5): both is left and right; in the middle the side plays no part."""
    if site is None or site in MIDLINE_SITES:
        return ((site or "", None),)
    return tuple((site, one) for one in sides_of(side)) or ((site, None),)


def _day(row: tuple[Any, ...]) -> DayTold:
    sums, asked = row[: len(SUMS)], row[len(SUMS) :]
    answered = frozenset(field for field, it in zip(QUESTIONS, asked, strict=True) if it)
    return DayTold(**dict(zip(SUMS, sums, strict=True)), answered=answered)


def _rows(
    statement: str, patient: Patient, limits: dict[str, date], **more: Any
) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"patient": patient.pk, **limits, **more})
        yield from cursor.fetchall()

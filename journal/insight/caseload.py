"""Many patients at a glance: the last four weeks of a page of the caseload, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal, Self

from django.db import connection, models
from django.db.models.expressions import Func, OrderBy

from journal.content.vocabulary import EXERCISES
from journal.insight.periods import Period

DAYS = 28
HALF_ANSWERED = 3  # G5: fewer answered days are nothing to compare with
STEP = 1.0  # points of 10: a smaller difference of medians is no trend

Trend = Literal["more", "less", "same", "unknown"]

_EXERCISES = ", ".join(f"'{one}'" for one in sorted(EXERCISES))

# What each local day of the four weeks said. A range of the patient's index; a report is opened only for the
# answers, never for places, and not at all when only the days are counted. Both ends come as values:
# computed in the condition, the first day would be asked after the row policies, and all entries be read.
_DAYS = f"""
SELECT asked.patient, entry.local_date AS day, asked.last - entry.local_date AS ago,
    coalesce(bool_or(jsonb_typeof(entry.report->'pains') = 'array'), false) AS answered,
    max(coalesce(entry.worst_severity, 0)) AS worst,
    coalesce(bool_or(jsonb_typeof(entry.report->'exercises') = 'array'), false)
        OR coalesce(bool_or(jsonb_typeof(entry.report->'activity') = 'array'), false) AS asked,
    coalesce(bool_or(jsonb_path_exists(entry.report, '$.exercises[*] ? (@.exercise != null)')
        OR EXISTS (SELECT FROM jsonb_path_query(entry.report, '$.activity[*]') AS it
            WHERE it->>'type' IN ({_EXERCISES}) AND (it->>'minutes')::int > 0)), false) AS exercised
FROM {{asked}}
JOIN journal_entry AS entry ON entry.patient_id = asked.patient AND entry.deleted_at IS NULL
    AND entry.local_date BETWEEN asked.first AND asked.last
GROUP BY asked.patient, asked.last, entry.local_date"""  # noqa: S608
_OF_MANY = """
unnest(%(patients)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS asked(patient, first, last)
"""
_GLANCE = f"""
SELECT patient, day, answered, worst, asked, exercised FROM ({_DAYS.format(asked=_OF_MANY)}) AS told
"""  # noqa: S608


@dataclass(slots=True)
class Glance:
    """The last 28 local days of one patient. `pains` holds the worst of each day that answered, 0 to 10."""

    period: Period
    logged: set[date] = field(default_factory=set)
    pains: dict[date, int] = field(default_factory=dict)
    asked: int = 0
    exercised: int = 0

    @property
    def trend(self) -> Trend:
        """The median of the newer 14 days beside that of the older 14."""
        turn = self.period.last - timedelta(days=DAYS // 2 - 1)
        newer = [worst for day, worst in self.pains.items() if day >= turn]
        older = [worst for day, worst in self.pains.items() if day < turn]
        if min(len(newer), len(older)) < HALF_ANSWERED:
            return "unknown"
        difference = median(newer) - median(older)
        if abs(difference) < STEP:
            return "same"
        return "more" if difference > 0 else "less"


def glances(lasts: Mapping[int, date]) -> dict[int, Glance]:
    """By patient id, for the local day on which each one's 28 days end."""
    found = {patient: Glance(Period.ending(last, DAYS)) for patient, last in lasts.items()}
    if not found:
        return found
    values: dict[str, Any] = {
        "patients": list(lasts),
        "firsts": [glance.period.first for glance in found.values()],
        "lasts": list(lasts.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, values)
        for patient, day, answered, worst, asked, exercised in cursor.fetchall():
            glance = found[patient]
            glance.logged.add(day)
            glance.asked += asked
            glance.exercised += asked and exercised
            if answered:
                glance.pains[day] = worst
    return found


# --- sorted by what a glance says ---

# The days are worked out once a patient, behind a barrier, and reach the index as values.
_OF_ONE = f"""(
    SELECT patient, today - {DAYS - 1} AS first, today AS last FROM (
        SELECT patient, (moment AT TIME ZONE zone)::date AS today
        FROM (SELECT %(expressions)s OFFSET 0) AS own(patient, zone, moment) OFFSET 0
    ) AS local OFFSET 0
) AS asked"""  # noqa: S608
_HALF = "percentile_cont(0.5) WITHIN GROUP (ORDER BY worst) FILTER (WHERE answered AND ago {half})"
_COUNT = f"count(*) FILTER (WHERE answered AND ago {{half}}) >= {HALF_ANSWERED}"
_NEWER, _OLDER = f"< {DAYS // 2}", f">= {DAYS // 2}"


class OfFourWeeks(Func):
    """A number of each patient's last 28 local days, to sort by: it is computed for whatever is sorted.

    `moment` is when it is asked, as an expression.
    """

    number: str
    template = f"(SELECT %(number)s FROM ({_DAYS.format(asked=_OF_ONE)}) AS told)"  # noqa: S608
    output_field = models.FloatField()

    def __init__(self, moment: str) -> None:
        super().__init__("pk", "timezone", moment, number=self.number)


class Change(OfFourWeeks):
    """Points by which the median of the newer half lies above the older one's; as `Glance.trend`."""

    number = (
        f"CASE WHEN {_COUNT.format(half=_NEWER)} AND {_COUNT.format(half=_OLDER)}"
        f" THEN {_HALF.format(half=_NEWER)} - {_HALF.format(half=_OLDER)} END"
    )


class Logged(OfFourWeeks):
    """Days with an entry."""

    number = "count(*)"


class Exercised(OfFourWeeks):
    """The share of the days that asked on which there was exercise, 0 to 1; null when none asked."""

    number = "avg(exercised::int) FILTER (WHERE asked)"


class KnownFirst(OrderBy):
    """Whichever way it is sorted, patients of whom nothing can be said come last."""

    def __init__(self, expression: Any, *, descending: bool = False) -> None:
        super().__init__(expression, descending=descending, nulls_last=True)

    def reverse_ordering(self) -> Self:
        self.descending = not self.descending
        return self

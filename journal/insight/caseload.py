"""Many patients at a glance: the last four weeks of a page of the caseload, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal

from django.db import connection

from journal.content.vocabulary import EXERCISES
from journal.insight.periods import Period

DAYS = 28
HALF_ANSWERED = 3  # G5: fewer answered days are nothing to compare with
STEP = 1.0  # points of 10: a smaller difference of medians is no trend

Trend = Literal["more", "less", "same", "unknown"]

# The range of a patient's index; a report is opened only for the answers, never for places. Both ends come as
# values: computed here, the first day would be asked after the row policies, and all entries be read.
_GLANCE = """
SELECT asked.patient, entry.local_date,
    coalesce(bool_or(jsonb_typeof(entry.report->'pains') = 'array'), false),
    max(coalesce(entry.worst_severity, 0)),
    coalesce(bool_or(jsonb_typeof(entry.report->'exercises') = 'array'), false)
        OR coalesce(bool_or(jsonb_typeof(entry.report->'activity') = 'array'), false),
    coalesce(bool_or(jsonb_path_exists(entry.report, '$.exercises[*] ? (@.exercise != null)')
        OR EXISTS (SELECT FROM jsonb_path_query(entry.report, '$.activity[*]') AS it
            WHERE it->>'type' = ANY(%(exercises)s) AND (it->>'minutes')::int > 0)), false)
FROM unnest(%(patients)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS asked(patient, first, last)
JOIN journal_entry AS entry ON entry.patient_id = asked.patient AND entry.deleted_at IS NULL
    AND entry.local_date BETWEEN asked.first AND asked.last
GROUP BY 1, 2"""


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
        "exercises": sorted(EXERCISES),
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

"""Due reminders as values: a hundred thousand of one minute leave no time to build models."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from journal.content import rhythm
from journal.rows import array
from reminders import schedule
from reminders.models.reminders import SUGGESTED

# Their patients are locked by now, so what is read here stays true until the transaction ends.
READ = """
SELECT reminder.id, reminder.patient_id, kind, title, rrule, starts_on, local_time, reminder.timezone,
    quiet_from, quiet_until, next_local_date, next_due_at::text, last_item, source, stride,
    array_to_string(channels, ','), patient.language, patient.revision, patient.user_id,
    coalesce(account.is_active, false)
FROM reminders_reminder AS reminder JOIN accounts_patient AS patient ON patient.id = reminder.patient_id
LEFT JOIN accounts_user AS account ON account.id = patient.user_id
WHERE reminder.id = ANY(%(ids)s::uuid[]) AND reminder.active AND reminder.next_due_at <= %(at)s
ORDER BY reminder.patient_id, kind = ANY(%(yielding)s::text[]), reminder.next_due_at, reminder.id
"""
YIELDING = array(sorted(SUGGESTED))


@dataclass(slots=True)
class Due:
    """What planning asks of a reminder and its patient; the fields are the columns of `READ`, in order."""

    id: UUID
    patient_id: int
    kind: str
    title: str
    rrule: str
    starts_on: date
    local_time: time
    timezone: ZoneInfo
    quiet_from: time | None
    quiet_until: time | None
    day: date
    due_at: datetime
    last_item: str
    source: str
    stride: int
    channels: str
    language: str
    revision: int
    user_id: int | None
    signs_in: bool

    @property
    def stored(self) -> schedule.Stored:
        quiet = (self.quiet_from, self.quiet_until)
        return schedule.Stored(self.rrule, self.starts_on, self.local_time, self.timezone, quiet)

    @property
    def apart(self) -> timedelta:
        """How far apart its closest two turns are, as it was set. Raises ScheduleError."""
        return rhythm.closest(schedule.parse(self.rrule))

    @property
    def plan(self) -> schedule.Plan:
        """Raises ScheduleError: a rule that can't be kept."""
        return schedule.plan(**self.stored._asdict())


def read(ids: Collection[UUID], *, at: datetime) -> list[Due]:
    """Those that are still due, of each patient what yields to others last, and else the oldest first: so the
    day's cap has counted what rings anyway. Their patients are locked by now.

    In the order of the patients they are stored, too: with the rows of one the indexes' pages are at hand for
    the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, {"ids": array(ids), "at": at, "yielding": YIELDING})
        return [_due(list(row)) for row in cursor.fetchall()]


def _due(row: list[Any]) -> Due:
    row[7], row[11] = ZoneInfo(row[7]), _moment(row[11])
    return Due(*row)


# What is due at once has much the same moment, and reading one takes longer than remembering it.
@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""Due reminders as values: a hundred thousand of one minute leave no time to build models."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from journal.rows import AnyOf
from reminders import schedule
from reminders.models.reminders import Reminder

COLUMNS = (
    *("id", "patient_id", "kind", "title", "rrule", "starts_on", "local_time", "timezone", "quiet_from"),
    *("quiet_until", "next_local_date", "next_due_at", "last_item", "source", "stride", "patient__language"),
)


@dataclass(slots=True)
class Due:
    """What planning asks of a reminder; the fields are those of `COLUMNS`, in that order."""

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
    language: str

    @property
    def plan(self) -> schedule.Plan:
        """Raises ScheduleError: a rule that can't be kept."""
        return schedule.plan(
            rrule=self.rrule,
            starts_on=self.starts_on,
            local_time=self.local_time,
            zone=self.timezone,
            quiet=(self.quiet_from, self.quiet_until),
        )


def read(ids: Collection[UUID], *, at: datetime) -> list[Due]:
    """Those that are still due, the oldest first. Their patients are locked by now."""
    rows = Reminder.objects.due(at).filter(AnyOf("pk", ids, "uuid")).order_by("next_due_at", "pk")
    return [Due(*row) for row in rows.values_list(*COLUMNS)]

"""When a flag that nobody acknowledges is chased: the next step of each urgency."""

from datetime import datetime, timedelta

from journal.accounts.models import Clinic
from journal.content.rule import URGENT, Urgency
from journal.models import Flag
from reminders.hours import USUAL, Hours

# An emergency that nobody has acknowledged is chased so often, at any hour (promise B5).
EMERGENCY_EVERY = timedelta(minutes=15)
# A same-day flag has 24 hours: two hours leave time for several people to be asked in one working day.
SAME_DAY_EVERY = timedelta(hours=2)


def hours_of(clinic: Clinic) -> Hours:
    """As the clinic set them; the usual week when it has set none."""
    week = {row.weekday: (row.opens, row.closes) for row in clinic.hours.all()}
    holidays = frozenset(row.day for row in clinic.holidays.all())
    return Hours(clinic.timezone, week or USUAL, holidays)


def tells_at_once(flag: Flag) -> bool:
    """Emergencies and same-day flags; the others stand in the morning's digest."""
    return flag.urgency in URGENT


def digest_in_time(flag: Flag, *, at: datetime, hours: Hours) -> bool:
    """Whether the next digest comes before the flag is due: what opens on a Friday may be due on Sunday.

    While the clinic is open, today's digest has been made.
    """
    return (hours.next_morning(at) if hours.open_at(at) else hours.next_open(at)) < flag.due_at


def first(flag: Flag, *, began: datetime, hours: Hours) -> datetime:
    """When a flag that became news at `began` is chased for the first time."""
    if flag.urgency == Urgency.EMERGENCY_NOW:
        return began + EMERGENCY_EVERY
    if tells_at_once(flag):
        return hours.next_open(began + SAME_DAY_EVERY)
    return hours.next_open(max(flag.due_at, began))


def following(flag: Flag, *, at: datetime, hours: Hours) -> datetime:
    """When it is chased again after a step at `at`."""
    if flag.urgency == Urgency.EMERGENCY_NOW:
        return at + EMERGENCY_EVERY
    if tells_at_once(flag):
        return hours.next_open(at + SAME_DAY_EVERY)
    return hours.next_morning(at)


def planned(flag: Flag, *, began: datetime, stepped: datetime | None, hours: Hours) -> datetime:
    """When the next step is due under these hours, counted from the last one or from the beginning."""
    if stepped is None:
        return first(flag, began=began, hours=hours)
    return following(flag, at=stepped, hours=hours)


def may_chase(flag: Flag, *, at: datetime, hours: Hours) -> bool:
    """Asked again at the step itself: the clinic may have changed its hours since the step was planned."""
    return flag.urgency == Urgency.EMERGENCY_NOW or hours.open_at(at)

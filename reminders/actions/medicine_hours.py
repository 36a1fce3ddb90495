"""The hour at which a medicine of the plan rings: set by the clinic here, or by the patient in the app."""

from datetime import datetime, time

from journal.accounts.models import User
from journal.actions.refusals import NotFitError, NotPossibleNowError
from reminders.actions import reminders
from reminders.models import Reminder


def may_be_set(reminder: Reminder) -> bool:
    """One that follows from the plan; what patients remind themselves of is theirs."""
    return reminder.kind == Reminder.Kind.MEDICINE and bool(reminder.source) and reminder.deleted_at is None


def set_hour(*, by: User, at: datetime, reminder: Reminder, hour: time) -> Reminder:
    """It rings at this local time from its next turn on, until somebody sets another one.

    Raises:
        NotPossibleNowError: the patient's own, or deleted.
        NotFitError: within the patient's quiet hours, after which it would ring only then.
    """
    if not may_be_set(reminder):
        raise NotPossibleNowError("Only the hour of a medicine of the plan is set here.")
    quiet = reminder.plan.quiet
    if quiet and quiet.covers(hour):
        raise NotFitError(
            "Nothing rings in the quiet hours of this reminder, %(first)s to %(last)s.",
            first=quiet.start.strftime("%H:%M"),
            last=quiet.end.strftime("%H:%M"),
        )
    return reminders.change(by=by, at=at, reminder=reminder, local_time=hour)

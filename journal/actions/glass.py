"""Breaking the glass: an operator sees one clinic's patients, for a reason, for a while."""

from datetime import datetime, timedelta

from django.db import transaction

from journal.accounts.models import BrokenGlass, Clinic, User
from journal.actions.refusals import NotFitError, NotPossibleNowError

HOLDS = timedelta(minutes=60)


@transaction.atomic
def break_it(*, by: User, at: datetime, clinic: Clinic, reason: str) -> BrokenGlass:
    """Opens one clinic for an hour, to read. The row is the news: the leads are told with the next tick.

    Raises:
        NotFitError: no reason.
        NotPossibleNowError: no operator, or one who works in a clinic.
    """
    if not reason.strip():
        raise NotFitError("Please say why you need to look.")
    if not by.is_superuser or hasattr(by, "clinician"):
        raise NotPossibleNowError("Only operators, who work in no clinic, break the glass.")
    BrokenGlass.objects.filter(by=by, ended_at=None, until__gt=at).update(ended_at=at)
    return BrokenGlass.objects.create(clinic=clinic, by=by, reason=reason.strip(), at=at, until=at + HOLDS)


def end(*, by: User, at: datetime) -> int:
    """The operator is done before the time is up; how many were open."""
    return BrokenGlass.objects.filter(by=by, ended_at=None, until__gt=at).update(ended_at=at)

"""What keeps a session, and the list of them, in step with its use."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession

from journal.accounts.models import Session

# Used every minute or once in this time: one write.
STEP = timedelta(hours=1)


def keep(*, at: datetime, key: str, expires: datetime | None, lasts: int) -> None:
    """The session was used: it lasts `lasts` seconds from now, and the list says when it was seen."""
    until = at + timedelta(seconds=lasts)
    if expires is None or until - expires < STEP:
        return
    Session.objects.filter(session_key=key, expire_date__lt=until).update(expire_date=until)
    UserSession.objects.filter(session_key=key).update(last_seen_at=at)


def forget(*, at: datetime) -> int:
    """Removes sessions that ended by themselves; returns how many."""
    removed, _ = Session.objects.filter(expire_date__lt=at).delete()
    return removed

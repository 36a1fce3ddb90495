"""News of a flag, sent again by hand."""

from datetime import datetime

from journal.accounts.models import User
from journal.actions import changes
from journal.actions.refusals import NotPossibleNowError
from journal.models import Flag
from reminders.models import Delivery


def send_again(*, by: User, at: datetime, delivery: Delivery) -> Delivery:
    """A delivery that waits or was dropped goes out with the next round, under its own key.

    One that a dispatcher has in hand keeps its lease: it is on its way, and must not go twice.

    Raises:
        NotPossibleNowError: no news of a flag, already sent, or somebody has the flag in hand.
    """
    if delivery.patient is None or delivery.topic != Delivery.Topic.FLAG:
        raise NotPossibleNowError("Only news of a flag can be sent again.")
    with changes.locked(delivery.patient) as patient:
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.state not in (Delivery.State.WAITING, Delivery.State.DROPPED):
            raise NotPossibleNowError(f"This message is {row.get_state_display().lower()} already.")
        if not Flag.objects.open().filter(pk=row.subject_id).exists():
            raise NotPossibleNowError("Somebody has this flag in hand: nothing needs to be sent.")
        row.wanted_since = at if row.state == Delivery.State.DROPPED else row.wanted_since or at
        row.state, row.due_at, row.last_error = Delivery.State.WAITING, at, ""
        row.save(update_fields=["state", "due_at", "last_error", "wanted_since"])
        changes.next_revision(patient)
        changes.record(
            by=by, at=at, patient=patient, verb="delivery.send-again", subject=f"delivery:{row.pk}"
        )
    return row

"""Messages, sent again by hand; and what the app says became of them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotPossibleNowError
from journal.fence import scope
from journal.models import Flag
from reminders.models import DeadAddress, Delivery, Occurrence
from reminders.models.deliveries import WEBHOOK_KEPT
from reminders.models.devices import fingerprint

OPEN = (Delivery.State.WAITING, Delivery.State.DROPPED)
# A reminder that is sent again by hand may take this long, within its turn's own time.
SOON = timedelta(hours=2)


def send_again(*, by: User, at: datetime, delivery: Delivery) -> Delivery:
    """What has not gone out, or was lost by an endpoint, goes out with the next round, under its own key.

    One that a dispatcher has in hand keeps its lease: it is on its way, and must not go twice.

    Raises:
        NotPossibleNowError: sent already, in hand, out of date, or a digest: the next morning counts anew.
    """
    if delivery.patient is None:
        raise NotPossibleNowError("A digest is not sent again: the next one counts anew.")
    with changes.locked(delivery.patient) as patient:
        row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        WAYS[Delivery.Topic(row.topic)](row, at)
        row.state, row.due_at, row.last_error, row.sent_at = Delivery.State.WAITING, at, "", None
        row.save(update_fields=["state", "due_at", "last_error", "wanted_since", "expires_at", "sent_at"])
        changes.next_revision(patient)
        changes.record(
            by=by, at=at, patient=patient, verb="delivery.send-again", subject=f"delivery:{row.pk}"
        )
    return row


def _flag(row: Delivery, at: datetime) -> None:
    _check(row, OPEN)
    if not Flag.objects.open().filter(pk=row.subject_id).exists():
        raise NotPossibleNowError("Somebody has this flag in hand: nothing needs to be sent.")
    row.wanted_since = at if row.state == Delivery.State.DROPPED else row.wanted_since or at


def _reminder(row: Delivery, at: datetime) -> None:
    """As long as its turn is open; an address that was refused is tried again."""
    _check(row, (*OPEN, Delivery.State.REFUSED, Delivery.State.EXPIRED))
    turn = Occurrence.objects.open(at).filter(pk=row.subject_id).first()
    if turn is None:
        raise NotPossibleNowError("This turn is over: nothing needs to be sent.")
    row.expires_at = min(turn.expires_at, at + SOON)
    with scope.within(scope.SYSTEM):  # whose addresses rest is nobody's to read
        DeadAddress.objects.filter(user=row.to).delete()


def _webhook(row: Delivery, at: datetime) -> None:
    """Also what was taken: a program may have lost it."""
    row.expires_at = at + WEBHOOK_KEPT


WAYS = {
    Delivery.Topic.FLAG: _flag,
    Delivery.Topic.REMINDER: _reminder,
    Delivery.Topic.WEBHOOK: _webhook,
}


def _check(row: Delivery, states: tuple[Delivery.State, ...]) -> None:
    if row.state not in states:
        raise NotPossibleNowError("This message is %(state)s already.", state=Delivery.State(row.state))


@transaction.atomic
def received(
    *, at: datetime, patient: Patient, subject: UUID, channel: str, opened: bool, session_key: str
) -> None:
    """The app has it, or the patient opened it. The first time counts; opened is delivered as well.

    Raises:
        Delivery.DoesNotExist: the patient was sent nothing about this over this channel.
    """
    told = Delivery.objects.filter(patient=patient, subject_id=subject, to=patient.user_id, channel=channel)
    told = told.filter(due_at__lte=at)
    mine = told.filter(device__session_hash=fingerprint(session_key))
    rows = mine if channel == "push" and mine.exists() else told
    first = {"delivered_at": Coalesce(F("delivered_at"), at)}
    if opened:
        first["opened_at"] = Coalesce(F("opened_at"), at)
    if not rows.update(**first):
        raise Delivery.DoesNotExist

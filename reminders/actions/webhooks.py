"""A clinic's endpoints for news of flags, set by an operator."""

from datetime import datetime

from django.db import transaction

from journal.accounts.models import Clinic, ClinicChange, User
from journal.accounts.sealed import sealed
from journal.actions.refusals import NotFitError, NotPossibleNowError
from reminders.channels import web, webhook
from reminders.channels.message import SendError
from reminders.models import Webhook

MOST = 5


@transaction.atomic
def add(*, by: User | None, at: datetime, clinic: Clinic, url: str) -> tuple[Webhook, str]:
    """A new endpoint and its secret, which is shown this once.

    Raises:
        NotFitError: no https address, or one that leads inside.
        NotPossibleNowError: this endpoint is there already, or there are too many.
    """
    try:
        web.parts(url)
    except (ValueError, SendError) as error:
        raise NotFitError(
            "An endpoint is a public https address, without a name or password in it."
        ) from error
    present = Webhook.objects.present().filter(clinic=Clinic.objects.select_for_update().get(pk=clinic.pk))
    if present.filter(url=url).exists():
        raise NotPossibleNowError("This endpoint is there already.")
    if present.count() >= MOST:
        raise NotPossibleNowError("There is room for %(most)s endpoints.", most=MOST)
    secret = webhook.new_secret()
    made = Webhook.objects.create(clinic=clinic, url=url, sealed_secret=sealed(secret), added_at=at)
    _record(made, by=by, at=at, verb="clinic.webhook-added")
    return made, secret


@transaction.atomic
def remove(*, by: User | None, at: datetime, clinic: Clinic, url: str) -> None:
    """What still waits for it is dropped.

    Raises:
        NotPossibleNowError: the clinic has no such endpoint.
    """
    found = Webhook.objects.present().select_for_update().filter(clinic=clinic, url=url).first()
    if found is None:
        raise NotPossibleNowError("There is no such endpoint.")
    found.removed_at, found.sealed_secret = at, ""
    found.save(update_fields=["removed_at", "sealed_secret"])
    _record(found, by=by, at=at, verb="clinic.webhook-removed")


def _record(webhook: Webhook, *, by: User | None, at: datetime, verb: str) -> None:
    ClinicChange.objects.create(clinic=webhook.clinic, verb=verb, by=by, at=at, data={"url": webhook.url})

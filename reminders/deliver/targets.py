"""Where a message goes: from a person to the phones that are signed in, and to a clinic's endpoint."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from journal.models import Flag
from reminders.channels.message import Message
from reminders.deliver import messages
from reminders.deliver.checks import Unwanted
from reminders.models import DeadAddress, Delivery, Device, Webhook
from reminders.models.addresses import REST
from reminders.models.devices import signed_in

PUSH, EMAIL = "push", "email"
# A push service keeps news of a flag for a phone that is off; by then a person has rung.
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Targets:
    """What the database says now: the phones of a person, the endpoints, the addresses where nobody lives."""

    phones: dict[int, list[Device]]
    webhooks: dict[UUID, Webhook]
    flags: dict[UUID, Flag]
    dead: set[tuple[int, str]]


def gather(deliveries: Sequence[Delivery], *, at: datetime) -> Targets:
    """Reads it in one go, right before sending."""
    hooks = [each for each in deliveries if each.topic == Delivery.Topic.WEBHOOK]
    pushes = [each for each in deliveries if each.channel == PUSH]
    about = [each.subject_id for each in (*hooks, *pushes) if each.topic != Delivery.Topic.REMINDER]
    mails = [each.to_id for each in deliveries if each.channel == EMAIL]
    dead = (
        DeadAddress.objects.filter(user__in=mails, since__gt=at - REST)
        if mails
        else DeadAddress.objects.none()
    )
    return Targets(
        phones=_phones([each.to_id for each in pushes if each.to_id], at=at),
        webhooks=Webhook.objects.present().in_bulk([each.webhook_id for each in hooks]) if hooks else {},
        flags=Flag.objects.select_related("patient__clinic").in_bulk(about) if about else {},
        dead=set(dead.values_list("user", "email")),
    )


def _phones(people: Sequence[int], *, at: datetime) -> dict[int, list[Device]]:
    """Phones whose session has ended are removed on the way: nobody looks at them any more."""
    if not people:
        return {}
    found = Device.objects.present().filter(patient__user__in=people).select_related("patient__user")
    users = {device.patient_id: device.patient.user for device in found if device.patient.user}
    here = signed_in(found, users, at=at)
    Device.objects.filter(pk__in=[each.pk for each in found if each.pk not in here]).remove(
        at=at, reason="signed out"
    )
    phones = defaultdict(list)
    for device in sorted(found, key=lambda each: each.registered_at):
        if device.pk in here:
            phones[users[device.patient_id].pk].append(device)
    return phones


@transaction.atomic
def spread(delivery: Delivery, phones: Sequence[Device]) -> None:
    """One delivery a phone: the first phone takes this one, each other gets its own, under its own key."""
    first, *others = phones
    mine = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, device=None)
    if not mine.update(device=first, lane=_lane(first)):
        return  # the lease was lost: another dispatcher has spread it
    delivery.device, delivery.lane = first, _lane(first)
    fields = (
        "patient",
        "topic",
        "kind",
        "subject_id",
        "to",
        "channel",
        "due_at",
        "wanted_since",
        "expires_at",
    )
    shared = {name: getattr(delivery, name) for name in fields}
    Delivery.objects.bulk_create(
        [
            Delivery(**shared, device=each, lane=_lane(each), key=f"{delivery.key}:{each.pk.hex[:12]}")
            for each in others
        ],
        ignore_conflicts=True,
    )


def _lane(device: Device) -> str:
    return f"{PUSH}:{device.host}"


def addressed(delivery: Delivery, message: Message, targets: Targets, *, at: datetime) -> Message | Unwanted:
    """The message with the place to which it goes, and for how long it is worth keeping."""
    if delivery.channel == EMAIL and delivery.topic == Delivery.Topic.REMINDER:
        dead = delivery.to is not None and (delivery.to.pk, delivery.to.email) in targets.dead
        return Unwanted(Delivery.State.DROPPED, "address refused before") if dead else message
    if delivery.channel != PUSH:
        return message
    phones = targets.phones.get(delivery.to_id or 0, [])
    phone = next((each for each in phones if each.pk == delivery.device_id), None)
    if phone is None:
        return Unwanted(Delivery.State.DROPPED, "phone signed out" if delivery.device_id else "no phone")
    ends = delivery.expires_at or at + KEPT
    return replace(message, to=phone.token, ttl=max(0, int((ends - at).total_seconds())))


def of_patient(delivery: Delivery, targets: Targets) -> Message | Unwanted:
    """A flag's push to the patient's phone: until the patient has read it, or somebody has it in hand."""
    flag = targets.flags[delivery.subject_id]
    if flag.seen_at or flag.status not in (Flag.Status.OPEN, Flag.Status.SUPERSEDED):
        return Unwanted(Delivery.State.DROPPED, "seen" if flag.seen_at else "in hand")
    if flag.patient.user_id != delivery.to_id:
        return Unwanted(Delivery.State.DROPPED, "account closed")
    return messages.of_flag_to_patient(delivery, flag)


def of_webhook(delivery: Delivery, targets: Targets, *, at: datetime) -> Message | Unwanted:
    """News for an endpoint; the flag is told as it is now."""
    webhook = targets.webhooks.get(delivery.webhook_id) if delivery.webhook_id else None
    if webhook is None:
        return Unwanted(Delivery.State.DROPPED, "endpoint removed")
    if delivery.expires_at and at > delivery.expires_at:
        return Unwanted(Delivery.State.EXPIRED, "too late")
    return messages.of_webhook(delivery, webhook, targets.flags[delivery.subject_id])


def dead_phone(delivery: Delivery, *, code: str, at: datetime) -> None:
    """The push service said that nobody is reached there any more."""
    if delivery.device_id:
        Device.objects.filter(pk=delivery.device_id).remove(at=at, reason=code)


def dead_address(delivery: Delivery, *, code: str, at: datetime) -> None:
    """The mail server said that nobody lives there."""
    if delivery.to is not None:
        DeadAddress.objects.update_or_create(
            user=delivery.to, defaults={"email": delivery.to.email, "code": code[:60], "since": at}
        )


def put_back(deliveries: Sequence[Delivery]) -> None:
    """Not tried: too many on the same way are under way already."""
    ours = Delivery.objects.filter(pk__in=[each.pk for each in deliveries], state=Delivery.State.WAITING)
    ours.update(lease_until=None, attempts=F("attempts") - 1)

"""What is said: fetched at the moment of sending, and nothing about symptoms, pattern or name."""

from django.conf import settings

from journal.content.library import items
from journal.models import Flag
from reminders.channels.message import Message
from reminders.models import Delivery, Occurrence

URGENCY = {
    "emergency-now": "an emergency flag",
    "same-day": "a same-day flag",
    "within-48h": "a flag for the next 48 hours",
    "within-2-weeks": "a flag for the next two weeks",
    "information": "a flag for information",
}


def of_flag(delivery: Delivery, flag: Flag) -> Message:
    """Mail travels unencrypted through strangers' machines: urgency and a short id, no more."""
    what = URGENCY[flag.urgency]
    short = flag.pk.hex[:8]
    return Message(
        to=delivery.to.email,
        title=f"Osteon: {what} awaits ({short})",
        body=f"{what[0].upper()}{what[1:]} for one of your patients awaits in your queue. "
        f"Its short id is {short}.\n"
        "Please sign in to read it and to say that you have it in hand.",
        link=f"{settings.PUBLIC_URL}/admin/journal/flag/{flag.pk}/change/",
        key=delivery.key,
    )


def of_occurrence(delivery: Delivery, occurrence: Occurrence) -> Message:
    """The reminder's title and today's tip."""
    tip = next((item for item in items(lang=occurrence.language) if item.id == occurrence.item), None)
    return Message(
        to=delivery.to.email,
        title=occurrence.reminder.title,
        body=f"{tip.title}\n\n{tip.body}" if tip else occurrence.title,
        link="You choose in the app when and how Osteon reminds you.",
        key=delivery.key,
    )

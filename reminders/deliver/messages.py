"""What is said: fetched at the moment of sending, and nothing about symptoms, pattern or name."""

from collections import Counter

from django.conf import settings

from journal.accounts.models import BrokenGlass
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
COUNTED = {
    "emergency-now": "emergency",
    "same-day": "same-day",
    "within-48h": "within 48 hours",
    "within-2-weeks": "within two weeks",
    "information": "for information",
}


def of_flag(delivery: Delivery, flag: Flag) -> Message:
    """Mail travels unencrypted through strangers' machines: urgency and a short id, no more."""
    what = URGENCY[flag.urgency]
    short = flag.pk.hex[:8]
    still = "still " if delivery.kind == "flag.chased" else ""
    return Message(
        to=delivery.to.email,
        title=f"Osteon: {what} {still}awaits ({short})",
        body=f"{what[0].upper()}{what[1:]} for one of your patients {still}awaits in your queue. "
        f"Its short id is {short}.\n"
        "Please sign in to read it and to say that you have it in hand.",
        link=f"{settings.PUBLIC_URL}/admin/journal/flag/{flag.pk}/change/",
        key=delivery.key,
    )


def of_digest(delivery: Delivery, counts: Counter[str]) -> Message:
    """How much of each urgency waits, and the way to it."""
    queue = f"{settings.PUBLIC_URL}/admin/journal/flag/"
    lines = [
        f"{counts[urgency]} {name}: {queue}?status=open&urgency={urgency}"
        for urgency, name in COUNTED.items()
        if counts[urgency]
    ]
    total = counts.total()
    return Message(
        to=delivery.to.email,
        title=f"Osteon: {total} open flag{'s' if total > 1 else ''} this morning",
        body="These flags wait for somebody to acknowledge them:\n\n" + "\n".join(lines),
        link=queue,
        key=delivery.key,
    )


def of_glass(delivery: Delivery, glass: BrokenGlass) -> Message:
    """Who and for how long; the reason, which may name a patient, is read on the desk."""
    until = glass.until.astimezone(glass.clinic.timezone)
    return Message(
        to=delivery.to.email,
        title="Osteon: an operator opened the records of your clinic",
        body=f"{glass.by} may read the records of your clinic until {until:%H:%M} and gave a reason. "
        "Each record that is opened is written down, and the patient sees it.\n"
        "Please sign in to read the reason.",
        link=f"{settings.PUBLIC_URL}/admin/accounts/clinic/{glass.clinic_id}/change/",
        key=delivery.key,
    )


REMINDER = {
    "exercise": "Time for your exercises",
    "fall-prevention": "A tip for steady feet",
    "custom": "A reminder that you set",
}


def of_occurrence(delivery: Delivery, occurrence: Occurrence) -> Message:
    """What kind of reminder it is and today's tip. The patient's own title stays in the app: it may name
    a symptom or a medicine."""
    tip = next((item for item in items(lang=occurrence.language) if item.id == occurrence.item), None)
    return Message(
        to=delivery.to.email,
        title=REMINDER[occurrence.reminder.kind],
        body=f"{tip.title}\n\n{tip.body}" if tip else "Open the app to see it.",
        link="You choose in the app when and how Osteon reminds you.",
        key=delivery.key,
    )

"""What is said: fetched at the moment of sending, and nothing about symptoms, pattern or name."""

import base64
import hashlib
import json
from collections import Counter

from django.conf import settings

from journal.content.library import items
from journal.models import Flag
from reminders.channels.message import Message
from reminders.models import Delivery, Occurrence, Webhook

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
        to=_address(delivery),
        title=f"Osteon: {what} {still}awaits ({short})",
        body=f"{what[0].upper()}{what[1:]} for one of your patients {still}awaits in your queue. "
        f"Its short id is {short}.\n"
        "Please sign in to read it and to say that you have it in hand.",
        link=_page(flag),
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
        to=_address(delivery),
        title=f"Osteon: {total} open flag{'s' if total > 1 else ''} this morning",
        body="These flags wait for somebody to acknowledge them:\n\n" + "\n".join(lines),
        link=queue,
        key=delivery.key,
    )


# A kind without words of its own gets those of "custom".
REMINDER = {
    "exercise": "Time for your exercises",
    "fall-prevention": "A tip for steady feet",
    "custom": "A reminder that you set",
}
REMINDER_ES = {
    "exercise": "Es hora de sus ejercicios",
    "fall-prevention": "Un consejo para andar con paso firme",
    "custom": "Un recordatorio que usted puso",
}
WORDS = {
    "en": (REMINDER, "Open the app to see it.", "You choose in the app when and how Osteon reminds you."),
    "es": (
        REMINDER_ES,
        "Abra la aplicación para verlo.",
        "En la aplicación usted elige cuándo y cómo le avisa Osteon.",
    ),
}


def of_occurrence(delivery: Delivery, occurrence: Occurrence) -> Message:
    """What kind of reminder it is and today's tip. The patient's own title stays in the app: it may name
    a symptom or a medicine."""
    if delivery.channel == "push":
        return of_push(delivery, about="occurrence", language=occurrence.language, urgency="normal")
    titles, open_app, choice = WORDS.get(occurrence.language, WORDS["en"])
    tip = next((item for item in items(lang=occurrence.language) if item.id == occurrence.item), None)
    return Message(
        to=_address(delivery),
        title=titles.get(occurrence.reminder.kind, titles["custom"]),
        body=f"{tip.title}\n\n{tip.body}" if tip else open_app,
        link=choice,
        key=delivery.key,
    )


# What a lock screen may show: the same for everything that there is.
PUSH = {"en": "Please open the app.", "es": "Por favor, abra la aplicación."}
# How soon a sleeping phone is woken (RFC 8030, 5.3).
WAKES = {"emergency-now": "high", "same-day": "high"}


def of_push(delivery: Delivery, *, about: str, language: str, urgency: str) -> Message:
    """Asks to open the app, and tells the app what to show. A phone shows the latest about one thing."""
    return Message(
        to="",
        title="Osteon",
        body=PUSH.get(language, PUSH["en"]),
        link="",
        key=delivery.key,
        topic=_topic(str(delivery.subject_id)),
        urgency=urgency,
        data={"about": about, "id": str(delivery.subject_id)},
    )


def of_flag_to_patient(delivery: Delivery, flag: Flag) -> Message:
    """There is something to read in the app, and how urgent it is to wake the phone for it."""
    return of_push(
        delivery, about="flag", language=flag.patient.language, urgency=WAKES.get(flag.urgency, "normal")
    )


def of_webhook(delivery: Delivery, webhook: Webhook, flag: Flag) -> Message:
    """For a program of the clinic: ids, urgency and state, and where a person reads the rest."""
    content = {
        "type": delivery.kind,
        "clinic": flag.patient.clinic.slug,
        "flag": str(flag.pk),
        "urgency": flag.urgency,
        "status": flag.status,
        "raised_at": flag.raised_at.isoformat(),
        "due_at": flag.due_at.isoformat(),
        "link": _page(flag),
    }
    return Message(
        to=webhook.url,
        title="",
        body=json.dumps(content),
        link="",
        key=delivery.key,
        topic=_topic(delivery.key),
        secret=webhook.secret,
    )


def _address(delivery: Delivery) -> str:
    return delivery.to.email if delivery.to else ""


def _page(flag: Flag) -> str:
    return f"{settings.PUBLIC_URL}/admin/journal/flag/{flag.pk}/change/"


def _topic(text: str) -> str:
    """32 signs of base64url, the most that Web Push takes."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:24]).decode()

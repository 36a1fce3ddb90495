"""What the desk calls messages, channels, reasons and what a reminder is about: codes in the database, words
here.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, pgettext_lazy

from journal.admin import moments, plan_lines, reading, words
from journal.models import CareItem
from reminders.models import Occurrence, Reminder

KINDS: dict[str, str | Promise] = {
    "flag.opened": gettext_lazy("new flag"),
    "flag.reopened": gettext_lazy("flag opened again"),
    "flag.chased": gettext_lazy("flag still unacknowledged"),
    "flag.acknowledged": gettext_lazy("flag acknowledged"),
    "flag.resolved": gettext_lazy("flag resolved"),
    "flag.digest": gettext_lazy("Morning digest"),
    "patient.left": gettext_lazy("patient with a flag has left"),
    "glass.broken": gettext_lazy("Opened by operators"),
    "message.sent": gettext_lazy("Message"),
    **{f"reminder.{kind}": label for kind, label in Reminder.Kind.choices},
}
CHANNELS: dict[str, str | Promise] = {
    "inbox": gettext_lazy("Inbox"),
    "email": gettext_lazy("E-mail"),
    "push": gettext_lazy("Push"),
    "webhook": gettext_lazy("Webhook"),
}
# A flag's day is due as well, and in other languages that is another word.
DUE = pgettext_lazy("state of a turn", "Due")
# Why a turn did not ring or ended, why it is held, and why a message was not needed.
REASONS: dict[str, str | Promise] = {
    "cap": gettext_lazy("enough reminders on that day"),
    "late": gettext_lazy("too late to be of use"),
    "ignored": gettext_lazy("no answer"),
    "paused": gettext_lazy("reminders were paused"),
    "pain-rise": gettext_lazy("pain rose after it"),
    "clinic": gettext_lazy("held by the clinic"),
    "lifted": gettext_lazy("held at its hour, and no longer"),
    "consent": gettext_lazy("no consent to reminders"),
    "logged": gettext_lazy("the journal is written"),
    "measured": gettext_lazy("the height is measured"),
    "pain": gettext_lazy("pain"),
    "unwell": gettext_lazy("unwell"),
    "no-time": gettext_lazy("no time"),
    "other": gettext_lazy("other"),
    "not-said": gettext_lazy("not said"),
}


def kind(code: str) -> str:
    return words.of(KINDS.get(code, code))


def channel(code: str) -> str:
    return str(CHANNELS.get(code, code))


ABOUT = 120  # signs of what the plan says


def about(reminders: Collection[Reminder]) -> dict[UUID, str]:
    """What in the clinic's plan or facts they follow from, where that tells two of a kind apart; nothing of
    the patient's own.
    """
    sources = {one.pk: one.source.split(":") for one in reminders}
    named = {pk: rest[0] for pk, (kind, *rest) in sources.items() if kind in ("care_item", "review")}
    rows = CareItem.objects.filter(patient__in={one.patient_id for one in reminders}, pk__in=named.values())
    items = {str(item.pk): item for item in rows} if named else {}
    found = {pk: _item(items[key]) for pk, key in named.items() if key in items}
    return found | {pk: _injection(*rest) for pk, (kind, *rest) in sources.items() if kind == "injection"}


def _item(item: CareItem) -> str:
    return Truncator(". ".join(filter(None, (plan_lines.heading(item), item.text)))).chars(ABOUT)


def _injection(code: str, day: str) -> str:
    return f"{reading.capital(words.fact('injection', code))}, {moments.day(date.fromisoformat(day))}"


def state(label: str | Promise) -> str:
    """Of a turn, by its English label."""
    return str(DUE) if str(label) == Occurrence.State.DUE.label else words.of(label)


def reason(code: str) -> str:
    """Of a turn or a message; an error's own code, such as `HTTP 500`, stays as it is."""
    return str(REASONS[code]) if code in REASONS else words.of(code)

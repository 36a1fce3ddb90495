"""Small marks that say a state in words; the colour only repeats it."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import moments, words
from journal.content.rule import Urgency
from journal.models import Flag

URGENCY_WORDS = {
    Urgency.EMERGENCY_NOW: gettext_lazy("Emergency now"),
    Urgency.SAME_DAY: gettext_lazy("Same day"),
    Urgency.WITHIN_48H: gettext_lazy("Within 48 hours"),
    Urgency.WITHIN_2_WEEKS: gettext_lazy("Within 2 weeks"),
    Urgency.INFORMATION: gettext_lazy("Information"),
}


def chip(kind: str, text: str | Promise) -> SafeString:
    return format_html('<span class="chip chip-{}">{}</span>', kind, text)


def urgency(flag: Flag) -> SafeString:
    return chip(flag.urgency, URGENCY_WORDS[Urgency(flag.urgency)])


def status(flag: Flag) -> SafeString:
    return chip(flag.status, words.of(Flag.Status(flag.status).label))


def unsupported(flag: Flag) -> str:
    """What to say when the facts as now known no longer raise the flag; empty when they do."""
    if flag.supported:
        return ""
    if flag.status == Flag.Status.SUPERSEDED:
        why = words.of(flag.superseded_reason) or _("later facts no longer support it")
        return _("Withdrawn: %(why)s") % {"why": why}
    reason = f": {words.of(flag.superseded_reason)}" if flag.superseded_reason else ""
    return _("No longer supported by what is known now") + reason


def exercise(flag: Flag) -> SafeString | str:
    """Whether this flag holds the patient's exercise reminders at the moment."""
    if not flag.holds_exercise:
        return "–"
    if flag.hold_lifted_at:
        return _("hold lifted")
    return chip("held", _("Held")) if holds(flag) else _("no longer held")


def holds(flag: Flag) -> bool:
    """Whether exercise waits because of this flag."""
    unresolved = flag.status in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED)
    return flag.holds_exercise and unresolved and flag.hold_lifted_at is None


def may_still_hold(flag: Flag) -> bool:
    return flag.status in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED)


def time_to_act(flag: Flag, as_of: datetime) -> SafeString | str:
    """How much time is left, for a flag that still asks for something."""
    if flag.status not in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED):
        return _("closed")
    text = moments.due(flag.due_at, as_of)
    return format_html('<strong class="desk-late">{}</strong>', text) if flag.due_at <= as_of else text

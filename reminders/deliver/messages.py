"""What is said: fetched at the moment of sending, and nothing about symptoms, pattern or name."""

import base64
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from journal.accounts.models import BrokenGlass
from journal.admin import moments
from journal.content.library import by_id
from journal.models import Flag
from reminders.channels.message import Message
from reminders.deliver import exercises
from reminders.models import Delivery, Digest, Occurrence, Reminder, Webhook
from reminders.team.waiting import Told

URGENCY = {
    "emergency-now": gettext_lazy("an emergency flag"),
    "same-day": gettext_lazy("a same-day flag"),
    "within-48h": gettext_lazy("a flag for the next 48 hours"),
    "within-2-weeks": gettext_lazy("a flag for the next two weeks"),
    "information": gettext_lazy("a flag for information"),
}
COUNTED = {
    "emergency-now": pgettext_lazy("so many flags", "emergency"),
    "same-day": pgettext_lazy("so many flags", "same-day"),
    "within-48h": pgettext_lazy("so many flags", "within 48 hours"),
    "within-2-weeks": pgettext_lazy("so many flags", "within two weeks"),
    "information": pgettext_lazy("so many flags", "for information"),
}
P = ParamSpec("P")


def to_staff(
    said: Callable[Concatenate[Delivery, P], Message],
) -> Callable[Concatenate[Delivery, P], Message]:
    """In the language that the reader chose for the desk, or the first one."""

    @functools.wraps(said)
    def in_their_language(delivery: Delivery, /, *args: P.args, **kwargs: P.kwargs) -> Message:
        chosen = delivery.to.language if delivery.to else ""
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            return said(delivery, *args, **kwargs)

    return in_their_language


@to_staff
def of_flag(delivery: Delivery, flag: Flag) -> Message:
    """Mail travels unencrypted through strangers' machines: urgency and a short id, no more."""
    what = str(URGENCY[flag.urgency])
    chased = delivery.kind == "flag.chased"
    title = _("Osteon: %(what)s still awaits (%(id)s)") if chased else _("Osteon: %(what)s awaits (%(id)s)")
    body = (
        _("%(what)s for one of your patients still awaits in your queue. Its short id is %(id)s.")
        if chased
        else _("%(what)s for one of your patients awaits in your queue. Its short id is %(id)s.")
    )
    short = flag.pk.hex[:8]
    please = _("Please sign in to read it and to say that you have it in hand.")
    return Message(
        to=_address(delivery),
        title=title % {"what": what, "id": short},
        body=f"{body % {'what': what[0].upper() + what[1:], 'id': short}}\n{please}",
        link=_page(flag),
        key=delivery.key,
    )


@to_staff
def of_departure(delivery: Delivery) -> Message:
    """Of a flag that nobody will find in the queue any more: its short id, as in the mails before."""
    short = delivery.subject_id.hex[:8]
    return Message(
        to=_address(delivery),
        title=_("Osteon: a patient with a flag has left (%(id)s)") % {"id": short},
        body=_(
            "The patient with the flag of the short id %(id)s has erased their record and their account. "
            "The flag is no longer in your queue, and Osteon reaches the person no more.\n"
            "If you were in touch about it, please go on as you would without Osteon."
        )
        % {"id": short},
        link=f"{settings.PUBLIC_URL}/admin/journal/flag/",
        key=delivery.key,
    )


@to_staff
def of_digest(delivery: Delivery, told: Told, tasks: int = 0) -> Message:
    """How much of each urgency has come to this person and how it stands with it, how many tasks, and the
    lists that show just these."""
    queue, to_do = f"{settings.PUBLIC_URL}/admin/journal/flag/", f"{settings.PUBLIC_URL}/admin/journal/task/"
    zone = Digest.objects.select_related("clinic").get(pk=delivery.subject_id).clinic.timezone
    lines = [
        f"{len(told.due[urgency])} {name}: {queue}?status=open&urgency={urgency}&owner=told\n"
        f"  {_how_urgent(told, urgency, zone)}"
        for urgency, name in COUNTED.items()
        if urgency in told.due
    ]
    waiting = told.total()
    flags = ngettext("%(n)s open flag", "%(n)s open flags", waiting) % {"n": waiting} if waiting else ""
    todo = ngettext("%(n)s thing to do", "%(n)s things to do", tasks) % {"n": tasks} if tasks else ""
    both = _("%(flags)s and %(tasks)s") % {"flags": flags, "tasks": todo} if flags and todo else flags or todo
    wait = _("These flags have come to you and wait for somebody to acknowledge them:")
    parts = [wait, *lines] if lines else []
    parts += [f"{todo}: {to_do}?caseload=told"] if todo else []
    whole = _("The whole clinic’s queue: %(link)s") if lines else _("The whole clinic’s list: %(link)s")
    return Message(
        to=_address(delivery),
        title=_("Osteon: %(what)s this morning") % {"what": both},
        body="\n\n".join(parts),
        link=whole % {"link": queue if lines else to_do},
        key=delivery.key,
    )


def _how_urgent(told: Told, urgency: str, zone: ZoneInfo) -> str:
    """How many are overdue, and when the next one is due in the clinic's time."""
    overdue, ahead = told.overdue(urgency), told.next_due(urgency)
    late = ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": overdue} if overdue else ""
    due = _("due %(at)s") if len(told.due[urgency]) == 1 else _("the next one due %(at)s")
    soon = due % {"at": moments.local(ahead, zone)} if ahead else ""
    return ", ".join(filter(None, (late, soon)))


@to_staff
def of_glass(delivery: Delivery, glass: BrokenGlass) -> Message:
    """Who and for how long; the reason, which may name a patient, is read on the desk."""
    until = glass.until.astimezone(glass.clinic.timezone)
    return Message(
        to=_address(delivery),
        title=_("Osteon: an operator opened the records of your clinic"),
        body=_(
            "%(who)s may read the records of your clinic until %(time)s and gave a reason. "
            "Each record that is opened is written down, and the patient sees it.\n"
            "Please sign in to read the reason."
        )
        % {"who": glass.by, "time": f"{until:%H:%M}"},
        link=f"{settings.PUBLIC_URL}/admin/accounts/clinic/{glass.clinic_id}/change/",
        key=delivery.key,
    )


# A kind without words of its own gets those of "custom".
REMINDER = {
    "exercise": "Time for your exercises",
    "fall-prevention": "A tip for steady feet",
    "log-today": "A minute for your journal",
    "height": "Time to measure your height",
    "medicine": "A reminder of your plan",
    "injection": "A reminder of your plan",
    "appointment": "A reminder of your plan",
    "review": "A reminder of your plan",
    "custom": "A reminder that you set",
}
REMINDER_ES = {
    "exercise": "Es hora de sus ejercicios",
    "fall-prevention": "Un consejo para andar con paso firme",
    "log-today": "Un minuto para su diario",
    "height": "Es hora de medir su estatura",
    "medicine": "Un aviso de su plan",
    "injection": "Un aviso de su plan",
    "appointment": "Un aviso de su plan",
    "review": "Un aviso de su plan",
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
# Texts that name no medicine, appointment or symptom; the others stay in the app.
MAY_BE_MAILED = frozenset({"exercise", "fall-prevention", "log-today", "height"})


def of_occurrence(delivery: Delivery, occurrence: Occurrence) -> Message:
    """What kind of reminder it is and today's tip or exercises, in what is the patient's language by now.
    The patient's own title stays in the app, as does what a plan says: it may name a symptom or a medicine.
    """
    language = occurrence.patient.language
    if delivery.channel == "push":
        return of_push(delivery, about="occurrence", language=language, urgency="normal")
    titles, open_app, choice = WORDS.get(language, WORDS["en"])
    kind = occurrence.reminder.kind
    told = _told(occurrence, language, delivery) if kind in MAY_BE_MAILED else ""
    return Message(
        to=_address(delivery), title=titles[kind], body=told or open_app, link=choice, key=delivery.key
    )


def _told(occurrence: Occurrence, language: str, delivery: Delivery) -> str:
    """The tip or the exercise with its text, several exercises by their titles, and what stands beside it.

    Only mail is read: what lies in the inbox says it there.
    """
    mail = delivery.channel == Reminder.Channel.EMAIL
    turns = exercises.told_with(occurrence, delivery.key) if mail else [occurrence]
    texts = [by_id(turn.item, language) for turn in turns]
    told = (
        [exercises.listed(turns, language)]
        if len(turns) > 1
        else [f"{text.title}\n\n{text.body}" for text in texts if text]
    )
    beside = by_id(occurrence.notice, language)
    return "\n\n".join([*told, *([f"{beside.title}\n\n{beside.body}"] if beside else [])])


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

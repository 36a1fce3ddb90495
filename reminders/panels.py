"""What reminders show on the desk's pages of a patient and of a flag; the journal knows nothing of it."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.accounts.models import Patient
from journal.admin import moments, words
from journal.admin.panels import Asked, Panel, add
from journal.models import Flag
from reminders import hour_panel, labels, pause_panel
from reminders.models import Delivery, Occurrence, Reminder

REMINDERS_SHOWN = 12
DELIVERIES_SHOWN = 30
# What stands in a delivery or a turn in plain English, beside the choices of its model.
SAID_OF_DELIVERIES = (
    # receipts
    *("queued", "sent", "not needed", "expired", "failed", "acted", "snoozed", "opened", "delivered"),
    # why it did not go out
    *("account closed", "in hand", "left the clinic", "too late", "read", "seen", "switched off", "held"),
    *("address refused before", "phone signed out", "no phone", "endpoint removed", "done", "skipped"),
    *("not set up", "address not public", "name not resolved", "name not resolved in time", "timeout"),
)


def register() -> None:
    """Called when the app starts."""
    words.tell("deliveries", SAID_OF_DELIVERIES)
    add("patient", of_a_patient)
    add("patient", pause_panel.of_a_patient)
    add("flag", of_a_flag)


def of_a_patient(asked: Asked) -> Panel:
    """When the patient is reminded, and what became of the turns of the period: kinds and what the clinic
    planned, never the patient's own titles."""
    patient: Patient = asked.thing
    present = Reminder.objects.present().filter(patient=patient).order_by("kind", "local_time", "id")
    shown = list(present[:REMINDERS_SHOWN])
    about = labels.about(shown)
    turns = Occurrence.objects.filter(
        patient=patient, local_date__gte=asked.period.first, local_date__lte=asked.period.last
    )
    counted = turns.order_by().values_list("reminder__kind", "state").annotate(count=Count("pk"))
    return Panel(
        "reminders",
        _("Reminders"),
        "reminders/patient_panel.html",
        {
            "reminders": [_reminder(one, about.get(one.pk, "")) for one in shown],
            "turns": _turns(list(counted)),
            "receipts": _receipts(patient, asked),
            "days": asked.period.length,
            "lists": _lists(patient),
        },
    )


def _lists(patient: Patient) -> list[tuple[str, str]]:
    """Where all of this patient's stand."""
    names = {"reminder": _("All reminders"), "occurrence": _("All turns"), "delivery": _("All deliveries")}
    return [
        (f"{reverse(f'admin:reminders_{model}_changelist')}?patient={patient.pk}", name)
        for model, name in names.items()
    ]


def _reminder(one: Reminder, about: str) -> dict[str, Any]:
    if not one.active:
        comes = _("switched off")
    elif one.next_due_at is None:
        comes = _("over")
    else:
        comes = _("next: %(when)s") % {"when": moments.clock(one.next_due_at, one.timezone)}
    return {
        "kind": words.of(one.get_kind_display()),
        "about": about,
        "at": f"{one.local_time:%H:%M} ({one.timezone.key})",
        "next": comes,
        "over": ", ".join(words.of(Reminder.Channel(name).label) for name in one.channels),
        **hour_panel.of(one),
    }


def _turns(counted: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """`Exercise`: `9 done, 3 expired`, one line a kind."""
    kinds: dict[str, list[str]] = {}
    order = list(Occurrence.State)
    for kind, state, count in sorted(counted, key=lambda it: (it[0], order.index(Occurrence.State(it[1])))):
        kinds.setdefault(kind, []).append(f"{count} {labels.state(Occurrence.State(state).label).lower()}")
    return [(words.of(Reminder.Kind(kind).label), ", ".join(parts)) for kind, parts in kinds.items()]


def _receipts(patient: Patient, asked: Asked) -> list[tuple[str, str]]:
    """What went out to the patient in the period, by channel: `E-mail`: `12 sent, 1 expired`."""
    told = Delivery.objects.filter(
        patient=patient,
        topic=Delivery.Topic.REMINDER,
        due_at__gte=datetime.combine(asked.period.first, time.min, patient.timezone),
        due_at__lt=datetime.combine(asked.period.last + timedelta(days=1), time.min, patient.timezone),
    )
    channels: dict[str, Counter[str]] = {}
    for channel, state, count in told.order_by().values_list("channel", "state").annotate(count=Count("pk")):
        channels.setdefault(channel, Counter())[state] += count
    return [(labels.channel(channel), _states(states)) for channel, states in sorted(channels.items())]


def _states(states: Counter[str]) -> str:
    return ", ".join(
        f"{n} {words.of(Delivery.State(state).label).lower()}" for state, n in states.most_common()
    )


def of_a_flag(asked: Asked) -> Panel:
    """Who was told of the flag, over which channel, and when it went out."""
    flag: Flag = asked.thing
    told = Delivery.objects.filter(
        patient=flag.patient_id, topic=Delivery.Topic.FLAG, subject_id=flag.pk
    ).select_related("to", "patient__clinic")
    found = list(told.order_by("-due_at", "-id")[: DELIVERIES_SHOWN + 1])
    more = len(found) > DELIVERIES_SHOWN
    return Panel(
        "told-whom",
        _("Who was told"),
        "reminders/flag_panel.html",
        {"lines": [_delivery(one) for one in found[:DELIVERIES_SHOWN]], "more": more},
    )


def _delivery(one: Delivery) -> dict[str, Any]:
    tries = ngettext("%(n)s attempt", "%(n)s attempts", one.attempts) % {"n": one.attempts}
    return {
        "to": str(one.to),
        "what": labels.kind(one.kind),
        "channel": labels.channel(one.channel),
        "state": words.of(one.get_state_display()),
        "when": moments.local(one.sent_at or one.due_at, one.zone),
        "trouble": f"{labels.reason(one.last_error)} ({tries})" if one.last_error and not one.sent_at else "",
    }

"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from django.utils.translation import gettext_lazy

from journal.admin import care, filters, names
from journal.models import Flag, Task
from reminders import hour_panel, pause_panel
from reminders.admin.deliveries import DeliveryAdmin, DeliveryPages
from reminders.admin.reminders import ReminderAdmin
from reminders.admin.turns import OccurrenceAdmin
from reminders.models import Delivery, Occurrence, Reminder
from reminders.team import waiting

care.DEEDS.update({**pause_panel.DEEDS, **hour_panel.DEEDS})
filters.TOLD.update({Flag: waiting.flags_told, Task: waiting.tasks_told})
names.give(
    {
        Reminder: (gettext_lazy("reminder"), gettext_lazy("reminders")),
        Occurrence: (gettext_lazy("turn"), gettext_lazy("turns")),
        Delivery: (gettext_lazy("delivery"), gettext_lazy("deliveries")),
    },
    {
        Reminder: {"kind": gettext_lazy("kind"), "active": gettext_lazy("active")},
        Occurrence: {"state": gettext_lazy("state"), "reminder": gettext_lazy("reminder")},
        Delivery: {
            "state": gettext_lazy("state"),
            "topic": gettext_lazy("topic"),
            "channel": gettext_lazy("channel"),
            "attempts": gettext_lazy("attempts"),
        },
    },
)

__all__ = ["DeliveryAdmin", "DeliveryPages", "OccurrenceAdmin", "ReminderAdmin"]

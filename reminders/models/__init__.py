"""Time, and telling people: reminders, what became of each of their turns, and what is sent to whom."""

from reminders.models.chases import Chase
from reminders.models.deliveries import Delivery
from reminders.models.digests import Digest
from reminders.models.occurrences import Occurrence, OccurrenceQuerySet
from reminders.models.reminders import Reminder, ReminderQuerySet
from reminders.models.rounds import Round
from reminders.models.settings import ReminderSettings
from reminders.models.zone_rules import ZoneRules

__all__ = [
    "Chase",
    "Delivery",
    "Digest",
    "Occurrence",
    "OccurrenceQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "ReminderSettings",
    "Round",
    "ZoneRules",
]

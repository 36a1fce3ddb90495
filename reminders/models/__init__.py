"""Time, and telling people: reminders, what became of each of their turns, and what is sent to whom."""

from reminders.models.addresses import DeadAddress
from reminders.models.attempts import Attempt
from reminders.models.chases import Chase
from reminders.models.deliveries import Delivery
from reminders.models.devices import Device
from reminders.models.digests import Digest
from reminders.models.occurrences import Occurrence, OccurrenceQuerySet
from reminders.models.reminders import Reminder, ReminderQuerySet
from reminders.models.rounds import Round
from reminders.models.tallies import Tally
from reminders.models.webhooks import Webhook

__all__ = [
    "Attempt",
    "Chase",
    "DeadAddress",
    "Delivery",
    "Device",
    "Digest",
    "Occurrence",
    "OccurrenceQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "Round",
    "Tally",
    "Webhook",
]

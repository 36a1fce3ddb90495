"""Time, and telling people: reminders, what became of each of their turns, and what is sent to whom."""

from reminders.models.deliveries import Delivery
from reminders.models.occurrences import Occurrence, OccurrenceQuerySet
from reminders.models.reminders import Reminder, ReminderQuerySet

__all__ = ["Delivery", "Occurrence", "OccurrenceQuerySet", "Reminder", "ReminderQuerySet"]

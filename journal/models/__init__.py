"""The journal's tables. Every write to them goes through journal.actions."""

from journal.models.changes import Change
from journal.models.entries import Entry, EntryQuerySet, EntryVersion
from journal.models.flags import Flag, FlagAction, FlagQuerySet
from journal.models.outbox import OutboxEvent
from journal.models.reads import StaffRead

__all__ = [
    "Change",
    "Entry",
    "EntryQuerySet",
    "EntryVersion",
    "Flag",
    "FlagAction",
    "FlagQuerySet",
    "OutboxEvent",
    "StaffRead",
]

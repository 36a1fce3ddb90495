"""The journal's tables. Every write to them goes through journal.actions."""

from journal.models.care_plan import CareItem, CareItemQuerySet
from journal.models.changes import Change
from journal.models.entries import Entry, EntryQuerySet, EntryVersion
from journal.models.facts import Fact, FactQuerySet, FactWithdrawal
from journal.models.flags import Flag, FlagAction, FlagQuerySet
from journal.models.notes import Note, NoteQuerySet, NoteWithdrawal
from journal.models.outbox import OutboxEvent
from journal.models.reads import StaffRead, StaffReadQuerySet
from journal.models.trace import Trace

__all__ = [
    "CareItem",
    "CareItemQuerySet",
    "Change",
    "Entry",
    "EntryQuerySet",
    "EntryVersion",
    "Fact",
    "FactQuerySet",
    "FactWithdrawal",
    "Flag",
    "FlagAction",
    "FlagQuerySet",
    "Note",
    "NoteQuerySet",
    "NoteWithdrawal",
    "OutboxEvent",
    "StaffRead",
    "StaffReadQuerySet",
    "Trace",
]

"""The journal's tables. Every write to them goes through journal.actions."""

from journal.models.care_plan import CareItem, CareItemQuerySet, CareItemVersion, words_in
from journal.models.changes import Change
from journal.models.entries import Entry, EntryQuerySet, EntryVersion
from journal.models.exercise_pauses import ExercisePause, ExercisePauseQuerySet
from journal.models.facts import Fact, FactQuerySet, FactWithdrawal
from journal.models.flags import Flag, FlagAction, FlagQuerySet
from journal.models.messages import Message, MessageQuerySet
from journal.models.notes import Note, NoteQuerySet, NoteWithdrawal
from journal.models.outbox import OutboxEvent
from journal.models.reads import StaffRead, StaffReadQuerySet
from journal.models.tasks import Task, TaskQuerySet
from journal.models.trace import Trace

__all__ = [
    "CareItem",
    "CareItemQuerySet",
    "CareItemVersion",
    "Change",
    "Entry",
    "EntryQuerySet",
    "EntryVersion",
    "ExercisePause",
    "ExercisePauseQuerySet",
    "Fact",
    "FactQuerySet",
    "FactWithdrawal",
    "Flag",
    "FlagAction",
    "FlagQuerySet",
    "Message",
    "MessageQuerySet",
    "Note",
    "NoteQuerySet",
    "NoteWithdrawal",
    "OutboxEvent",
    "StaffRead",
    "StaffReadQuerySet",
    "Task",
    "TaskQuerySet",
    "Trace",
    "words_in",
]

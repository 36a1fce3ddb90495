"""When a patient is reminded of what."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import moments, rhythms, words
from journal.admin.filters import ChoicesFilter
from reminders import labels, wording
from reminders.admin.looks import Facts, LookOnly, PatientFilter, became, lines, said, turn_link
from reminders.models import Reminder

TURNS_SHOWN = 14


@admin.register(Reminder)
class ReminderAdmin(LookOnly):
    """When a patient is reminded of what."""

    list_display = ("called", "who", "kind_of", "at", "state", "next_time")
    list_filter = (PatientFilter, ("kind", ChoicesFilter), "active")
    newest_first = "patient"

    @display(description=gettext_lazy("Reminder"))
    def called(self, row: Reminder) -> str:
        return wording.heading(row.title, words.language())

    @display(description=gettext_lazy("Kind"))
    def kind_of(self, row: Reminder) -> str:
        return words.of(row.get_kind_display())

    @display(description=gettext_lazy("Time of day"))
    def at(self, row: Reminder) -> str:
        return f"{row.local_time:%H:%M} ({row.timezone.key})"

    @display(description=gettext_lazy("Next"))
    def next_time(self, row: Reminder) -> str:
        """In the zone that stands beside the time of day."""
        return moments.clock(row.next_due_at, row.timezone) if row.next_due_at else "–"

    @display(description=gettext_lazy("State"))
    def state(self, row: Reminder) -> str:
        if row.deleted_at:
            return _("deleted by the patient")
        if not row.active:
            return _("switched off")
        if row.next_due_at is None:
            return _("over")
        return _("less often: it went unanswered") if row.stride > 1 else _("active")

    def page_context(self, request: HttpRequest, thing: Reminder, as_of: datetime) -> dict[str, Any]:
        return {**super().page_context(request, thing, as_of), "title": self.called(thing)}

    def facts(self, row: Reminder) -> Facts:
        return [
            (_("Kind"), words.of(row.get_kind_display())),
            (_("Comes from"), self.origin(row)),
            (_("Time of day"), self.at(row)),
            (_("Quiet hours"), self.quiet(row)),
            (_("Rhythm"), rhythms.words(row.rrule)),
            (_("Over"), ", ".join(words.of(Reminder.Channel(name).label) for name in row.channels)),
            (_("First day"), moments.day(row.starts_on)),
            (_("State"), self.state(row)),
            (_("Next"), moments.local(row.next_due_at, row.timezone) if row.next_due_at else "–"),
            (_("Latest turns"), self.turns(row) or _("none yet")),
        ]

    def origin(self, row: Reminder) -> str:
        if not row.source:
            return _("the patient’s own settings")
        return ": ".join([_("plan or facts on record"), *labels.about([row]).values()])

    def quiet(self, row: Reminder) -> str:
        if row.quiet_from is None or row.quiet_until is None:
            return _("none")
        return f"{row.quiet_from:%H:%M}–{row.quiet_until:%H:%M}"

    def turns(self, row: Reminder) -> SafeString:
        found = row.occurrences.select_related("reminder", "held_by").filter(patient=row.patient_id)
        return lines(
            (turn_link(turn, f"{moments.day(turn.local_date)}, {said(turn)}"), became(turn))
            for turn in found.order_by("-local_date", "slot")[:TURNS_SHOWN]
        )

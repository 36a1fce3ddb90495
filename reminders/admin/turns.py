"""What became of each turn."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import ChoicesFieldListFilter, display
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import moments, rules, words
from journal.admin.filters import ChoicesFilter
from journal.admin.lists import NewestDays
from journal.models import Flag
from reminders import labels, wording
from reminders.admin.looks import Facts, LookOnly, PatientFilter, became, lines, link, said
from reminders.models import Delivery, Occurrence


def _held_by(flag: Flag) -> str:
    return f"{rules.name(flag.pattern)}, {moments.day(flag.day)}"


class TurnStateFilter(ChoicesFilter):
    """By what became of it."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in ChoicesFieldListFilter.choices(self, changelist):
            yield {**choice, "display": labels.state(choice["display"])}


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    """What became of each turn."""

    list_display = ("day", "what", "who", "became", "held")
    list_filter = (PatientFilter, ("state", TurnStateFilter))
    people = (*LookOnly.people, "reminder", "held_by")
    newest_first = "-local_date"
    paginator = NewestDays

    @display(description=gettext_lazy("Day"))
    def day(self, row: Occurrence) -> str:
        return moments.day(row.local_date)

    @display(description=gettext_lazy("What"))
    def what(self, row: Occurrence) -> str:
        return said(row)

    @display(description=gettext_lazy("State"))
    def became(self, row: Occurrence) -> str:
        return became(row)

    @display(description=gettext_lazy("Held by"))
    def held(self, row: Occurrence) -> str | SafeString:
        if row.held_by is None:
            return "–"
        return link(reverse("admin:journal_flag_change", args=[row.held_by.pk]), _held_by(row.held_by))

    def page_context(self, request: HttpRequest, thing: Occurrence, as_of: datetime) -> dict[str, Any]:
        return {**super().page_context(request, thing, as_of), "title": f"{said(thing)}, {self.day(thing)}"}

    def facts(self, row: Occurrence) -> Facts:
        reminder = reverse("admin:reminders_reminder_change", args=[row.reminder.pk])
        heading = wording.heading(row.reminder.title, words.language())
        found: Facts = [
            (_("Day"), moments.day(row.local_date)),
            (_("Reminder"), link(reminder, heading)),
            (_("Due"), self.moment(row, row.due_at)),
            (_("State"), became(row)),
        ]
        if row.held_by:
            found.append((_("Held by"), self.held(row)))
        if row.snoozed_until:
            found.append((_("Put off until"), self.moment(row, row.snoozed_until)))
        if row.acted_at:
            found.append((_("Answered"), self.moment(row, row.acted_at)))
        for name, pain in ((_("Pain before"), row.pain_before), (_("Pain after"), row.pain_after)):
            if pain is not None:
                found.append((name, _("%(n)s of 10") % {"n": pain}))
        return [
            *found,
            (_("Messages"), self.messages(row) or _("none")),
        ]

    def moment(self, row: Occurrence, at: datetime) -> str:
        return moments.local(at, row.reminder.timezone)

    def messages(self, row: Occurrence) -> SafeString:
        told = Delivery.objects.filter(patient=row.patient_id, subject_id=row.pk).select_related("device")
        zone = row.reminder.timezone
        return lines(
            (
                link(
                    reverse("admin:reminders_delivery_change", args=[one.pk]),
                    f"{labels.channel(one.channel)}, {moments.clock(one.due_at, zone)}",
                ),
                words.of(one.receipt),
            )
            for one in told.order_by("due_at", "pk")
        )

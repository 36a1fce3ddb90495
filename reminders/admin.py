"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.contrib.admin import action, display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from journal.accounts.models import Patient
from journal.actions.refusals import RefusedError
from journal.admin import additions, care, moments
from journal.admin.desk import PatientDesk, person
from reminders import card
from reminders.actions import deliveries
from reminders.models import Delivery, Occurrence, Reminder

additions.CARDS.append(card.CARD)
care.DEEDS.update(card.DEEDS)

Facts = list[tuple[str, Any]]


class LookOnly(PatientDesk):
    """Rows of the patients whom the viewer may see; every look is recorded, as on all of the desk."""

    page_template = "desk/facts.html"
    people: tuple[str, ...] = ("patient__user", "patient__clinic")
    newest_first = "-id"

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(
            patient__in=Patient.objects.visible_to(request.user)
        )
        return rows.select_related(*self.people).order_by(self.newest_first, "pk")

    @display(description="Patient")
    def who(self, row: Any) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[row.patient_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, row.patient)

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        return {"facts": [("Patient", self.who(thing)), *self.facts(thing)]}

    def facts(self, row: Any) -> Facts:
        """What the page of one row says beside the patient."""
        return []


@admin.register(Reminder)
class ReminderAdmin(LookOnly):
    """When a patient is reminded of what."""

    list_display = ("__str__", "who", "kind", "at", "active", "next_time")
    list_filter = ("kind", "active")
    newest_first = "patient"

    @display(description="Time of day")
    def at(self, row: Reminder) -> str:
        return f"{row.local_time:%H:%M} ({row.timezone.key})"

    @display(description="Next")
    def next_time(self, row: Reminder) -> str:
        return moments.local(row.next_due_at, row.timezone) if row.next_due_at else "never"

    def facts(self, row: Reminder) -> Facts:
        state = "deleted by the patient" if row.deleted_at else "active" if row.active else "switched off"
        return [
            ("Kind", row.get_kind_display()),
            ("Time of day", self.at(row)),
            ("Rule", row.rrule),
            ("Over", ", ".join(row.channels)),
            ("State", state),
            ("Next", self.next_time(row)),
        ]


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    """What became of each turn."""

    list_display = ("local_date", "who", "reminder", "state", "held_by")
    list_filter = ("state",)
    people = (*LookOnly.people, "reminder", "held_by")
    newest_first = "-local_date"

    def facts(self, row: Occurrence) -> Facts:
        return [
            ("Day", moments.day(row.local_date)),
            ("Reminder", row.reminder.title),
            ("State", row.get_state_display()),
            ("Reason", row.reason or "none"),
            ("Held by", row.held_by or "nothing"),
        ]


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """Who was told, over which channel, and whether it went out."""

    list_display = ("what", "who", "to", "channel", "state", "attempts", "last_error", "due", "sent")
    list_filter = ("state", "topic", "channel")
    people = (*LookOnly.people, "to")
    actions = ("send_again_selected",)

    def zone(self, row: Delivery) -> ZoneInfo:
        """Rows on the desk have a patient; a digest, which has none, is never among them."""
        zone: ZoneInfo = self.patient_of(row).timezone
        return zone

    @action(description="Send the chosen news of flags again")
    def send_again_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        by, at, done = person(request), timezone.now(), 0
        for delivery in queryset:
            try:
                deliveries.send_again(by=by, at=at, delivery=delivery)
                done += 1
            except RefusedError as refusal:
                messages.warning(request, f"{delivery.subject_id.hex[:8]}: {refusal}")
        if done:
            messages.success(request, f"On the way again: {done} message{'s' if done > 1 else ''}.")

    @display(description="What")
    def what(self, row: Delivery) -> SafeString:
        """The short id that mails name, and the way to the flag; nothing of what the flag says."""
        if row.topic == Delivery.Topic.FLAG:
            address = reverse("admin:journal_flag_change", args=[row.subject_id])
            return format_html('<a class="desk-link" href="{}">Flag {}</a>', address, row.subject_id.hex[:8])
        return format_html("{}", row.kind)

    @display(description="Due (patient’s time)")
    def due(self, row: Delivery) -> str:
        return moments.local(row.due_at, self.zone(row))

    @display(description="Sent (patient’s time)")
    def sent(self, row: Delivery) -> str:
        return moments.local(row.sent_at, self.zone(row)) if row.sent_at else "not sent"

    def facts(self, row: Delivery) -> Facts:
        return [
            ("What", self.what(row)),
            ("To", row.to),
            ("Over", row.channel),
            ("State", row.get_state_display()),
            ("Attempts", row.attempts),
            ("Last error", row.last_error or "none"),
            ("Due", self.due(row)),
            ("Sent", self.sent(row)),
        ]

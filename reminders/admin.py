"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from collections.abc import Iterable
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

from journal.actions.refusals import RefusedError
from journal.admin import care, moments
from journal.admin.desk import PatientDesk, person
from reminders import pause_panel
from reminders.actions import deliveries
from reminders.models import Attempt, Delivery, Occurrence, Reminder

care.DEEDS.update(pause_panel.DEEDS)

Facts = list[tuple[str, Any]]
NAMES = {
    "flag.opened": "new flag",
    "flag.reopened": "flag opened again",
    "flag.chased": "flag still unacknowledged",
    "flag.acknowledged": "flag acknowledged",
    "flag.resolved": "flag resolved",
    "flag.digest": "Morning digest",
    "patient.left": "patient with a flag has left",
}
CHANNELS = {"inbox": "Inbox", "email": "E-mail", "push": "Push", "webhook": "Webhook"}


class LookOnly(PatientDesk):
    """Rows of the patients whom the viewer may see; every look is recorded, as on all of the desk."""

    page_template = "desk/facts.html"
    people: tuple[str, ...] = ("patient__user", "patient__clinic")
    newest_first = "-id"

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
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


class ReceiptFilter(admin.SimpleListFilter):
    """How far it is known to have come."""

    title = "receipt"
    parameter_name = "receipt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word.capitalize()) for word in ("delivered", "opened", "acted", "snoozed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(**{f"{self.value()}_at__isnull": False}) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """Who was told what, over which channel, how far it came, and why it did not."""

    list_display = ("what", "who", "whom", "over", "receipt_state", "attempts", "why", "due", "sent")
    list_filter = ("state", "topic", "channel", ReceiptFilter)
    people = (*LookOnly.people, "to__clinician__clinic", "device", "webhook__clinic")
    actions = ("send_again_selected",)

    def scope(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = Delivery.objects.visible_to(person(request))
        return rows.select_related(*self.people).order_by(self.newest_first, "pk")

    def record(self, request: HttpRequest, things: Iterable[Delivery], *, how: str) -> None:
        """A digest is about a clinic: it shows nobody's record."""
        super().record(request, [row for row in things if row.patient_id is not None], how=how)

    def zone(self, row: Delivery) -> ZoneInfo:
        """The patient's; of a digest, the clinic's."""
        place = row.patient or (row.to.clinician.clinic if row.to else None)
        zone: ZoneInfo = place.timezone if place else ZoneInfo("UTC")
        return zone

    @action(description="Send the chosen messages again")
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
        name = NAMES.get(row.kind, row.kind)
        if row.patient_id is None or row.topic == Delivery.Topic.REMINDER:
            return format_html("{}", name)
        address = reverse("admin:journal_flag_change", args=[row.subject_id])
        return format_html(
            '<a class="desk-link" href="{}">Flag {}</a><div class="desk-small">{}</div>',
            address,
            row.subject_id.hex[:8],
            name,
        )

    @display(description="Patient")
    def who(self, row: Delivery) -> SafeString:
        return super().who(row) if row.patient_id else format_html("{}", "the whole clinic")

    @display(description="To")
    def whom(self, row: Delivery) -> str:
        return str(row.to or row.webhook)

    @display(description="Over")
    def over(self, row: Delivery) -> str:
        if row.device:
            return f"{row.device.get_kind_display()}, {row.device}"
        return CHANNELS.get(row.channel, row.channel)

    @display(description="Receipt")
    def receipt_state(self, row: Delivery) -> str:
        return row.receipt

    @display(description="Why not")
    def why(self, row: Delivery) -> str:
        return row.last_error or ""

    @display(description="Due (patient’s time)")
    def due(self, row: Delivery) -> str:
        return moments.local(row.due_at, self.zone(row))

    @display(description="Sent (patient’s time)")
    def sent(self, row: Delivery) -> str:
        return self.moment(row, row.sent_at)

    def moment(self, row: Delivery, at: datetime | None) -> str:
        return moments.local(at, self.zone(row)) if at else "no"

    def facts(self, row: Delivery) -> Facts:
        return [
            ("What", self.what(row)),
            ("To", self.whom(row)),
            ("Over", self.over(row)),
            ("Receipt", row.receipt),
            ("State", row.get_state_display()),
            ("Due", self.due(row)),
            ("Sent", self.sent(row)),
            ("Delivered", self.moment(row, row.delivered_at)),
            ("Opened", self.moment(row, row.opened_at)),
            ("Done or skipped", self.moment(row, row.acted_at)),
            ("Snoozed", self.moment(row, row.snoozed_at)),
            ("Useless after", moments.local(row.expires_at, self.zone(row)) if row.expires_at else "never"),
            ("Last error", row.last_error or "none"),
            ("Attempts", row.attempts),
            *((f"Attempt {each.number}", self.attempt(row, each)) for each in row.tries.all()),
        ]

    def attempt(self, row: Delivery, tried: Attempt) -> str:
        return f"{moments.local(tried.at, self.zone(row))}: {tried.code or 'went out'}"

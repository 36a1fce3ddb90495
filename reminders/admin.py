"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from journal.accounts.models import Patient
from journal.admin import chips, moments
from journal.admin.desk import PatientDesk
from reminders.models import Delivery, Occurrence, Reminder


class ListDesk(PatientDesk):
    """One list of patients' rows, newest first; a row has no page of its own."""

    list_display_links = None
    ordering_by: tuple[str, ...]
    also: tuple[str, ...] = ()

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(
            patient__in=Patient.objects.visible_to(request.user)
        )
        return rows.select_related("patient__user", *self.also).order_by(*self.ordering_by)

    def get_urls(self) -> list[URLPattern]:
        return [url for url in super().get_urls() if str(url.name).endswith("_changelist")]

    @admin.display(description="Patient")
    def who(self, row: Any) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[row.patient_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, row.patient)


@admin.register(Reminder)
class ReminderDesk(ListDesk):
    """When a patient is reminded of what."""

    list_display = ("who", "kind", "local_time", "timezone", "rrule", "active", "following")
    ordering_by = ("patient", "kind", "id")

    @admin.display(description="Next")
    def following(self, reminder: Reminder) -> str:
        due = reminder.next_due_at
        return moments.clock(due, reminder.timezone) if due else "–"


@admin.register(Occurrence)
class OccurrenceDesk(ListDesk):
    """What became of each turn."""

    list_display = ("day", "who", "what", "result", "reason")
    ordering_by = ("-local_date", "-due_at", "id")
    also = ("reminder", "held_by")

    @admin.display(description="Day")
    def day(self, turn: Occurrence) -> str:
        return moments.day(turn.local_date)

    @admin.display(description="Reminder")
    def what(self, turn: Occurrence) -> str:
        return turn.reminder.get_kind_display()

    @admin.display(description="State")
    def result(self, turn: Occurrence) -> SafeString:
        return chips.chip(turn.state, turn.get_state_display())

    @admin.display(description="Held by")
    def reason(self, turn: Occurrence) -> SafeString | str:
        return _flag(turn.held_by_id) if turn.held_by_id else "–"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Delivery.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryDesk(ListDesk):
    """Who was told, over which channel, and whether it went out."""

    list_display = ("what", "to", "channel", "result", "attempts", "last_error", "due", "sent")
    list_filter = (StateFilter,)
    ordering_by = ("-id",)
    also = ("to",)

    @admin.display(description="What")
    def what(self, delivery: Delivery) -> SafeString | str:
        if delivery.topic == Delivery.Topic.FLAG:
            return _flag(delivery.subject_id)
        return "Reminder"

    @admin.display(description="State")
    def result(self, delivery: Delivery) -> SafeString:
        return chips.chip(delivery.state, delivery.get_state_display())

    @admin.display(description="Due")
    def due(self, delivery: Delivery) -> str:
        return moments.local(delivery.due_at, delivery.patient.timezone)

    @admin.display(description="Sent")
    def sent(self, delivery: Delivery) -> str:
        return moments.local(delivery.sent_at, delivery.patient.timezone) if delivery.sent_at else "–"


def _flag(pk: Any) -> SafeString:
    """The short id that mails name, and the way to the flag."""
    address = reverse("admin:journal_flag_change", args=[pk])
    return format_html('<a class="desk-link" href="{}">Flag {}</a>', address, pk.hex[:8])

"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from journal.accounts.models import Patient
from reminders.models import Delivery, Occurrence, Reminder


class LookOnly(ModelAdmin):  # type: ignore[misc]
    """Rows of the patients whom the viewer may see."""

    show_full_result_count = False
    list_max_show_all = 100
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(patient__in=Patient.objects.visible_to(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Reminder)
class ReminderAdmin(LookOnly):
    """When a patient is reminded of what."""

    list_display = ("patient", "kind", "local_time", "timezone", "active", "next_due_at")
    list_filter = ("kind", "active")
    list_select_related = ("patient__user",)
    ordering = ("patient", "kind")


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    """What became of each turn."""

    list_display = ("patient", "reminder", "local_date", "state", "held_by", "acted_at")
    list_filter = ("state", "reminder__kind")
    list_select_related = ("patient__user", "reminder", "held_by")
    ordering = ("-local_date", "patient")


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """Who was told, over which channel, and whether it went out."""

    list_display = ("kind", "to", "channel", "state", "attempts", "last_error", "due_at", "sent_at")
    list_filter = ("state", "topic", "channel")
    list_select_related = ("to", "patient__user")
    ordering = ("-id",)

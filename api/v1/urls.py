"""The resources of version 1."""

from django.urls import path, register_converter
from django.urls.converters import UUIDConverter
from drf_spectacular.views import SpectacularSwaggerView

from api.v1 import (
    access_log,
    care_plan,
    consents,
    devices,
    document,
    entries,
    export,
    flags,
    library,
    me,
    messages,
    occurrences,
    receipts,
    reminder_settings,
    reminders,
    sync,
    vocabulary,
)


class AnyUUID(UUIDConverter):
    """A UUID in either case: phones of one make write theirs in capitals."""

    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


register_converter(AnyUUID, "any_uuid")

urlpatterns = [
    path("entries", entries.EntriesView.as_view(), name="entries"),
    path("entries/<any_uuid:client_id>", entries.EntryView.as_view(), name="entry"),
    path("flags", flags.FlagsView.as_view(), name="flags"),
    path("flags/<any_uuid:flag_id>/seen", flags.FlagSeenView.as_view(), name="flag-seen"),
    path("reminders", reminders.RemindersView.as_view(), name="reminders"),
    path("reminders/settings", reminder_settings.ReminderSettingsView.as_view(), name="reminder-settings"),
    path("reminders/pause", reminder_settings.ReminderPauseView.as_view(), name="reminder-pause"),
    path("reminders/<any_uuid:reminder_id>", reminders.ReminderView.as_view(), name="reminder"),
    path("occurrences", occurrences.OccurrencesView.as_view(), name="occurrences"),
    path("occurrences/summary", occurrences.OccurrenceSummaryView.as_view(), name="occurrences-summary"),
    path("occurrences/<any_uuid:occurrence_id>", occurrences.OccurrenceView.as_view(), name="occurrence"),
    path("occurrences/<any_uuid:occurrence_id>/done", occurrences.OccurrenceDoneView.as_view(), name="done"),
    path("occurrences/<any_uuid:occurrence_id>/skip", occurrences.OccurrenceSkipView.as_view(), name="skip"),
    path(
        "occurrences/<any_uuid:occurrence_id>/snooze",
        occurrences.OccurrenceSnoozeView.as_view(),
        name="snooze",
    ),
    path("care-plan", care_plan.CarePlanView.as_view(), name="care-plan"),
    path("devices", devices.DevicesView.as_view(), name="devices"),
    path("devices/<any_uuid:device_id>", devices.DeviceView.as_view(), name="device"),
    path("push", devices.PushView.as_view(), name="push"),
    path("receipts", receipts.ReceiptsView.as_view(), name="receipts"),
    path("library", library.LibraryView.as_view(), name="library"),
    path("me", me.MeView.as_view(), name="me"),
    path("me/access-log", access_log.AccessLogView.as_view(), name="access-log"),
    path("me/export", export.ExportView.as_view(), name="export"),
    path("me/consents", consents.ConsentsView.as_view(), name="consents"),
    path("messages", messages.MessagesView.as_view(), name="messages"),
    path("messages/<any_uuid:message_id>/read", messages.MessageReadView.as_view(), name="message-read"),
    path("sync", sync.SyncView.as_view(), name="sync"),
    path("vocabulary", vocabulary.VocabularyView.as_view(), name="vocabulary"),
    path("schema", document.DocumentView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="v1:schema", metadata_class=None), name="docs"),
]
